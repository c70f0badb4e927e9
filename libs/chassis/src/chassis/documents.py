"""A service's appeal documents with everything that keeps them moving: commits and relays per lane, and timers."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from chassis.activity import Activity
from chassis.bus import Bus, Delivery, Permanent
from chassis.clock import BusinessClock
from chassis.document import SINCE, Answer, Change, Command, Document, Entry, Rules, Sheet, Step
from chassis.group_commit import GroupCommit
from chassis.metrics import Metrics
from chassis.mongo import EPOCH, Collection, Index, Row, Store
from chassis.presence import Presence
from chassis.relay import Published, Relay
from chassis.wakes import Wakes
from contracts.codec import decode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.words import Lane, Service

INDEXES = (
    Index(((SINCE[Lane.ORDINARY], 1),), sparse=True),
    Index(((SINCE[Lane.EMERGENCY], 1),), sparse=True),
    Index((("next_wake", 1),), sparse=True),
    Index((("retry_at", 1),), sparse=True),
)
"""Every collection of documents has these; a service declares those of its desks beside them."""

GATHER = {Lane.ORDINARY: 0.003, Lane.EMERGENCY: 0.0}
"""Seconds for which a round of the group commit waits for company; an emergency waits for nobody."""
PATIENCE_SECONDS = 0.5
"""For which a fact that nobody waits for waits for more about its subject (ADR 0014). Not on a database of our own: a
virtual clock would wait with it."""

Patient = Callable[[Fact[Event]], bool]
"""Which facts of others may wait so long for company."""


def in_no_hurry(fact: Fact[Event]) -> bool:
    """For services whose documents only follow what others do."""
    return True


def at_once(fact: Fact[Event]) -> bool:
    """For services that go on with every fact."""
    return False


class Documents:
    """One collection of documents under one set of rules."""

    def __init__(
        self,
        store: Store,
        name: str,
        rules: Rules,
        *,
        bus: Bus,
        clock: BusinessClock,
        metrics: Metrics,
        activity: Activity,
        presence: Presence,
        retry: Callable[[str], Awaitable[None]] | None = None,
        published: Published | None = None,
        patient: Patient = at_once,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.store = store
        self._patient = patient
        self.collection: Collection = store.collection(name)
        self._clock = clock
        self._relays = {
            lane: Relay(store, self.collection, lane, bus.publisher(lane), metrics, activity, presence.name, published)
            for lane in Lane
        }
        self._kept: dict[str, Sheet] = {}
        self._commits = {
            lane: GroupCommit(
                store,
                self.collection,
                rules,
                clock,
                metrics,
                self.posted,
                activity,
                self._kept,
                GATHER[lane],
                0.0 if store.alone or lane is Lane.EMERGENCY else patience_seconds,
                self.told,
            )
            for lane in Lane
        }
        self.wakes = Wakes(
            store, self.collection, self._commits[Lane.ORDINARY], clock, metrics, activity, presence, retry
        )

    def posted(self, entries: Sequence[Entry]) -> None:
        """Hand freshly saved outbox entries to the relays."""
        for relay in self._relays.values():
            relay.offer(entries)

    def born(self, sheet: Sheet) -> None:
        """A service inserted this document by itself: what comes next about it needs no load."""
        entries = sheet.saved()
        self._commits[Lane.ORDINARY].keep(sheet)
        self.posted(entries)

    def told(self, document: Document) -> None:
        """A document was saved: its timer may be another."""
        self.wakes.told(document.subject, document.next_wake)

    async def take(self, delivery: Delivery) -> Document:
        """Store a fact of another service and let the rules react. The same fact again changes nothing.

        Raises ``BadMessage`` for what is no fact, ``Permanent`` for a second body under a known id or sequence.
        """
        fact = decode(delivery.body)
        return await self._commits[delivery.lane].change(
            fact.subject,
            lambda document: _received(document, fact),
            first=_first_of_all(fact),
            patient=self._patient(fact),
            fact=True,
        )

    async def change(
        self,
        subject: str,
        step: Step,
        command: Command | None = None,
        lane: Lane = Lane.ORDINARY,
        *,
        fresh: bool = False,
    ) -> Document:
        """Run a use case on one document and save what it decides; ``fresh`` for one that may find nothing to save."""
        return await self._commits[lane].change(subject, step, command, fresh=fresh)

    async def answer(self, subject: str, step: Step, command: Command, lane: Lane = Lane.ORDINARY) -> Answer:
        """Run a command; the kept answer for a duplicate."""
        return await self._commits[lane].answer(subject, step, command)

    async def load(self, subject: str) -> Document:
        """The document as it is now, for reading."""
        rows = await self.store.find(self.collection, {"_id": subject}, limit=1)
        return Document(subject, rows[0] if rows else None)

    async def rows(
        self, where: Row, *, sort: Sequence[tuple[str, int]] = (), limit: int = 100, skip: int = 0
    ) -> list[Row]:
        """The ``row`` of every document that matches, with ``_id``; ``where`` names fields as ``row.unit``."""
        return await self.store.find(self.collection, where, fields={"row": 1}, sort=sort, limit=limit, skip=skip)

    def kept_rows(self, subjects: Sequence[str]) -> dict[str, Row]:
        """The rows of those documents that are in memory as saved; none where another process may have saved since."""
        if not self.store.alone:
            return {}
        return {subject: self._kept[subject].row for subject in subjects if subject in self._kept}

    async def unpublished(self) -> int:
        """How many documents hold something that is not on the bus yet."""
        found: set[str] = set()
        for since in SINCE.values():
            where = {since: {"$gte": EPOCH}}
            found |= {
                row["_id"] for row in await self.store.find(self.collection, where, fields={"_id": 1}, limit=1000)
            }
        return len(found)

    def stuck(self) -> dict[str, str]:
        """Messages the broker has refused for a minute or more: id to reason, to list beside the parked ones."""
        return {key: why for relay in self._relays.values() for key, why in relay.stuck.items()}

    def now(self) -> datetime:
        """Business time."""
        return self._clock.now()

    def start(self, *, timers: bool = True) -> None:
        """Start relays, and timers unless somebody else fires them (the virtual clock does)."""
        for relay in self._relays.values():
            relay.start()
        if timers:
            self.wakes.start()

    async def stop(self) -> None:
        """Stop timers and relays; nothing is lost, it stays in the documents."""
        await self.wakes.stop()
        for relay in self._relays.values():
            await relay.stop()


def _first_of_all(fact: Fact[Event]) -> bool:
    """Whether an appeal begins with this fact, so that there is hardly a document yet."""
    return fact.source is Service.INTAKE and fact.sequence == 1


def _received(document: Document, fact: Fact[Event]) -> Change | None:
    if fact.id in document.ids:
        if next(known for known in document.facts if known.id == fact.id) != fact:
            raise Permanent("another body is stored under this id")
        return None
    if any(known.source is fact.source and known.sequence == fact.sequence for known in document.facts):
        raise Permanent("another fact of this source has this sequence")
    return Change(received=(fact,))
