"""The journal and the counters in the store: collections, queries, indexes."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any

from chassis.activity import Activity
from chassis.appends import Appends
from chassis.batch_folder import ROW_INDEXES, BatchFolder, Folding
from chassis.document import Answer, Command, Document, Step
from chassis.documents import INDEXES, PATIENCE_SECONDS, Documents
from chassis.mongo import EPOCH, Index, Row, Store
from chassis.presence import Presence
from contracts.codec import decode
from reporting.domain.calendar_day import stamp
from reporting.domain.chain import seal
from reporting.domain.handovers import Moment
from reporting.domain.rollup import rollup
from reporting.ports import Batch

JOURNAL = "journal"
DAYS = "days"
BATCHES = "journal_batches"
STATE = "folders"
PUBLICATIONS = "publications"

FOLD_SECONDS = 3.0
"""How far the day counters may be behind the journal; a batch is then worth its round trips."""
REHEARSAL_FOLD_SECONDS = 600.0
"""The same on a virtual clock, where weeks pass in a minute: the counters are folded when the folder is next served."""
FOLDER = "figures"
MAX_MOMENTS = 50_000

REPORTING_INDEXES = {
    JOURNAL: (
        *ROW_INDEXES,
        Index((("subject", 1), ("source", 1), ("sequence", 1)), unique=True),
        Index((("number", 1),), sparse=True),
        Index((("type", 1), ("time", 1))),
    ),
    PUBLICATIONS: (*INDEXES, Index((("row.kind", 1), ("row.key", -1)))),
}

_EMERGENCY = ("emergency.raised", "emergency.acknowledged", "emergency.lowered")


class StoredJournal:
    """One row per fact. ``body``, the text on the wire, is not chained: its hash is, so it can be taken out alone."""

    def __init__(self, store: Store, activity: Activity) -> None:
        self._store = store
        self._rows = store.collection(JOURNAL)
        self._batches = store.collection(BATCHES)
        self._state = store.collection(STATE)
        self._add_row = Appends(store, self._rows, activity, gather_seconds=PATIENCE_SECONDS)

    async def add(self, row: Row) -> bool:
        """Store a fact; False when its id or its place in the sequence is taken."""
        return await self._add_row.add(row)

    async def kept(self, fact_id: str) -> Row | None:
        """The row with this id."""
        found = await self._store.find(self._rows, {"_id": fact_id}, limit=1)
        return found[0] if found else None

    async def subject_of(self, number: str) -> str | None:
        """The appeal that was registered under this number."""
        found = await self._store.find(self._rows, {"number": number}, fields={"subject": 1}, limit=1)
        return str(found[0]["subject"]) if found else None

    async def facts_of(self, subject: str) -> list[str]:
        """The texts of all facts of a subject, in order of business time and sequence."""
        rows = sorted(await self.rows_of(subject), key=lambda row: (row["time"], row["source"], row["sequence"]))
        return [row["body"] for row in rows if "body" in row]

    async def rows_of(self, subject: str) -> list[Row]:
        """All rows of one subject."""
        return await self._store.find(self._rows, {"subject": subject})

    async def rows_after(self, subject: str, limit: int) -> list[Row]:
        """Rows of the subjects after this one, along the unique index."""
        return await self._store.find(
            self._rows,
            {"subject": {"$gt": subject}},
            fields={"subject": 1, "source": 1, "sequence": 1, "type": 1, "number": 1},
            sort=[("subject", 1), ("source", 1), ("sequence", 1)],
            limit=limit,
        )

    async def count(self, event_type: str) -> int:
        """How many facts of a type there are."""
        return await self._store.call("count", self._rows.count_documents({"type": event_type}))

    async def emergencies(self, since: datetime, until: datetime) -> list[Moment]:
        """Facts of cases raised in the period, with what came of them later."""
        where: Row = {"type": {"$in": list(_EMERGENCY)}, "time": {"$gte": stamp(since)}}
        rows = await self._store.find(self._rows, where, sort=[("time", 1)], limit=MAX_MOMENTS)
        end = stamp(until)
        return [
            Moment(
                subject=row["subject"],
                line=row["line"],
                reference=row["reference"],
                type=row["type"],
                time=datetime.fromisoformat(row["time"]),
            )
            for row in rows
            if row["type"] != "emergency.raised" or row["time"] < end
        ]

    async def batches(self, first: int = 1) -> AsyncIterator[Batch]:
        """The sealed batches from ``first`` on, with what the store holds of each now."""
        number = first
        while found := await self._store.find(self._batches, {"_id": {"$gte": number}}, sort=[("_id", 1)], limit=1):
            known = found[0]
            rows = await self._store.find(self._rows, {"batch": known["_id"]}, sort=[("_id", 1)])
            yield Batch(
                number=known["_id"],
                previous=known["previous"],
                hash=known["hash"],
                count=known["count"],
                rows=rows,
                texts={row["_id"]: row["body"] for row in rows if "body" in row},
            )
            number = known["_id"] + 1

    async def sealed(self) -> tuple[int, str]:
        """Number and hash of the last batch that was applied whole."""
        found = await self._store.find(self._state, {"_id": FOLDER}, limit=1)
        return (found[0]["applied"], found[0]["seal"]) if found else (0, "")

    async def waiting(self) -> int:
        """Facts that are in no batch yet."""
        where = {"unbatched": {"$gte": EPOCH}}
        return await self._store.call("count", self._rows.count_documents(where, limit=100_000))


class StoredDays:
    """Counters per calendar day."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._days = store.collection(DAYS)

    async def between(self, first: date, last: date) -> dict[str, Mapping[str, Any]]:
        """Day to counters."""
        where = {"_id": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        rows = await self._store.find(self._days, where)
        return {
            row["_id"]: {name: value for name, value in row.items() if name not in ("_id", "batch")} for row in rows
        }


class StoredPublications:
    """Reports and bulletins over their documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def change(self, subject: str, step: Step) -> Document:
        """Run a step and save what it decides."""
        return await self._documents.change(subject, step)

    async def answer(self, subject: str, step: Step, command: Command) -> Answer:
        """Run a command; the kept answer for a duplicate."""
        return await self._documents.answer(subject, step, command)

    async def load(self, subject: str) -> Document:
        """The publication as it is now."""
        return await self._documents.load(subject)

    def now(self) -> datetime:
        """Business time."""
        return self._documents.now()

    async def listed(self, kind: str, limit: int = 100) -> list[Row]:
        """Publications of a kind, newest first."""
        rows = await self._documents.rows({"row.kind": kind}, sort=[("row.key", -1)], limit=limit)
        return [{"subject": row["_id"], **{k: v for k, v in row["row"].items() if k != "key"}} for row in rows]


def folder(store: Store, presence: Presence, every_seconds: float = FOLD_SECONDS) -> BatchFolder:
    """The folder that adds the journal's facts to the days and chains them."""
    folding = Folding(
        name=FOLDER,
        rows=store.collection(JOURNAL),
        results=store.collection(DAYS),
        state=store.collection(STATE),
        batches=store.collection(BATCHES),
        increments=lambda rows: rollup(decode(row["body"].encode()) for row in rows if "body" in row),
        seal=seal,
    )
    return BatchFolder(store, folding, presence, every_seconds=every_seconds)
