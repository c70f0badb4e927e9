"""Group insert for what many appeals feed: one row per fact under its event id; a known id was counted already."""

import asyncio
from collections.abc import Sequence

from chassis.activity import Activity
from chassis.mongo import DUPLICATE, BulkRefused, Collection, Row, Store

MAX_ROWS = 500


class Appends:
    """Appends rows to one collection, many at a time; returns only when the row is stored.

    ``gather_seconds``: how long the first row waits for others, where another process keeps the database.
    """

    def __init__(self, store: Store, collection: Collection, activity: Activity, gather_seconds: float = 0.0) -> None:
        self._gather_seconds = 0.0 if store.alone else gather_seconds
        self._store = store
        self._collection = collection
        self._activity = activity
        self._queue: list[tuple[Row, asyncio.Future[bool]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, row: Row) -> bool:
        """Store a row under its ``_id``; False when it was there already. Raises ``StoreAway``."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append((row, done))
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work())
        return await done

    async def _work(self) -> None:
        await asyncio.sleep(self._gather_seconds)
        while self._queue:
            batch, self._queue = self._queue[:MAX_ROWS], self._queue[MAX_ROWS:]
            with self._activity.busy():
                try:
                    known = await self._insert([row for row, _ in batch])
                except Exception as error:
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                    continue
            for index, (_, done) in enumerate(batch):
                if not done.done():
                    done.set_result(index not in known)

    async def _insert(self, rows: Sequence[Row]) -> set[int]:
        insert = self._collection.insert_many(list(rows), ordered=False)
        try:
            await self._store.call("insert", insert, writes=len(rows))
        except BulkRefused as refused:
            odd = {code for code in refused.codes.values() if code != DUPLICATE}
            if odd:
                raise RuntimeError(f"the database refused an append with code {sorted(odd)}") from None
            return set(refused.codes)
        return set()
