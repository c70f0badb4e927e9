"""Calendars and policies over HTTP: what is in force, and loading another. A bad table is refused with its line."""

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.auth import Principal, allow
from chassis.document import Command
from chassis.limits import LargerBody
from contracts.words import Role
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.tables_in_force import TableKind
from sla_monitor.doors import WATCHERS, Key, Operator, given
from sla_monitor.ports import Sweeps, TableDocuments
from sla_monitor.rules import MonitorRules
from sla_monitor.table_watch import TableWatch, years_ahead
from sla_monitor.use_cases.load_table import load_calendar, load_policy, loaded_tables
from sla_monitor.use_cases.read_tables import TableReader

LARGER = LargerBody("/(calendars|policies)", 900 * 1024)
LONGEST = 131_072
Reader = Annotated[Principal, allow(*WATCHERS, Role.AUDITOR)]


class TableBody(BaseModel):
    """The whole file, as text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    table: Annotated[str, Field(min_length=1, max_length=LONGEST, description="The file (TOML).")]


def router(
    documents: TableDocuments, reader: TableReader, watch: TableWatch, sweeps: Sweeps, rules: MonitorRules, place: str
) -> APIRouter:
    """The routes under ``/calendars`` and ``/policies``; ``place`` is the jurisdiction whose opening hours hold."""
    routes = APIRouter(tags=["calendar and policy"])

    @routes.get("/calendars")
    async def calendars(_: Reader) -> dict[str, Any]:
        """Versions, the one in force, years announced, warnings, and how far open deadlines are computed again."""
        document = await documents.load(TableKind.CALENDAR)
        loaded = loaded_tables(document)
        known = reader.calendars(document)
        items: list[dict[str, Any]] = [{"version": known[0].version, "loaded_at": None, "by": "shipped"}]
        items += [{"version": one.version, "loaded_at": one.loaded_at, "by": one.by} for one in loaded]
        return {
            "items": items[::-1],
            "next": None,
            "in_force": _calendar(rules.calendar, rules.calendar.local(documents.now()).year),
            "sweeps": await sweeps.listed(),
        }

    @routes.post("/calendars", status_code=201)
    async def add_calendar(body: TableBody, key: Key, principal: Operator) -> Response:
        """Put a calendar into force; every open deadline that it touches is computed again."""
        command = Command.of(principal.user, key, {"command": "calendar", "table": body.table})
        answer = await load_calendar(
            documents, reader.shipped.calendar, reader.with_calendars, body.table, place, command
        )
        return await followed(given(answer))

    @routes.get("/policies")
    async def policies(_: Reader) -> dict[str, Any]:
        """Every version with its effective date; a clock keeps the one in force when it started."""
        return {
            "items": [
                {
                    "version": one.version,
                    "jurisdiction": one.jurisdiction,
                    "effective_from": one.effective_from,
                    "applies_to_open": one.applies_to_open,
                    "in_force": one is rules.policies.at(one.jurisdiction, documents.now(), documents.now()),
                }
                for one in rules.policies.versions
            ],
            "next": None,
            "sweeps": [one for one in await sweeps.listed() if str(one["table"]).startswith("policy")],
        }

    @routes.post("/policies", status_code=201)
    async def add_policy(body: TableBody, key: Key, principal: Operator) -> Response:
        """Add a policy version; open clocks keep theirs unless it says ``applies_to_open``."""
        command = Command.of(principal.user, key, {"command": "policy", "table": body.table})
        return await followed(given(await load_policy(documents, reader.policies, body.table, command)))

    async def followed(response: Response) -> Response:
        if response.status_code < 400:
            await watch.refresh()
            sweeps.nudge()
        return response

    return routes


def _calendar(calendar: Calendar, year: int) -> dict[str, Any]:
    ahead = years_ahead(calendar, year)
    missing = [each for each in (year, year + 1) if each not in calendar.announced]
    return {
        "version": calendar.version,
        "announced": sorted(calendar.announced),
        "provisional_from": year + ahead + 1 if year in calendar.announced else year,
        "years_ahead": ahead,
        "warnings": [f"{each} has no notice yet; deadlines that touch it are provisional" for each in missing],
    }
