"""What operations use over HTTP: a unit's messages sent again."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.auth import Principal, allow
from chassis.bus import ConnectionLost, Publisher, PublishFailed
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.domain.replay import window
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.use_cases.replay_unit import replay_unit

Operator = Annotated[Principal, allow(Role.OPERATOR)]
UnitPath = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$", description="The member unit's id.")]


class Replay(BaseModel):
    """``since``: messages of this business time and later. ``after``: the last page's ``next``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    since: AwareDatetime
    after: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


def router(
    orders: Orders, numbers: OrderNumbers, standing: Standing, publisher: Publisher, over_http: Collection[str]
) -> APIRouter:
    """The route ``/units/{unit}/replay``. ``over_http``: units that have no queue of their own."""
    api = APIRouter(tags=["units"])

    @api.post("/units/{unit}/replay")
    async def replay(unit: UnitPath, body: Replay, principal: Operator) -> dict[str, Any]:
        """Put a unit's messages into its queue again, with the ids and the order they had; a page of orders a call.

        What the guard withholds now is not sent. Harmless to repeat: the unit knows the ids.
        """
        if unit not in standing.tables().directory:
            raise Problem(404, "Not found", "There is no such member unit.", "unknown-unit", "unit")
        if unit in over_http:
            said = f"GET /units/{unit}/messages?after=0 gives everything again."
            raise Problem(409, "The unit reads over HTTP", said, "unit-over-http", "unit")
        refused = window(body.since, orders.now(), standing.tables().limits)
        if refused is not None:
            raise Problem(422, "Invalid input", refused.text_en, refused.code.replace("_", "-"), refused.field)
        try:
            done = await replay_unit(
                orders, numbers, standing, publisher, unit, body.since, body.after, body.limit, principal.user
            )
        except PublishFailed:
            raise Problem(
                409, "The unit's queue takes nothing", "Enrol the unit, or let it read.", "no-queue"
            ) from None
        except ConnectionLost:
            raise Problem(503, "The broker does not answer", "Try the same page again.", "broker-away") from None
        return {"orders": done.orders, "messages": done.messages, "withheld": done.withheld, "next": done.next}

    return api
