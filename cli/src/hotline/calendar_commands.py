"""``hotline calendar``: what is announced, what is not, and putting a new notice into force."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from contracts.words import Role
from hotline.deadline_tables import (
    AsJson,
    CalendarFile,
    Jurisdiction,
    calendar_from,
    call,
    err,
    out,
    print_json,
    text_of,
)
from hotline.platform_client import DEFAULT_URL, DataDir, TokenOption, Url
from sla_monitor.data import shipped_calendar
from sla_monitor.domain.calendar import DayKind, days_from

calendar_app = typer.Typer(help="The working calendar: holidays, make-up days, years not announced yet.")


@calendar_app.command("check")
def check_calendar(file: CalendarFile = None, jurisdiction: Jurisdiction = "*", as_json: AsJson = False) -> None:
    """Say which years are announced, and warn when the next one is not. Exit code 1 when this year is missing."""
    calendar = calendar_from(file, jurisdiction)
    year = calendar.local(datetime.now(UTC)).year
    missing = [each for each in (year, year + 1) if each not in calendar.announced]
    found = {"version": calendar.version, "announced": sorted(calendar.announced), "missing": missing}
    if as_json:
        print_json(found)
    else:
        out.print(f"calendar {calendar.version}: announced {min(calendar.announced)}-{max(calendar.announced)}")
        for each in missing:
            err.print(f"[yellow]warning[/]: {each} has no notice yet; deadlines that touch it are provisional")
    if year in missing:
        raise typer.Exit(1)


@calendar_app.command("show")
def show_calendar(
    year: Annotated[int, typer.Argument(min=2005, max=2050)],
    file: CalendarFile = None,
    jurisdiction: Jurisdiction = "*",
    as_json: AsJson = False,
) -> None:
    """The days of a year that differ from the weekday rule, and where they come from."""
    calendar = calendar_from(file, jurisdiction)
    days = [(day, calendar.day(day)) for day in days_from(date(year, 1, 1), date(year, 12, 31))]
    special = [(day, what) for day, what in days if what.kind in (DayKind.HOLIDAY, DayKind.MAKEUP)]
    working = sum(1 for _, what in days if what.working)
    provisional = year not in calendar.announced
    source = calendar.sources.get(year, "weekday rule and the statutory days of the decree")
    if as_json:
        listed = [{"day": day.isoformat(), "kind": what.kind, "zh": what.zh, "en": what.en} for day, what in special]
        print_json(
            {"year": year, "provisional": provisional, "source": source, "working_days": working, "days": listed}
        )
        return
    table = Table("day", "", "", title=f"{year}{' (provisional)' if provisional else ''}: {working} working days")
    for day, what in special:
        table.add_row(f"{day:%Y-%m-%d %a}", "make-up day" if what.working else f"{what.zh} {what.en}")
    out.print(table)
    out.print(source)


@calendar_app.command("load")
def load_calendar(
    file: Annotated[Path, typer.Argument(help="calendar file (TOML) with the new notice")],
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = Path("hotline-data"),
    dry_run: Annotated[bool, typer.Option(help="check the file and show what changes, send nothing")] = False,
) -> None:
    """Put a new calendar version into force; every open deadline it touches is computed again."""
    fresh, known = calendar_from(file, "*"), shipped_calendar()
    changed = [
        day
        for day in days_from(date(2005, 1, 1), date(2050, 12, 31))
        if fresh.day(day).working != known.day(day).working
    ]
    out.print(f"calendar {fresh.version}: announced {min(fresh.announced)}-{max(fresh.announced)}")
    out.print(f"{len(changed)} days differ from the shipped {known.version}: {', '.join(map(str, changed[:20]))}")
    if dry_run:
        return
    found = call("POST", url, "/calendars", token, data_dir, Role.OPERATOR, {"table": text_of(file)})
    print_json(found)
    out.print("open deadlines are being computed again; GET /calendars says how far that is")
