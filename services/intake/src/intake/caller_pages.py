"""What a caller does with an appeal on the page that shows it: add, object to guidance elsewhere, take it back.

Whoever gave number and query code holds a ticket for half an hour; forms carry it, so the code is typed once and stands
on no page.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from chassis.auth import came_from_us, public
from chassis.clock import infrastructure_now
from chassis.document import Answer
from chassis.ids import Ids
from chassis.pages.shell import language_of
from chassis.problems import Problem
from contracts.words import Channel, Lane
from first_look import suspect_lines
from intake.appeal_page import appeal_page, query_page
from intake.domain.refusal import Refusal
from intake.doors import Doors, or_busy, request_of
from intake.forms import Filled, address_of, checked, receipt_page
from intake.ports import Appeal, KeyReused
from intake.requests import WithdrawalBody
from intake.supplements import supplement_of
from intake.uploads import uploads_of
from intake.use_cases.blind_command import blind_command
from intake.use_cases.count_address import TooManyFilings

TICKET_REASON = "the ticket that the query code gave opens it"
LEAST_REASON, MOST_REASON = 2, 2_000
"""Characters of the reason for an objection."""


class Deed(BaseModel):
    """A form on the appeal's page."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    key: Annotated[str, Field(min_length=16, max_length=128)]
    ticket: Annotated[str, Field(max_length=400)] = ""
    text: str = ""
    phone: str = ""
    place: str = ""

    def __repr__(self) -> str:
        return "Deed(…)"


def router(doors: Doors, ids: Ids) -> APIRouter:
    """The three forms. They work without scripts."""
    api = APIRouter(include_in_schema=False)

    async def opened(request: Request, deed: Deed) -> Appeal | Response:
        if not came_from_us(request):
            raise Problem(403, "Forbidden", "The request does not come from our own page.", "cross-site")
        number = doors.tickets.number(deed.ticket, infrastructure_now())
        appeal = None if number is None else await or_busy(doors.show.by_token(number))
        if appeal is None:
            # What was typed comes back: it is only the proof that is too old.
            return query_page(request, status=403, refused="query.expired", kept=deed.text)
        return appeal

    async def shown(request: Request, appeal: Appeal, status: int = 200, **more: Any) -> Response:
        fresh = await or_busy(doors.show.by_token(appeal.document.row["number"]))
        return appeal_page(request, doors, ids, fresh or appeal, status=status, **more)

    async def counted(
        request: Request, appeal: Appeal, deed: Deed, form: str, lane: Lane, files: bool = False
    ) -> Response | None:
        try:
            await or_busy(doors.count(address_of(request), deed.key, lane, files=files))
        except TooManyFilings:
            back = {"values": deed.model_dump(), "form": form}
            return _wait(await shown(request, appeal, 429, refused="file.too_many", **back))
        return None

    async def answered(request: Request, appeal: Appeal, deed: Deed, answer: Answer, done: str, form: str) -> Response:
        if answer.status < 400:
            return await shown(request, appeal, answer.status, done=done)
        words = str(answer.body.get("title_zh" if language_of(request) == "zh" else "title", ""))
        return await shown(request, appeal, 409, said=words, values=deed.model_dump(), form=form)

    @api.get("/query/{form}", dependencies=[public("the way back to the form for everybody")])
    async def back(request: Request, form: Literal["supplement", "objection", "withdrawal"]) -> Response:
        # Somebody reloads the answer to a form, or reads it in the other language.
        asked = {"lang": language_of(request)} if "lang" in request.query_params else {}
        return RedirectResponse("/query" + ("?" + urlencode(asked) if asked else ""), status_code=303)

    @api.post("/query/supplement", dependencies=[public(TICKET_REASON)])
    async def supplement(request: Request, deed: Annotated[Deed, Form()]) -> Response:
        appeal = await opened(request, deed)
        if isinstance(appeal, Response):
            return appeal
        filled = Filled(key=deed.key, text=deed.text, phone=deed.phone, place=deed.place, channel=Channel.MAYOR_MAILBOX)
        _, wrong = checked(filled)
        uploads, bad = await uploads_of(request)
        if bad is not None:
            wrong["files"] = bad
        if wrong:
            values = filled.without(wrong, deed.key)
            return await shown(request, appeal, 422, wrong=wrong, values=values, form="supplement")
        lane = Lane.EMERGENCY if suspect_lines(deed.text) else Lane.ORDINARY
        if (full := await counted(request, appeal, deed, "supplement", lane, bool(uploads))) is not None:
            return full
        files = await or_busy(doors.keep(uploads, deed.key))
        body = supplement_of(filled, repeat=False)
        names = [file.attachment_id for file in files]
        asked = request_of(
            "supplement", appeal.document.row["number"], {**body.model_dump(mode="json"), "files": names}
        )
        command = blind_command(doors.keys, f"caller:{appeal.subject}", deed.key, asked)
        answer = await or_busy(doors.supplement(appeal, body.addition(files), command))
        return await answered(request, appeal, deed, answer, "query.added", "supplement")

    @api.post("/query/withdrawal", dependencies=[public(TICKET_REASON)])
    async def withdraw(request: Request, deed: Annotated[Deed, Form()]) -> Response:
        appeal = await opened(request, deed)
        if isinstance(appeal, Response):
            return appeal
        if (full := await counted(request, appeal, deed, "withdrawal", Lane.ORDINARY)) is not None:
            return full
        body = WithdrawalBody(reason=deed.text.strip()[:200])
        asked = request_of("withdrawal", appeal.document.row["number"], body.model_dump(mode="json"))
        command = blind_command(doors.keys, f"caller:{appeal.subject}", deed.key, asked)
        answer = await or_busy(doors.withdraw(appeal, body.reason, command))
        return await answered(request, appeal, deed, answer, "query.withdrawn", "withdrawal")

    @api.post("/query/objection", dependencies=[public(TICKET_REASON)])
    async def objection(request: Request, deed: Annotated[Deed, Form()]) -> Response:
        appeal = await opened(request, deed)
        if isinstance(appeal, Response):
            return appeal
        reason = deed.text.strip()
        if not LEAST_REASON <= len(reason) <= MOST_REASON:
            wrong = {"text": "form.wrong.reason" if len(reason) < LEAST_REASON else "form.wrong.too_long"}
            return await shown(request, appeal, 422, wrong=wrong, values=deed.model_dump(), form="objection")
        asked = request_of("objection", appeal.document.row["number"], {"reason": reason})
        work = doors.objection(appeal, reason, address=address_of(request), key=deed.key, request=asked)
        back = {"values": deed.model_dump(), "form": "objection"}
        try:
            made = await or_busy(work)
        except TooManyFilings:
            return _wait(await shown(request, appeal, 429, refused="file.too_many", **back))
        except KeyReused:
            return await shown(request, appeal, 409, refused="form.reused", **back)
        if isinstance(made, Refusal):
            words = made.text_zh if language_of(request) == "zh" else made.text_en
            return await shown(request, appeal, 409, said=words, form="objection")
        filled = Filled(key=deed.key, text=reason)
        return receipt_page(request, "intake_file_receipt.html", made, filled, done="query.object_done")

    return api


def _wait(response: Response) -> Response:
    response.headers["Retry-After"] = "3600"
    return response
