"""The desk of proposed repeats: both matters side by side, why they may be one, and two buttons."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.auth import Principal, allow
from chassis.ids import Ids
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import Merge
from dispatcher.doors import ProposalPath, obey, person_of
from dispatcher.forms import key_of
from dispatcher.page_parts import since_of
from dispatcher.ports import OrderNumbers, OrderRows, Orders, Proposals, Standing
from dispatcher.shown import pair_shown
from dispatcher.use_cases.propose_repeats import AT_MOST, RepeatSearch
from dispatcher.use_cases.review_repeats import dismiss, waiting_pairs

DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
SHOWN = 30


def router(
    orders: Orders,
    numbers: OrderNumbers,
    standing: Standing,
    rows: OrderRows,
    proposals: Proposals,
    search: RepeatSearch,
    ids: Ids,
) -> APIRouter:
    """The pages under ``/desk/repeats``."""
    api = APIRouter(include_in_schema=False)

    async def listing(
        principal: Principal, request: Request, cursor: str | None = None, answer: dict[str, Any] | None = None
    ) -> Response:
        await search.catch_up(batches=AT_MOST)  # what came since the background last looked
        pairs, after = await waiting_pairs(proposals, rows, person_of(principal), cursor, SHOWN)
        known = standing.tables().directory
        items = [
            {
                **pair_shown(pair),
                "units": {name: known.name(row.get("unit")) for name, row in pair.rows},
                "since": {name: since_of(row) for name, row in pair.rows},
            }
            for pair in pairs
        ]
        shell: PageShell = request.app.state.pages
        return shell.render(request, "dispatcher_repeats.html", pairs=items, after=after, answer=answer, ids=ids)

    @api.get("/desk/repeats")
    async def desk(
        principal: DutyOfficer, request: Request, cursor: Annotated[str | None, Query(max_length=300)] = None
    ) -> Response:
        return await listing(principal, request, cursor)

    @api.post("/desk/repeats/{proposal}/merge")
    async def merge(principal: DutyOfficer, request: Request, proposal: ProposalPath) -> Response:
        repeat, _, main = proposal.partition("~")
        asked = Merge(parent=main or repeat)
        answer = await obey(orders, numbers, standing, repeat, key_of(await request.form()), principal, asked)
        if answer.status == 200:
            await proposals.settle([proposal], {"how": "merged", "by": principal.user, "at": orders.now()})
        return await listing(principal, request, answer=dict(answer.body))

    @api.post("/desk/repeats/{proposal}/dismissal")
    async def dismissal(principal: DutyOfficer, request: Request, proposal: ProposalPath) -> Response:
        if not await dismiss(proposals, rows, orders, proposal, person_of(principal)):
            raise Problem(404, "Not found", "There is no such proposal.", "unknown-proposal", "proposal")
        return await listing(principal, request)

    return api
