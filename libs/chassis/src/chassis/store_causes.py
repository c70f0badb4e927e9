"""Why the database is not there or says no, in words that name the remedy; nothing of an address is repeated."""

from collections.abc import Mapping
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError, ServerSelectionTimeoutError

DISK_FULL = 14_031

_CODES = {
    13: "the database user lacks the right readWrite on this service's database; grant it",
    18: "the database refuses user or password of MONGO_URL; correct them, or create the user",
    DISK_FULL: "the database's disk is full; give it room, nothing that was accepted is lost",
}
AWAY = "no database answers at MONGO_URL, or not the replica set that it names; start it, or correct the address"
NO_REPLICA_SET = (
    "MONGO_URL: the database is no replica set, so what it acknowledges may be lost with it; start mongod with "
    "--replSet and run rs.initiate() once, one member is enough to try things out"
)


def cause(error: PyMongoError) -> str:
    """One line: what is wrong and, where it is known, what to do about it."""
    if isinstance(error, OperationFailure):
        # The server's message may quote a document; the code says enough.
        return _CODES.get(error.code or 0, f"the database refused the call with code {error.code}")
    return AWAY if isinstance(error, ServerSelectionTimeoutError) else f"the database is away: {type(error).__name__}"


def lacks_replica_set(hello: Mapping[str, Any]) -> bool:
    """Whether this answer to ``hello`` comes from a lone server: neither a member of a set nor a router."""
    return "setName" not in hello and hello.get("msg") != "isdbgrid"
