"""HTTP for people who look at parked messages: list, show (redacted), replay."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter

from chassis.auth import Principal, allow
from chassis.bus import ConnectionLost, PublishFailed
from chassis.documents import Documents
from chassis.parking import NotParked, Parking
from chassis.problems import Problem
from contracts.words import Role

Operator = Annotated[Principal, allow(Role.OPERATOR)]


def router(parking: Parking, documents: list[Documents]) -> APIRouter:
    """``/parking/<service>``: parked messages, and beside them what the broker keeps refusing."""
    at = f"/parking/{parking.service}"
    routes = APIRouter(tags=["parking"])

    @routes.get(at)
    async def list_parked(_: Operator, state: str = "waiting") -> dict[str, Any]:
        """Parked messages of this service, emergencies first."""
        stuck = [{"id": key, "reason": why} for held in documents for key, why in held.stuck().items()]
        return {"items": [asdict(item) for item in await parking.list(state)], "next": None, "unpublished": stuck}

    @routes.get(at + "/{parked_id}")
    async def show_parked(parked_id: str, _: Operator) -> dict[str, Any]:
        """One parked message: why, whence, and its shape without values."""
        try:
            return asdict(await parking.show(parked_id))
        except NotParked:
            raise _unknown() from None

    @routes.post(at + "/{parked_id}/replay", status_code=202)
    async def replay_parked(parked_id: str, _: Operator) -> dict[str, str]:
        """Send it back to its queue; it may be parked again, then under a new id."""
        try:
            await parking.replay(parked_id)
        except NotParked:
            raise _unknown() from None
        except (PublishFailed, ConnectionLost):
            raise Problem(503, "Not replayed", "The broker did not take it; it stays parked.", "not-replayed") from None
        return {"state": "replayed"}

    return routes


def _unknown() -> Problem:
    return Problem(404, "Not found", "No parked message has this id.", "not-parked")
