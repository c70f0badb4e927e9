"""Versions of the dispatch catalogue and edits of the knowledge base: kept in the store, followed by every process."""

import logging
from datetime import datetime
from typing import Any

from chassis.mongo import DuplicateKey, Row, Store
from contracts.table_text import BadTable
from dispatcher.domain.catalogue_table import read_catalogue
from dispatcher.domain.knowledge_edit import KnowledgeEdit, edited
from dispatcher.domain.tables import Tables

log = logging.getLogger(__name__)

COLLECTION = "table_versions"
CATALOGUE, KNOWLEDGE = "catalogue", "knowledge"


class TableVersions:
    """Implements ``ports.TableVersions``. ``_id`` is kind and number, so that two who add at once cannot both."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.collection(COLLECTION)
        self._seen: dict[str, Row] = {}
        self._made: tuple[tuple[str, ...], Tables] | None = None

    async def add(self, kind: str, number: int, body: dict[str, Any], by: str, at: datetime) -> bool:
        """Keep version ``number`` of a kind; False when somebody else has just added it."""
        row = {"_id": f"{kind}:{number:06d}", "kind": kind, "number": number, "body": body, "by": by, "at": at}
        try:
            await self._store.call("insert", self._rows.insert_one(row), writes=1)
        except DuplicateKey:
            return False
        return True

    def all(self, kind: str) -> list[Row]:
        """Every version of a kind, oldest first, as last read."""
        return [row for _, row in sorted(self._seen.items()) if row["kind"] == kind]

    async def refresh(self) -> None:
        """Read what is new."""
        # Few rows ever; versions of one kind come in order, but the kinds have no order among them.
        for row in await self._store.find(self._rows, {"_id": {"$nin": list(self._seen)}}, sort=(("_id", 1),)):
            self._seen[row["_id"]] = row

    def applied_to(self, shipped: Tables) -> Tables:
        """The shipped tables with the last catalogue, and with the knowledge base as it was edited."""
        key = tuple(sorted(self._seen))
        if self._made is not None and self._made[0] == key:
            return self._made[1]
        catalogue = shipped.catalogue
        for row in self.all(CATALOGUE):
            try:
                catalogue = read_catalogue(row["body"]["text"], shipped.directory)
            except BadTable:
                # It was good when it was loaded: a unit has left the directory since.
                log.error("a loaded catalogue is no longer valid", extra={"version": row["body"].get("version")})
        edits = [KnowledgeEdit.of(row["body"], row["by"], row["at"]) for row in self.all(KNOWLEDGE)]
        made = Tables(
            directory=shipped.directory,
            catalogue=catalogue,
            knowledge=edited(shipped.knowledge, edits),
            limits=shipped.limits,
            leaders=shipped.leaders,
            checklist=shipped.checklist,
            knowledge_checked=shipped.knowledge_checked,
        )
        self._made = (key, made)
        return made
