"""The one place that knows the MongoDB driver: connections, declared indexes, errors in our own words.

PyMongo's asynchronous API (ADR 0001). Services annotate with ``Database`` and ``Collection``, not with its types.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from bson.codec_options import CodecOptions
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient, IndexModel, InsertOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from chassis.bus import Passing
from chassis.metrics import Metrics
from chassis.store_causes import DISK_FULL, NO_REPLICA_SET, NOT_INITIATED, Standing, cause, standing

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "BulkRefused",
    "Collection",
    "Database",
    "DuplicateKey",
    "Index",
    "InsertOne",
    "Store",
    "StoreAway",
    "StoreRefuses",
    "UpdateOne",
    "connect",
]

Row: TypeAlias = dict[str, Any]
Collection: TypeAlias = AsyncCollection[Row]
Database: TypeAlias = AsyncDatabase[Row]
DuplicateKey = DuplicateKeyError

R = TypeVar("R")
log = logging.getLogger(__name__)

DUPLICATE = 11_000

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before every instant we store: ``{"$gte": EPOCH}`` follows a sparse index where ``$exists`` reads everything."""


class StoreAway(Passing):
    """The database does not answer, or answers that it cannot right now."""


class StoreRefuses(RuntimeError):
    """The database says no and will say so again; the text names the remedy where it is known."""


class BulkRefused(Exception):
    """Some operations of a bulk were refused. ``codes`` maps their index to the server's error code."""

    def __init__(self, codes: Mapping[int, int]) -> None:
        super().__init__(f"{len(codes)} operations refused: codes {sorted(set(codes.values()))}")
        self.codes = codes


@dataclass(frozen=True, slots=True)
class Index:
    """One index. ``keys`` are (field, direction). Sparse fits fields that are absent when there is nothing to do."""

    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    sparse: bool = False
    where: Mapping[str, Any] = field(default_factory=dict)

    def model(self) -> IndexModel:
        """The driver's form."""
        options: dict[str, Any] = {}
        if self.unique:
            options["unique"] = True
        if self.sparse:
            options["sparse"] = True
        if self.where:
            options["partialFilterExpression"] = dict(self.where)
        return IndexModel(list(self.keys), **options)


class Store:
    """A service's database. Counts every call, and turns the driver's errors into passing and lasting ones.

    ``alone``: no other process works on this database (the embedded platform), so nothing needs to be claimed.
    """

    def __init__(self, client: AsyncMongoClient[Row], name: str, metrics: Metrics, *, alone: bool = False) -> None:
        self._client = client
        self.alone = alone
        self._metrics = metrics
        options: CodecOptions[Row] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self.database: Database = client.get_database(name, codec_options=options)
        self.round_trips = 0
        self.writes = 0
        self._ahead = timedelta()
        self._measured: float | None = None

    def collection(self, name: str) -> Collection:
        """A collection of this service's database."""
        return self.database.get_collection(name)

    async def call(self, kind: str, operation: Awaitable[R], writes: int = 0) -> R:
        """Await one driver call; ``kind`` labels it. Raises ``StoreAway``, ``DuplicateKey`` or ``BulkRefused``."""
        self.round_trips += 1
        self.writes += writes
        self._metrics.count("hotline_store_round_trips_total", call=kind)
        if writes:
            self._metrics.count("hotline_store_writes_total", writes, call=kind)
        task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        try:
            with _in_our_words():
                return await operation
        finally:
            # The driver turns a cancellation into an error of its own; a loop that retries would then never end.
            if task is not None and task.cancelling() > before:
                raise asyncio.CancelledError

    async def find(
        self,
        collection: Collection,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        skip: int = 0,
    ) -> list[Row]:
        """All rows that match, as one call."""
        cursor = collection.find(where, fields, sort=list(sort) or None, limit=limit, skip=skip)
        return await self.call("find", cursor.to_list(None))

    async def bulk(self, collection: Collection, operations: Sequence[UpdateOne | InsertOne[Row]]) -> None:
        """Unordered bulk; raises ``BulkRefused`` with the server's code per refused operation."""
        await self.call("bulk", collection.bulk_write(list(operations), ordered=False), writes=len(operations))

    async def ensure(self, indexes: Mapping[str, Sequence[Index]]) -> None:
        """Create the declared indexes of each collection; existing ones are left alone."""
        for name, declared in indexes.items():
            if declared:
                created = self.collection(name).create_indexes([index.model() for index in declared])
                await self.call("index", created)

    async def require_replica_set(self) -> None:
        """Raises ``StoreRefuses`` where a majority write would be the write of one server alone.

        ``StoreAway`` while the set has no members yet.
        """
        hello = await self.call("hello", self._client.admin.command("hello"))
        match standing(hello, await self.call("hello", self._client.admin.command("buildInfo"))):
            case Standing.LONE:
                raise StoreRefuses(NO_REPLICA_SET)
            case Standing.NOT_INITIATED:
                raise StoreAway(NOT_INITIATED)

    async def server_now(self) -> datetime:
        """The database server's clock, by which leases run: our clock plus the difference last measured (each minute).

        Not ``$$NOW`` in an expression: the two SecantusDB servers differ in what they do with it, and one is wrong.
        """
        if self._measured is None or time.monotonic() - self._measured > 60:
            hello = await self.call("hello", self._client.admin.command("hello"))
            server: datetime = hello["localTime"]
            self._ahead = server.astimezone(UTC) - datetime.now(UTC)
            self._measured = time.monotonic()
        return datetime.now(UTC) + self._ahead

    async def answers(self) -> bool:
        """Whether the database answers a ping right now."""
        try:
            await self.call("ping", self._client.admin.command("ping"))
        except StoreAway:
            return False
        return True


class _in_our_words:  # noqa: N801 - reads as a phrase in a with statement
    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, BulkWriteError):
            details = error.details or {}
            # Write-concern trouble without refused operations: applied somewhere, confirmed by too few; ask again.
            refused = {item["index"]: item["code"] for item in details.get("writeErrors", [])}
            if not refused:
                raise StoreAway("write concern was not met") from None
            raise BulkRefused(refused) from None
        if isinstance(error, DuplicateKeyError) or not isinstance(error, PyMongoError):
            return
        if isinstance(error, OperationFailure) and not _passing(error):
            raise StoreRefuses(cause(error)) from None
        raise StoreAway(cause(error)) from None


def _passing(error: OperationFailure) -> bool:
    retryable = error.has_error_label("RetryableWriteError") or error.has_error_label("TransientTransactionError")
    # Elections, shutdown, step-down, interrupted, time limits: the codes drivers themselves retry on, plus 50.
    return retryable or error.code in {
        DISK_FULL,
        50,
        6,
        7,
        89,
        91,
        189,
        262,
        9001,
        10107,
        11600,
        11602,
        13435,
        13436,
        64,
    }


@asynccontextmanager
async def connect(url: str, *, time_limit_ms: int = 5_000) -> AsyncIterator[AsyncMongoClient[Row]]:
    """A client with majority writes and time limits everywhere, closed at the end."""
    client: AsyncMongoClient[Row] = AsyncMongoClient(
        url,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=time_limit_ms,
        connectTimeoutMS=time_limit_ms,
        socketTimeoutMS=2 * time_limit_ms,
        waitQueueTimeoutMS=time_limit_ms,
        retryWrites=False,
        maxPoolSize=32,
        tz_aware=True,
    )
    try:
        yield client
    finally:
        await client.close()
