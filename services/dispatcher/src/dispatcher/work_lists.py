"""Search and export over HTTP, for the centre and for a unit: the same words, the same table."""

import csv
import io
import json
import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import StreamingResponse

from chassis.auth import Principal
from contracts.words import Role
from dispatcher.doors import person_of
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.use_cases.export_orders import COLUMNS, csv_cell, export_orders
from dispatcher.use_cases.find_orders import Search

log = logging.getLogger(__name__)

State = Annotated[str | None, Query(pattern=r"^[A-Z_]{1,40}$")]
Number = Annotated[str | None, Query(max_length=40, description="The public number, whole.")]
Text = Annotated[str | None, Query(min_length=2, max_length=50, description="Words of the matter's beginning.")]
Topic = Annotated[str | None, Query(pattern=r"^[a-z0-9._-]{1,80}$", description="A topic, and all below it.")]
Since = Annotated[date | None, Query(description="Accepted on this day or later, local date.")]
Until = Annotated[date | None, Query(description="Accepted on this day or earlier.")]
Form = Annotated[Literal["json", "csv"], Query(alias="format")]


def exported(
    orders: Orders, numbers: OrderNumbers, standing: Standing, search: Search, principal: Principal, form: str,
    as_unit: str | None = None,
) -> StreamingResponse:  # fmt: skip
    """The lines as JSON (``{"items": [...]}``) or CSV, sent as they are read. ``as_unit`` by a unit's own door."""
    log.info("work orders exported", extra={"user": principal.user, "unit": search.unit, "format": form})
    lines = export_orders(
        orders, numbers, standing.tables().directory, search, person_of(principal),
        supervises=principal.is_any(Role.SUPERVISOR), as_unit=as_unit,
    )  # fmt: skip
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    headers = {
        "Content-Disposition": f'attachment; filename="work-orders.{form}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_csv(lines) if form == "csv" else _json(lines), media_type=kind, headers=headers)


async def _csv(lines: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    # The byte order mark makes spreadsheet programs read UTF-8.
    text.write("\ufeff")
    writer.writerow(COLUMNS)
    async for line in lines:
        writer.writerow([csv_cell(line[name]) for name in COLUMNS])
        if text.tell() > 32_768:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


async def _json(lines: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    yield '{"items":['
    first = True
    async for line in lines:
        yield ("" if first else ",") + json.dumps(line, ensure_ascii=False)
        first = False
    yield '],"next":null}'
