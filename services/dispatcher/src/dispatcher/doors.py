"""What the doors of units, of the centre and of the pages have in common."""

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import JSONResponse

from chassis.auth import Principal
from chassis.document import Answer, Command, Document
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import CentreCommand, Recusal, Recuse, UnitCommand
from dispatcher.domain.guard import Person, barred_units, must_recuse
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.view import fold
from dispatcher.ports import OrderNumbers, Orders, Standing, UnitFiles
from dispatcher.shown import order_shown
from dispatcher.use_cases.obey_centre import obey_centre
from dispatcher.use_cases.obey_unit import obey_unit
from dispatcher.use_cases.record_attempt import record_attempt

ProposalPath = Annotated[str, Path(min_length=3, max_length=260, description="A proposed repeat, as listed.")]
OrderPath = Annotated[str, Path(min_length=1, max_length=128, description="Public number or subject.")]


def person_of(principal: Principal) -> Person:
    """Who that is for the guard."""
    return Person(principal.user, principal.unit)


def own(principal: Principal, unit: str, directory: Directory) -> None:
    """Raises ``Problem`` 403 unless the caller is of this unit, 404 when there is no such unit."""
    if principal.unit != unit:
        raise Problem(403, "Forbidden", "Your token is for another unit.", "other-unit", "unit")
    if unit not in directory:
        raise Problem(404, "Not found", "There is no such member unit.", "unknown-unit", "unit")


def command_id(header: str | None, body: str | None = None) -> str:
    """The command id of header or body. Raises ``Problem`` 422 when there is none, or two that differ."""
    if header is not None and body is not None and header != body:
        raise Problem(422, "Two command ids", "Header and body name different ids.", "command-id", "command_id")
    found = header or body
    if found is None:
        raise Problem(422, "No command id", "The header Idempotency-Key is missing.", "command-id", "Idempotency-Key")
    return found


def answered(status: int, body: Any) -> JSONResponse:
    """An answer as kept: plain JSON when accepted, else a problem document."""
    return JSONResponse(body, status, media_type="application/json" if status < 400 else "application/problem+json")


async def obey(
    orders: Orders, numbers: OrderNumbers, standing: Standing, order: str, key: str, principal: Principal,
    asked: CentreCommand,
) -> Answer:  # fmt: skip
    """A command of the centre. Raises ``Problem`` 403 where somebody may only speak for themselves."""
    _may_name(principal, asked, Role.DUTY_OFFICER, Role.SUPERVISOR)
    body = {"order": order, "command": type(asked).__name__, **asked.model_dump(mode="json")}
    command = Command.of(principal.user, key, body)
    return await obey_centre(orders, numbers, standing, order, command, asked, person_of(principal))


async def obey_member(
    orders: Orders, numbers: OrderNumbers, standing: Standing, unit: str, key: str, principal: Principal,
    asked: UnitCommand, files: UnitFiles,
) -> Answer:  # fmt: skip
    """A command of a person of the unit. Raises ``Problem`` 403 where somebody may only speak for themselves."""
    _may_name(principal, asked, Role.UNIT_HEAD)
    body = {"unit": unit, **asked.model_dump(mode="json", exclude={"command_id"})}
    command = Command.of(principal.user, key, body)
    return await obey_unit(orders, numbers, standing, unit, command, asked, files)


def _may_name(principal: Principal, asked: CentreCommand | UnitCommand, *others: Role) -> None:
    named = asked.person if isinstance(asked, Recusal | Recuse) else None
    if named not in (None, principal.user) and not principal.is_any(*others):
        raise Problem(403, "Forbidden", "You may recuse yourself, not others.", "only-yourself", "person")


async def centre_order(
    orders: Orders, numbers: OrderNumbers, standing: Standing, order: str, person: Person
) -> Document:
    """The order for a person of the centre. Raises ``Problem`` 404, also for who must recuse; that is recorded."""
    subject = await numbers.subject_of(order)
    if subject is not None:
        document = await orders.load(subject)
        view = fold(document.facts)
        barred = barred_units(view.accused, standing.tables().directory)
        if not must_recuse(person, view.handling.recused, barred):
            return document
        await record_attempt(orders, subject, "read", person, person.unit if person.unit in barred else None)
    raise Problem(404, "Not found", "There is no such order.", "unknown-order", "order")


async def unit_order(
    orders: Orders, numbers: OrderNumbers, standing: Standing, person: Person, order: str
) -> dict[str, Any]:
    """The order as the person's unit may read it. Raises ``Problem`` 404 for what is not, or no longer, its business.

    An attempt on an order that accuses the unit, or from which the person recused themselves, is recorded.
    """
    directory = standing.tables().directory
    subject, unit = await numbers.subject_of(order), person.unit or ""
    if subject is not None:
        document = await orders.load(subject)
        view = fold(document.facts)
        barred = barred_units(view.accused, directory)
        if must_recuse(person, view.handling.recused, barred):
            await record_attempt(orders, subject, "read", person, unit if unit in barred else None)
        elif view.handling.of(unit) is not None:
            return order_shown(document, directory, unit)
    raise Problem(404, "Not found", "Your unit has no such order.", "not-your-order", "order")
