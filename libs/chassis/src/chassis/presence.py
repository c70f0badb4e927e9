"""Which processes of a service live: each gives a sign of life in the service's database, and looks for the others'.

What a process has claimed is free for the others once its row is gone: at once when it stopped in order, after at most
``SILENT * EVERY_SECONDS`` and one look more when it died. Claims only spare work, so a living process that was taken
for dead costs some of it twice and nothing else. No clock but the looker's own is asked.
"""

import asyncio
import logging
from collections.abc import Collection

from chassis.mongo import Store, StoreAway

log = logging.getLogger(__name__)

PROCESSES = "processes"
EVERY_SECONDS = 2.0
SILENT = 3
"""Looks in a row without a new sign of life, after which a process counts as dead."""


class Presence:
    """One process's row among those of its service, and what it knows of the others."""

    def __init__(self, store: Store, name: str, every_seconds: float = EVERY_SECONDS) -> None:
        self.name = name
        self._store = store
        self._rows = store.collection(PROCESSES)
        self._every = every_seconds
        self._beat = 0
        self._living: set[str] = set()
        self._heard: dict[str, int] = {}
        self._silent: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Live, until stopped. Where nobody else works on the database there is nobody to tell."""
        if not self._store.alone:
            await self._sign()
            self._task = asyncio.ensure_future(self._live())

    async def stop(self) -> None:
        """Be gone in order: what this process still holds is free for the others at once."""
        self._stopping = True
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._store.call("presence", self._rows.delete_one({"_id": self.name}), writes=1)
        except StoreAway:
            log.debug("the store is away; the others will notice")

    async def gone(self, names: Collection[str]) -> set[str]:
        """Those of ``names`` that live no more. This process itself never is."""
        others = set(names) - {self.name}
        if not others <= self._living:
            # Who is not known may have come since the last look.
            rows = await self._store.find(self._rows, {"_id": {"$in": sorted(others)}}, fields={"_id": 1})
            found = {row["_id"] for row in rows}
            self._living |= found
            others -= found
        return others - self._living

    async def look(self) -> None:
        """Give a sign of life and look for the others'; who was silent too long is struck off."""
        await self._sign()
        rows = await self._store.find(self._rows, {})
        heard = {row["_id"]: row["beat"] for row in rows if row["_id"] != self.name}
        self._silent = {
            name: self._silent.get(name, 0) + 1 if self._heard.get(name) == beat else 0 for name, beat in heard.items()
        }
        self._heard = heard
        dead = {name for name, looks in self._silent.items() if looks >= SILENT}
        for name in sorted(dead):
            log.info("a process is gone; others take over what it had claimed", extra={"process": name})
            strike = self._rows.delete_one({"_id": name, "beat": heard[name]})
            await self._store.call("presence", strike, writes=1)
        self._living = set(heard) - dead

    async def _sign(self) -> None:
        self._beat += 1
        sign = self._rows.update_one({"_id": self.name}, {"$set": {"beat": self._beat}}, upsert=True)
        await self._store.call("presence", sign, writes=1)

    async def _live(self) -> None:
        while not self._stopping:
            await asyncio.sleep(self._every)
            try:
                await self.look()
            except StoreAway:
                # The silence of the others has the same reason.
                self._silent.clear()
            except Exception:
                log.exception("looking for the other processes failed")
