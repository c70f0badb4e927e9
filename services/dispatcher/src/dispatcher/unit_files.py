"""Which files are stored, and whose: one appended row per file, as intake told it."""

import asyncio
from collections.abc import Sequence

from chassis.activity import Activity
from chassis.appends import Appends
from chassis.mongo import Store
from contracts.events.unit_file import UnitFileStored

COLLECTION = "unit_files"
LOOK_AGAIN_SECONDS = 0.1


class StoredUnitFiles:
    """Implements ``ports.UnitFiles``."""

    def __init__(self, store: Store, activity: Activity) -> None:
        self._store = store
        self._rows = store.collection(COLLECTION)
        self._appends = Appends(store, self._rows, activity)

    async def add(self, file: UnitFileStored) -> None:
        """Keep it; the same one again changes nothing."""
        await self._appends.add({"_id": file.attachment_id, "unit": file.unit})

    async def of(self, unit: str, ids: Sequence[str], wait_seconds: float = 0.0) -> frozenset[str]:
        """Those of ``ids`` that are the unit's; waits so long for what was stored a moment ago."""
        if not ids:
            return frozenset()
        loop = asyncio.get_running_loop()
        end = loop.time() + wait_seconds
        while True:
            where = {"_id": {"$in": list(ids)}, "unit": unit}
            rows = await self._store.find(self._rows, where, fields={"_id": 1})
            found = frozenset(str(row["_id"]) for row in rows)
            if found.issuperset(ids) or loop.time() >= end:
                return found
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
