"""The citizen's page: file an appeal without an account. Counted per address, sized, and only from our own page."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from chassis.auth import came_from_us, public
from chassis.ids import Ids
from chassis.problems import Problem
from chassis.web import capacity_of
from contracts.words import Channel
from intake.doors import Doors, or_busy
from intake.forms import Filled, address_of, checked, lane_of, look, receipt_page, shell_of
from intake.ports import KeyReused, MessageKnown
from intake.uploads import ACCEPT, MOST, uploads_of
from intake.use_cases.count_address import TooManyFilings

PATH = "/file"
REASON = "everybody may turn to the hotline"


def router(doors: Doors, ids: Ids) -> APIRouter:
    """The page. It works without scripts; a cookie's rights do not count here."""
    api = APIRouter(include_in_schema=False)

    def form(request: Request, status: int = 200, **shown: Any) -> Response:
        values = {"values": Filled(key=ids.fresh()).without({}, ids.fresh()), "wrong": {}, "notice": "", **shown}
        values |= {"lines": (), "accept": ACCEPT, "most": MOST}
        response = shell_of(request).render(request, "intake_file.html", status=status, **values)
        if status in (429, 503):
            response.headers["Retry-After"] = "3600" if status == 429 else "2"
        return response

    @api.get(PATH, dependencies=[public(REASON)])
    async def empty(request: Request) -> Response:
        return form(request)

    async def filed(request: Request, filled: Filled) -> Response:
        body, wrong = checked(filled)
        if len(filled.text.strip()) < 2:
            wrong["text"] = "form.wrong.nothing"
        if not filled.consent:
            wrong["consent"] = "form.wrong.consent"
        uploads, bad = await uploads_of(request)
        if bad is not None:
            wrong["files"] = bad
        if body is None or wrong:
            return form(request, 422, values=filled.without(wrong, filled.key), wrong=wrong)
        asked = body.model_dump(mode="json")
        work = doors.file(
            body.submission(()), address=address_of(request), key=filled.key, request=asked, uploads=uploads
        )
        try:
            receipt = await or_busy(work)
        except TooManyFilings:
            return form(request, 429, values=filled.without({}, filled.key), notice="file.too_many")
        except (KeyReused, MessageKnown):
            return form(request, 409, values=filled.without({}, ids.fresh()), notice="form.reused")
        return receipt_page(request, "intake_file_receipt.html", receipt, filled)

    @api.post(PATH, dependencies=[public(REASON)])
    async def file(request: Request, filled: Annotated[Filled, Form()]) -> Response:
        if not came_from_us(request):
            raise Problem(403, "Forbidden", "The request does not come from our own page.", "cross-site")
        own = _own(filled)
        try:
            with capacity_of(request).place(lane_of(own)):
                return await filed(request, own)
        except Problem as problem:
            if problem.status_code != 503:
                raise
            # Whoever typed a page of text does not lose it because we are busy.
            return form(request, 503, values=own.without({}, own.key), notice="file.busy")

    @api.post(f"{PATH}/look", dependencies=[public("a look at one's own words; nothing is kept")])
    async def first_look(request: Request, filled: Annotated[Filled, Form()]) -> Response:
        return look(request, _own(filled), "intake_file_look.html")

    return api


def _own(filled: Filled) -> Filled:
    """Only what the page asks for; the channel is never a citizen's to choose."""
    return Filled(
        key=filled.key,
        text=filled.text,
        name=filled.name,
        phone=filled.phone,
        place=filled.place,
        channel=Channel.MAYOR_MAILBOX,
        anonymous=filled.anonymous,
        confidential=filled.confidential,
        consent=filled.consent,
    )
