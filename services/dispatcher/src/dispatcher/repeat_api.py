"""Repeats over HTTP: what is proposed, for all orders and for one, and saying that a pair is none."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query

from chassis.auth import Principal, allow
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import CommandId
from dispatcher.domain.view import fold
from dispatcher.doors import OrderPath, ProposalPath, centre_order, person_of
from dispatcher.ports import OrderNumbers, OrderRows, Orders, Proposals, Standing
from dispatcher.shown import pair_shown
from dispatcher.use_cases.propose_repeats import AT_MOST, RepeatSearch
from dispatcher.use_cases.review_repeats import dismiss, paired, visible, waiting_pairs

DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
Key = Annotated[CommandId, Header(alias="Idempotency-Key", description="The command id, 1 to 128 characters.")]


def router(
    orders: Orders,
    numbers: OrderNumbers,
    standing: Standing,
    rows: OrderRows,
    proposals: Proposals,
    search: RepeatSearch,
) -> APIRouter:
    """The routes under ``/repeats``, and ``/work-orders/{order}/repeats``."""
    api = APIRouter(tags=["repeats"])

    @api.get("/repeats")
    async def repeats(
        principal: DutyOfficer,
        cursor: Annotated[str | None, Query(max_length=300)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Pairs of orders that may be about the same, best first, each with its reasons; merging is for a person."""
        await search.catch_up(batches=AT_MOST)  # what came since the background last looked
        pairs, after = await waiting_pairs(proposals, rows, person_of(principal), cursor, limit)
        return {"items": [pair_shown(pair) for pair in pairs], "next": after}

    @api.get("/work-orders/{order}/repeats")
    async def of_order(order: OrderPath, principal: DutyOfficer) -> dict[str, Any]:
        """What this order may be a repeat of, as of now."""
        person = person_of(principal)
        document = await centre_order(orders, numbers, standing, order, person)
        found = await search.for_order(document.subject, fold(document.facts))
        return {"items": [pair_shown(pair) for pair in visible(await paired(found, rows), person)], "next": None}

    @api.post("/repeats/{proposal}/dismissal")
    async def dismissal(proposal: ProposalPath, key: Key, principal: DutyOfficer) -> dict[str, Any]:
        """Not the same matter: it is proposed no more."""
        if not await dismiss(proposals, rows, orders, proposal, person_of(principal)):
            raise Problem(404, "Not found", "There is no such proposal.", "unknown-proposal", "proposal")
        return {"proposal": proposal, "dismissed": True}

    return api
