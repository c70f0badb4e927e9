"""What was refused at doors that units' programs use, kept for people to read: by day, unit, door and reason, counted.

Rows hold our own words alone: the unit of a valid token, the door's template, status, reason and the field's name. So
they are as few as units times reasons, and say nothing of a person nor of what was sent. Who has no valid token of a
unit is nobody here: that shows in the metrics and the log.
"""

import logging
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query
from starlette.datastructures import Headers
from starlette.types import Scope

from chassis.auth import Principal, allow, authenticate
from chassis.clock import infrastructure_now
from chassis.mongo import DUPLICATE, BulkRefused, Index, Row, Store, StoreAway, UpdateOne
from chassis.problems import Problem, told_as
from contracts.words import Role, Service

log = logging.getLogger(__name__)

COLLECTION = "refused_requests"
INDEXES = {COLLECTION: (Index((("last", -1),)),)}
KEPT = timedelta(days=90)
"""For which a row is kept after its last refusal; infrastructure time."""

Reader = Annotated[Principal, allow(Role.OPERATOR, Role.AUDITOR)]


class Refusals:
    """Counts them. ``doors``: the route templates that are watched."""

    def __init__(self, store: Store, doors: Sequence[str]) -> None:
        self._store = store
        self._rows = store.collection(COLLECTION)
        self._doors = frozenset(doors)
        self._swept: date | None = None

    async def note(self, app: FastAPI, scope: Scope, route: str, status: int) -> None:
        """After the answer has left. A store that is away loses the note and nothing else."""
        if route not in self._doors or not 400 <= status < 500:
            return
        unit = await _unit_of(app, scope)
        if unit is None:
            return
        reason, field = told_as(scope)
        now = infrastructure_now()
        row: Row = {"day": now.date().isoformat(), "unit": unit, "door": f"{scope['method']} {route}"}
        row |= {"status": status, "reason": reason, "field": re.sub(r"\d+", "*", field)}
        update = {"$inc": {"times": 1}, "$min": {"first": now}, "$max": {"last": now}, "$setOnInsert": row}
        one = UpdateOne({"_id": "|".join(str(value) for value in row.values())}, update, upsert=True)
        try:
            try:
                await self._store.bulk(self._rows, [one])
            except BulkRefused as refused:
                if set(refused.codes.values()) != {DUPLICATE}:
                    raise
                await self._store.bulk(self._rows, [one])  # made by another process at this very moment
            if self._swept != now.date():
                await self._store.call("delete", self._rows.delete_many({"last": {"$lt": now - KEPT}}))
                self._swept = now.date()
        except StoreAway:
            log.warning("a refused request could not be noted", extra={"route": route, "status": status})

    async def listed(self, limit: int) -> list[Row]:
        """The latest first."""
        rows = await self._store.find(self._rows, {}, sort=[("last", -1)], limit=limit)
        return [
            {name: value.isoformat() if name in ("first", "last") else value for name, value in row.items()}
            for row in ({name: value for name, value in row.items() if name != "_id"} for row in rows)
        ]


def router(service: Service, refusals: Refusals) -> APIRouter:
    """``/refusals/<service>``."""
    routes = APIRouter(tags=["refusals"])

    @routes.get(f"/refusals/{service}")
    async def list_refusals(_: Reader, limit: Annotated[int, Query(ge=1, le=1_000)] = 200) -> dict[str, Any]:
        """What units' requests were refused for: day, unit, door, status, reason, field, how often, first and last."""
        return {"items": await refusals.listed(limit), "next": None}

    return routes


async def _unit_of(app: FastAPI, scope: Scope) -> str | None:
    """The unit of the request's token: a body that is too large is refused before anybody asked who sends it."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    try:
        principal = await authenticate(app, token.strip())
    except Problem:
        return None
    return principal.unit if principal.is_any(Role.UNIT_HANDLER, Role.UNIT_HEAD) else None
