"""Why the database is not there or says no, in words that name the remedy; nothing of an address is repeated."""

from collections.abc import Mapping
from enum import Enum
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

NOT_INITIATED = "the database's replica set has no members yet; run rs.initiate() once"


def cause(error: PyMongoError) -> str:
    """One line: what is wrong and, where it is known, what to do about it."""
    if isinstance(error, OperationFailure):
        # The server's message may quote a document; the code says enough.
        return _CODES.get(error.code or 0, f"the database refused the call with code {error.code}")
    return AWAY if isinstance(error, ServerSelectionTimeoutError) else f"the database is away: {type(error).__name__}"


class Standing(Enum):
    """How far a server's acknowledgement holds."""

    IN_A_SET = "in a set"
    NOT_INITIATED = "not initiated"
    LONE = "lone"


def standing(hello: Mapping[str, Any], build: Mapping[str, Any]) -> Standing:
    """From the answers to ``hello`` and ``buildInfo``: a member of a set, a router of one, or a server of its own.

    Whoever runs SecantusDB has chosen one server that syncs every commit; it is let pass, with or without a name.
    """
    if "setName" in hello or hello.get("msg") == "isdbgrid" or "secantusVersion" in build:
        return Standing.IN_A_SET
    return Standing.NOT_INITIATED if hello.get("isreplicaset") else Standing.LONE
