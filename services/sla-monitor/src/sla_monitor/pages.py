"""The supervision board: due today, overdue, urged, supervised, per unit; live, and one step from every explanation."""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import StreamingResponse

from chassis.auth import Principal, allow
from chassis.document import Answer, Command
from chassis.ids import Ids
from chassis.pages.shell import PageShell, language_of
from contracts.words import Role, SupervisionKind
from sla_monitor.board_feed import BoardFeed
from sla_monitor.board_view import VIEWS, board_view
from sla_monitor.domain.case import case_of
from sla_monitor.doors import NumberPath, Prose, Supervisor, UnitId, case_or_404
from sla_monitor.ports import Board, Cases
from sla_monitor.rules import MonitorRules
from sla_monitor.use_cases.explain_deadlines import explain_deadlines
from sla_monitor.use_cases.supervise import lift_by_person, open_by_person

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"
EVENTS = "/desk/deadlines/events"
"""The event stream: it takes no place among the concurrent requests."""

Watcher = Annotated[Principal, allow(Role.SUPERVISOR, Role.DUTY_OFFICER)]
View = Literal["due", "overdue", "urged", "supervised"]
Unit = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{2,40}$")]
FormKey = Annotated[str, Form(min_length=1, max_length=128)]
SHOWN = 200


def router(cases: Cases, board: Board, feed: BoardFeed, rules: MonitorRules, ids: Ids) -> APIRouter:
    """The board, one appeal's clocks, and what a supervisor does there."""
    api = APIRouter(include_in_schema=False)

    @api.get("/desk/deadlines")
    async def listing(request: Request, principal: Watcher, view: View = "due", unit: Unit = None) -> Response:
        seen = await board.print_of()
        shown = await board_view(board, rules.calendar, cases.now(), view, unit, principal)
        return _shell(request).render(
            request,
            "sla_board.html",
            seen=seen,
            view=view,
            views=VIEWS,
            unit=unit,
            sums=shown.sums,
            units=shown.units,
            names=shown.names,
            lines=shown.lines[:SHOWN],
            hidden=max(0, len(shown.lines) - SHOWN),
            more=shown.more,
            events=EVENTS,
        )

    @api.get(EVENTS)
    async def events(_: Watcher) -> StreamingResponse:
        return StreamingResponse(feed.events(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @api.get("/desk/deadlines/{number}")
    async def one(request: Request, number: NumberPath, principal: Watcher) -> Response:
        return await case_page(request, number, principal)

    @api.get("/desk/deadlines/{number}/why")
    async def why(
        request: Request, number: NumberPath, principal: Watcher, deadline: Annotated[str, Query(max_length=200)]
    ) -> Response:
        subject = await case_or_404(cases, board, number, principal, "read")
        items = await explain_deadlines(cases, subject, rules.policies, rules.calendar)
        steps: list[dict[str, str]] = next((item["steps"] for item in items if item["deadline"] == deadline), [])
        return _shell(request).render(request, "sla_why.html", steps=steps)

    @api.post("/desk/deadlines/{number}/supervisions")
    async def supervise(
        request: Request,
        number: NumberPath,
        principal: Supervisor,
        key: FormKey,
        unit: Annotated[UnitId, Form()],
        kind: Annotated[SupervisionKind, Form()],
        reason: Annotated[Prose, Form()],
    ) -> Response:
        subject = await case_or_404(cases, board, number, principal, "supervise")
        command = Command.of(principal.user, key, {"supervise": number, "unit": unit, "kind": kind, "reason": reason})
        answer = await open_by_person(cases, lambda: rules.tables, subject, unit, kind, reason, command)
        return await case_page(request, number, principal, answer)

    @api.post("/desk/deadlines/{number}/liftings")
    async def lift(
        request: Request,
        number: NumberPath,
        principal: Supervisor,
        key: FormKey,
        supervision: Annotated[str, Form(max_length=60)],
        reason: Annotated[Prose, Form(max_length=200)],
    ) -> Response:
        subject = await case_or_404(cases, board, number, principal, "lift")
        command = Command.of(principal.user, key, {"lift": supervision, "reason": reason})
        answer = await lift_by_person(cases, subject, supervision, reason, command)
        return await case_page(request, number, principal, answer)

    async def case_page(request: Request, number: str, principal: Principal, answer: Answer | None = None) -> Response:
        subject = await case_or_404(cases, board, number, principal, "read")
        clocks = await explain_deadlines(cases, subject, rules.policies, rules.calendar)
        case = case_of((await cases.load(subject)).facts)
        return _shell(request).render(
            request,
            "sla_case.html",
            number=number,
            clocks=clocks,
            urges=[(name, each) for name, each in case.ledger.urges.items()],
            urge_answers=case.handling.urge_answers,
            supervisions=[(name, each) for name, each in case.ledger.supervisions.items()],
            units=sorted({spell.unit for spell in case.handling.spells}),
            names=case.handling.names,
            kinds=list(SupervisionKind),
            may_supervise=principal.is_any(Role.SUPERVISOR),
            ids=ids,
            notice=_notice(request, answer),
        )

    return api


def _notice(request: Request, answer: Answer | None) -> dict[str, Any] | None:
    """What a command was answered, in the reader's words; accepted ones show by themselves."""
    if answer is None or answer.status < 400:
        return None
    words = "text_zh" if language_of(request) == "zh" else "text_en"
    return {"tone": "bad", "words": answer.body.get(words) or answer.body.get("title", "")}


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
