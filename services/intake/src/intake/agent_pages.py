"""The agent's desk: take a call, read an appeal, add a repeated call to it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from chassis.auth import Principal, allow
from chassis.ids import Ids
from chassis.pages.shell import language_of
from chassis.web import capacity_of
from contracts.events.appeal import AttachmentRef
from contracts.words import Channel, Role
from intake.answers import appeal_shown
from intake.domain.number import well_formed
from intake.domain.submission import nothing_said
from intake.doors import Doors, open_appeal, or_busy, request_of
from intake.forms import Filled, checked, lane_of, look, receipt_page, shell_of
from intake.ports import KeyReused, MessageKnown
from intake.supplements import supplement_of
from intake.use_cases.blind_command import blind_command

DESK = "/desk/intake"
Agent = Annotated[Principal, allow(Role.AGENT)]
Number = Annotated[str, Path(min_length=1, max_length=32)]


def router(doors: Doors, ids: Ids) -> APIRouter:
    """The desk. A form's key is made with the form, so pressing twice registers once."""
    api = APIRouter(include_in_schema=False)

    def form(request: Request, status: int = 200, **shown: Any) -> Response:
        values = {"values": Filled(key=ids.fresh()).without({}, ids.fresh()), "wrong": {}, "notice": "", **shown}
        return shell_of(request).render(
            request,
            "intake_agent.html",
            status=status,
            channels=[channel.value for channel in Channel],
            **values,
        )

    async def one(request: Request, number: str, principal: Principal, status: int = 200, **shown: Any) -> Response:
        appeal = await open_appeal(doors, number, None, principal)
        values = {"key": ids.fresh(), "values": {}, "wrong": {}, "notice": "", "refused": "", **shown}
        return shell_of(request).render(
            request, "intake_agent_appeal.html", status=status, number=number, shown=appeal_shown(appeal), **values
        )

    async def files_of(filled: Filled) -> tuple[tuple[AttachmentRef, ...], bool]:
        wanted = list(dict.fromkeys(filled.attachments))
        found = await or_busy(doors.files.references(wanted, None))
        return tuple(found[name] for name in wanted if name in found), len(found) < len(wanted)

    @api.get(DESK)
    async def call(request: Request, _: Agent) -> Response:
        return form(request)

    @api.post(DESK)
    async def register(request: Request, principal: Agent, filled: Annotated[Filled, Form()]) -> Response:
        with capacity_of(request).place(lane_of(filled)):
            body, wrong = checked(filled)
            files, missing = await files_of(filled)
            if missing:
                wrong["attachments"] = "form.wrong.files_gone"
            if body is None or wrong:
                return form(request, 422, values=filled.without(wrong, filled.key), wrong=wrong)
            submission = body.submission(files)
            if nothing_said(submission):
                wrong = {"text": "form.wrong.nothing"}
                return form(request, 422, values=filled.without(wrong, filled.key), wrong=wrong)
            asked = body.model_dump(mode="json")
            try:
                receipt = await or_busy(
                    doors.register(submission, user=principal.user, staff=True, key=filled.key, request=asked)
                )
            except (KeyReused, MessageKnown):
                return form(request, 409, values=filled.without({}, ids.fresh()), notice="form.reused")
        return receipt_page(request, "intake_agent_receipt.html", receipt, filled)

    @api.post(f"{DESK}/look")
    async def first_look(request: Request, _: Agent, filled: Annotated[Filled, Form()]) -> Response:
        return look(request, filled, "intake_agent_look.html")

    @api.get(f"{DESK}/find")
    async def find(request: Request, _: Agent, number: str = "") -> Response:
        wanted = "".join(number.split())
        if not well_formed(wanted) or await or_busy(doors.show.by_token(wanted)) is None:
            return form(request, 404, notice="agent.unknown")
        return RedirectResponse(f"{DESK}/appeals/{wanted}", status_code=303)

    @api.get(f"{DESK}/appeals/{{number}}")
    async def read(request: Request, number: Number, principal: Agent) -> Response:
        return await one(request, number, principal)

    @api.post(f"{DESK}/appeals/{{number}}")
    async def add(
        request: Request, number: Number, principal: Agent, filled: Annotated[Filled, Form()], repeat: str = Form("")
    ) -> Response:
        _, wrong = checked(filled)
        files, missing = await files_of(filled)
        if missing:
            wrong["attachments"] = "form.wrong.files_gone"
        if wrong:
            values = {**filled.without(wrong, filled.key), "repeat": bool(repeat)}
            return await one(request, number, principal, 422, key=filled.key, values=values, wrong=wrong)
        appeal = await open_appeal(doors, number, None, principal)
        body = supplement_of(filled, repeat=bool(repeat))
        asked = request_of("supplement", number, body.model_dump(mode="json") | {"files": filled.attachments})
        command = blind_command(doors.keys, principal.user, filled.key, asked)
        answer = await or_busy(doors.supplement(appeal, body.addition(files), command))
        if answer.status != 201:
            words = str(answer.body.get("title_zh" if language_of(request) == "zh" else "title", ""))
            values = {**filled.without({}, ""), "repeat": bool(repeat)}
            return await one(request, number, principal, 409, values=values, refused=words)
        return await one(request, number, principal, 201, notice="agent.added")

    return api
