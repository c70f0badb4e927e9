"""Several orders at once: the duty officer signs the selected, a unit confirms the selected; first they are shown."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from chassis.auth import Principal, allow
from chassis.document import Answer, Command
from chassis.ids import Ids
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import UNIT_COMMAND, Signature
from dispatcher.domain.guard import open_to
from dispatcher.doors import obey, person_of
from dispatcher.forms import key_of
from dispatcher.page_parts import why
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.use_cases.obey_unit import obey_unit

MOST = 50
"""Orders of one selection: a page of the list."""

DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
OfUnit = Annotated[Principal, allow(Role.UNIT_HANDLER, Role.UNIT_HEAD)]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing, ids: Ids) -> APIRouter:
    """The pages under ``/desk/duty/selected`` and ``/desk/unit/selected``; before those of single orders."""
    api = APIRouter(include_in_schema=False)

    @api.post("/desk/duty/selected")
    async def to_sign(principal: DutyOfficer, request: Request) -> Response:
        rows = await chosen(principal, await request.form(), "signature")
        return shown(request, "/desk/duty", "signature", rows)

    @api.post("/desk/duty/selected/signature")
    async def sign_all(principal: DutyOfficer, request: Request) -> Response:
        form = await request.form()
        rows = await chosen(principal, form, "signature")
        for row in rows:
            key = f"{key_of(form)}-{row['subject']}"[:128]
            row["answer"] = await obey(orders, numbers, standing, row["subject"], key, principal, Signature())
        return shown(request, "/desk/duty", "signature", rows)

    @api.post("/desk/unit/selected")
    async def to_confirm(principal: OfUnit, request: Request) -> Response:
        rows = await chosen(principal, await request.form(), None)
        return shown(request, "/desk/unit", "confirm_receipt", rows)

    @api.post("/desk/unit/selected/confirm_receipt")
    async def confirm_all(principal: OfUnit, request: Request) -> Response:
        form = await request.form()
        rows = await chosen(principal, form, None)
        for row in rows:
            row["answer"] = await confirmed(principal, f"{key_of(form)}-{row['subject']}"[:128], row["subject"])
        return shown(request, "/desk/unit", "confirm_receipt", rows)

    async def confirmed(principal: Principal, key: str, subject: str) -> Answer:
        asked = UNIT_COMMAND.validate_python({"type": "confirm_receipt", "work_order": subject})
        body = {"unit": principal.unit, **asked.model_dump(mode="json", exclude={"command_id"})}
        command = Command.of(principal.user, key, body)
        return await obey_unit(orders, numbers, standing, principal.unit or "", command, asked)

    async def chosen(principal: Principal, form: FormData, desk: str | None) -> list[dict[str, Any]]:
        wanted = [one for one in form.getlist("order") if isinstance(one, str) and 0 < len(one) <= 128]
        if len(wanted) > MOST:
            raise Problem(422, "Too many", f"At most {MOST} orders at once.", "too-many", "order")
        directory, person = standing.tables().directory, person_of(principal)
        found = []
        for document in await numbers.documents(list(dict.fromkeys(wanted))):
            row = document.row
            mine = desk is not None or principal.unit in row["units"]
            if not mine or not open_to(row, person):
                continue
            unit = row["proposed_unit"] if desk is not None else principal.unit
            found.append(
                {
                    "subject": document.subject,
                    "number": row["number"],
                    "summary": row["summary"],
                    "unit_name": directory.name(unit),
                    "ready": unit is not None and (desk is None or desk in row["desks"]),
                    "why": why(row["reason"]),
                    "answer": None,
                }
            )
        return sorted(found, key=lambda one: one["number"] or "")

    def shown(request: Request, back: str, action: str, rows: list[dict[str, Any]]) -> Response:
        shell: PageShell = request.app.state.pages
        done = any(row["answer"] is not None for row in rows)
        return shell.render(
            request, "dispatcher_selected.html", rows=rows, back=back, action=action, done=done, ids=ids
        )

    return api
