"""What the doors of units, of the centre and of the pages have in common."""

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import JSONResponse

from chassis.auth import Principal
from chassis.problems import Problem
from dispatcher.domain.guard import barred_units
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.view import fold
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.shown import order_shown

OrderPath = Annotated[str, Path(min_length=1, max_length=128, description="Public number or subject.")]


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


async def unit_order(
    orders: Orders, numbers: OrderNumbers, standing: Standing, unit: str, order: str
) -> dict[str, Any]:
    """The order as the unit may read it. Raises ``Problem`` 404 for what is not, or no longer, its business."""
    directory = standing.tables().directory
    subject = await numbers.subject_of(order)
    if subject is not None:
        document = await orders.load(subject)
        view = fold(document.facts)
        if view.handling.of(unit) is not None and unit not in barred_units(view.accused, directory):
            return order_shown(document, directory, unit)
    raise Problem(404, "Not found", "Your unit has no such order.", "not-your-order", "order")
