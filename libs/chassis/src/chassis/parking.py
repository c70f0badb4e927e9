"""Parking (rule 4): what can never be handled goes into the service's own store, to be read and replayed there."""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.bus import Bus, Consumer, Delivery, Outgoing
from chassis.clock import infrastructure_now
from chassis.crypto import MasterKey
from chassis.metrics import Metrics
from chassis.mongo import DuplicateKey, Index, Row, Store
from chassis.retry import ATTEMPTS, ORIGIN_QUEUE, REASON, VERIFIED_USER, count
from contracts.topology import parking_queue
from contracts.words import Lane, Service

log = logging.getLogger(__name__)

COLLECTION = "parked"
INDEXES = {COLLECTION: (Index((("state", 1), ("parked_at", 1))),)}

REPLAY = "replay"
"""Header: how often a person has sent the message back already."""

WAITING, REPLAYED = "waiting", "replayed"


class NotParked(Exception):
    """No parked message has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A parked message as people see it; ``shape`` names its fields and types, never a value."""

    id: str
    service: Service
    queue: str
    lane: Lane
    reason: str
    attempts: int
    replay: int
    parked_at: str
    state: str
    shape: Any


class Parking:
    """Drains one service's parking queue."""

    def __init__(self, service: Service, store: Store, bus: Bus, keys: MasterKey, metrics: Metrics) -> None:
        self.service = service
        self._store = store
        self._bus = bus
        self._key = keys.purpose_key(f"parking:{service}")
        self._metrics = metrics
        self._rows = store.collection(COLLECTION)

    def consumer(self) -> Consumer:
        """The row of the consumer table that drains the queue."""
        queue = parking_queue(self.service)
        return Consumer(service=self.service, queue=queue, lane=Lane.ORDINARY, handler=self.drain, prefetch=16)

    async def drain(self, delivery: Delivery) -> None:
        """Keep a parked message: its body encrypted, its ``_id`` a hash, so that nothing hides behind a reused id."""
        queue = str(delivery.headers.get(ORIGIN_QUEUE) or "unknown")
        replay = count(delivery.headers.get(REPLAY), 0)
        lane = Lane.EMERGENCY if "emergency" in queue else Lane.ORDINARY
        row: Row = {
            "_id": _identity(queue, delivery, replay),
            "queue": queue,
            "lane": lane,
            "reason": str(delivery.headers.get(REASON) or "delivery limit reached"),
            "attempts": count(delivery.headers.get(ATTEMPTS), 0),
            "message_id": delivery.message_id or "",
            "user": delivery.user or "",
            "replay": replay,
            "shape": _shape(delivery.body),
            "body": self._key.encrypt_bytes(delivery.body, queue),
            "parked_at": infrastructure_now(),
            "state": WAITING,
        }
        try:
            await self._store.call("insert", self._rows.insert_one(row), writes=1)
        except DuplicateKey:
            return
        if lane is Lane.EMERGENCY:
            log.critical("an emergency message is parked: the duty officer must look", extra={"queue": queue})
        await self.measure()

    async def measure(self) -> None:
        """Refresh the gauge of waiting messages."""
        waiting = await self._store.call("count", self._rows.count_documents({"state": WAITING}))
        self._metrics.set("hotline_parked_messages", waiting)

    async def list(self, state: str = WAITING, limit: int = 200) -> list[Parked]:
        """Parked messages, emergencies first, then oldest first."""
        sort = [("state", 1), ("parked_at", 1)]
        rows = await self._store.find(self._rows, {"state": state}, sort=sort, limit=limit)
        rows.sort(key=lambda row: row["lane"] != Lane.EMERGENCY)
        return [self._shown(row) for row in rows]

    async def show(self, parked_id: str) -> Parked:
        """One parked message. Raises ``NotParked``."""
        return self._shown(await self._row(parked_id))

    async def replay(self, parked_id: str) -> None:
        """Send it back to the queue it came from, as the user it came from. At least once.

        Raises ``NotParked``, ``PublishFailed`` or ``ConnectionLost``; then it stays parked.
        """
        row = await self._row(parked_id)
        # Empty for a message of nobody: without the header it would come back as one of our own service.
        headers: dict[str, str | int] = {REPLAY: row["replay"] + 1, VERIFIED_USER: row["user"]}
        lane = Lane(row["lane"])
        message = Outgoing(
            id=row["message_id"] or row["_id"],
            exchange="",
            routing_key=row["queue"],
            body=self._key.decrypt_bytes(row["body"], row["queue"]),
            stream=row["queue"],
            lane=lane,
            headers=headers,
        )
        publisher = self._bus.publisher(lane)
        try:
            await publisher.publish(message)
        finally:
            await publisher.close()
        replayed = {"$set": {"state": REPLAYED, "replayed_at": infrastructure_now()}}
        await self._store.call("update", self._rows.update_one({"_id": row["_id"]}, replayed), writes=1)
        await self.measure()

    async def _row(self, parked_id: str) -> Row:
        rows = await self._store.find(self._rows, {"_id": parked_id}, limit=1)
        if not rows:
            raise NotParked(parked_id)
        return rows[0]

    def _shown(self, row: Mapping[str, Any]) -> Parked:
        return Parked(
            id=row["_id"],
            service=self.service,
            queue=row["queue"],
            lane=Lane(row["lane"]),
            reason=row["reason"],
            attempts=row["attempts"],
            replay=row["replay"],
            parked_at=row["parked_at"].isoformat(),
            state=row["state"],
            shape=row["shape"],
        )


def _identity(queue: str, delivery: Delivery, replay: int) -> str:
    digest = hashlib.sha256()
    for part in (queue.encode(), delivery.body, (delivery.message_id or "").encode(), (delivery.user or "").encode()):
        digest.update(len(part).to_bytes(4, "big") + part)
    digest.update(replay.to_bytes(4, "big"))
    return digest.hexdigest()[:32]


_KNOWN = frozenset(
    [
        "specversion",
        "id",
        "source",
        "subject",
        "sequence",
        "time",
        "type",
        "dataschema",
        "datacontenttype",
        "lane",
        "correlationid",
        "traceparent",
        "data",
        "command_id",
        "work_order",
        "reference",
        "line",
        "unit",
        "round",
        "number",
        "text_masked",
        "place",
    ]
)


def _shape(body: bytes) -> Any:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return f"{len(body)} bytes that are no JSON"
    if not isinstance(value, dict):
        return type(value).__name__
    # Names of fields are input too: only those of our own vocabulary are shown.
    known = {name: type(item).__name__ for name, item in value.items() if name in _KNOWN}
    return {**known, "other fields": len(value) - len(known)} if len(known) < len(value) else known
