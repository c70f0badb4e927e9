"""``hotline calendar`` and ``hotline deadlines``: what the dates are and why. ``compute`` needs no running service."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from contracts.words import AppealType, DeadlineKind, Urgency
from hotline.deadline_simulation import load_cases, simulate
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.calendar import Calendar, DayKind, OutsideCalendar, days_from
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.explanation import explain
from sla_monitor.domain.policy import Policies, due
from sla_monitor.domain.policy_table import read_policy
from sla_monitor.domain.table_text import BadTable
from sla_monitor.domain.term import Term, term

calendar_app = typer.Typer(help="The working calendar: holidays, make-up days, years not announced yet.")
deadlines_app = typer.Typer(help="Deadlines: compute one, explain one, try another policy.")

out = Console()
err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON alone on stdout")]
Jurisdiction = Annotated[str, typer.Option(help="area code whose opening hours and policy hold")]
CalendarFile = Annotated[Path | None, typer.Option("--calendar", help="another calendar file (TOML)")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="another policy file (TOML)")]
Url = Annotated[str, typer.Option(envvar="HOTLINE_URL", help="where the platform answers")]
Token = Annotated[str, typer.Option(envvar="HOTLINE_TOKEN", help="see `hotline token`")]


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"cannot read {path.name}: {type(error).__name__}") from None


def _calendar(path: Path | None, jurisdiction: str) -> Calendar:
    if path is None:
        return shipped_calendar(jurisdiction)
    try:
        return read_calendar(_text(path), jurisdiction)
    except BadTable as error:
        raise typer.BadParameter(f"{path.name}: {error}") from None


def _policies(path: Path | None) -> Policies:
    if path is None:
        return shipped_policies()
    try:
        return Policies((read_policy(_text(path)),))
    except BadTable as error:
        raise typer.BadParameter(f"{path.name}: {error}") from None


def _instant(text: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{name}: not an instant such as 2026-02-13T16:00+08:00") from None
    if found.tzinfo is None:
        raise typer.BadParameter(f"{name}: must carry an offset such as +08:00")
    return found.astimezone(UTC)


@calendar_app.command("check")
def check_calendar(file: CalendarFile = None, jurisdiction: Jurisdiction = "*", as_json: AsJson = False) -> None:
    """Say which years are announced, and warn when the next one is not. Exit code 1 when this year is missing."""
    calendar = _calendar(file, jurisdiction)
    year = calendar.local(datetime.now(UTC)).year
    missing = [each for each in (year, year + 1) if each not in calendar.announced]
    found = {"version": calendar.version, "announced": sorted(calendar.announced), "missing": missing}
    if as_json:
        _print_json(found)
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
    calendar = _calendar(file, jurisdiction)
    days = [(day, calendar.day(day)) for day in days_from(date(year, 1, 1), date(year, 12, 31))]
    special = [(day, what) for day, what in days if what.kind in (DayKind.HOLIDAY, DayKind.MAKEUP)]
    working = sum(1 for _, what in days if what.working)
    provisional = year not in calendar.announced
    source = calendar.sources.get(year, "weekday rule and the statutory days of the decree")
    if as_json:
        listed = [{"day": day.isoformat(), "kind": what.kind, "zh": what.zh, "en": what.en} for day, what in special]
        _print_json(
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
    url: Url = "http://127.0.0.1:8080",
    token: Token = "",
    dry_run: Annotated[bool, typer.Option(help="check the file and show what changes, send nothing")] = False,
) -> None:
    """Put a new calendar version into force; every open deadline it touches is computed again."""
    fresh, known = _calendar(file, "*"), shipped_calendar()
    changed = [
        day
        for day in days_from(date(2005, 1, 1), date(2050, 12, 31))
        if fresh.day(day).working != known.day(day).working
    ]
    out.print(f"calendar {fresh.version}: announced {min(fresh.announced)}-{max(fresh.announced)}")
    out.print(f"{len(changed)} days differ from the shipped {known.version}: {', '.join(map(str, changed[:20]))}")
    if dry_run:
        return
    _print_json(_call("POST", url, "/calendars", token, {"table": _text(file)}))


@deadlines_app.command("compute")
def compute(
    received: Annotated[str, typer.Option(help="instant at which the period starts, with offset")],
    kind: Annotated[DeadlineKind, typer.Option(case_sensitive=False)],
    type: Annotated[AppealType, typer.Option("--type", case_sensitive=False)] = AppealType.COMPLAINT,
    urgency: Annotated[Urgency, typer.Option(case_sensitive=False)] = Urgency.NORMAL,
    round: Annotated[int, typer.Option(min=1)] = 1,
    topic: Annotated[str, typer.Option(help="topic id, for laws that set their own period")] = "",
    extended_days: Annotated[int, typer.Option(min=0, max=10, help="sum of granted working days")] = 0,
    jurisdiction: Jurisdiction = "*",
    calendar_file: CalendarFile = None,
    policy_file: PolicyFile = None,
    show_steps: Annotated[bool, typer.Option("--explain", help="show the way to the date, step by step")] = False,
    as_json: AsJson = False,
) -> None:
    """When a period that starts at an instant ends. Needs no running service."""
    start = _instant(received, "--received")
    calendar = _calendar(calendar_file, jurisdiction)
    policy = _policies(policy_file).at(jurisdiction, start, start)
    try:
        found = term(calendar, policy, kind, start, type=type, urgency=urgency, round=round, topic=topic)
        if extended_days:
            found = _extend(calendar, found, extended_days)
    except OutsideCalendar as error:
        raise typer.BadParameter(f"--received: {error}") from None
    steps = explain(found, calendar)
    local = calendar.local(found.due)
    if as_json:
        _print_json(
            {
                "due": local.isoformat(),
                "provisional": found.provisional(calendar),
                "steps": [{"zh": step.zh, "en": step.en} for step in steps],
                "kind": kind,
                "received": calendar.local(start).isoformat(),
                "policy_version": policy.version,
                "calendar_version": calendar.version,
            }
        )
        return
    out.print(f"{local.isoformat()}{' (provisional)' if found.provisional(calendar) else ''}")
    if show_steps:
        for number, step in enumerate(steps, start=1):
            out.print(f"{number:2}. {step.zh}\n    {step.en}")


def _extend(calendar: Calendar, found: Term, days: int) -> Term:
    if found.period is None or not found.period.in_days:
        raise typer.BadParameter("--extended-days: a period counted in hours cannot be extended")
    end = due(calendar, found.start, found.period, days)
    return Term(
        start=found.start,
        due=end,
        period=found.period,
        extended_days=days,
        stricter=found.stricter,
        longer=found.longer,
    )


@deadlines_app.command("explain")
def explain_deadlines(
    number: Annotated[str, typer.Argument(help="number of the appeal")],
    url: Url = "http://127.0.0.1:8080",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Every deadline of an appeal and why it is what it is; asks the running platform."""
    found = _call("GET", url, f"/deadlines/{number}", token)
    if as_json:
        _print_json(found)
        return
    for one in found["items"]:
        out.print(f"[bold]{one['deadline']}[/] {one['state']} {one['due']}")
        for step in one["steps"]:
            out.print(f"   {step['zh']}\n   {step['en']}")


@deadlines_app.command("simulate")
def simulate_policy(
    policy_file: Annotated[Path, typer.Option("--policy", help="the policy to try (TOML)")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])],
    data: Annotated[Path, typer.Option(help="exported journal (.jsonl) or a CSV, also .gz")],
    mapping: Annotated[Path | None, typer.Option("--map", help="which column is what (TOML), for a CSV")] = None,
    calendar_file: CalendarFile = None,
    jurisdiction: Jurisdiction = "*",
    as_json: AsJson = False,
) -> None:
    """What another policy or calendar would have done to the breaches of each unit."""
    try:
        cases = load_cases(data, mapping, first.date(), last.date(), shipped_calendar(jurisdiction))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    found = simulate(
        cases,
        (shipped_policies(), shipped_calendar(jurisdiction)),
        (_policies(policy_file), _calendar(calendar_file, jurisdiction)),
        err,
    )
    if as_json:
        _print_json(found.as_json())
    else:
        found.show(out)


def _call(method: str, url: str, path: str, token: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.request(method, url.rstrip("/") + path, json=body, headers=headers, timeout=30)
    except httpx.HTTPError as error:
        err.print(f"[red]error[/]: the platform does not answer ({type(error).__name__})")
        raise typer.Exit(1) from None
    if answer.is_error:
        err.print(f"[red]error[/]: the platform answered {answer.status_code}")
        raise typer.Exit(1)
    return answer.json()


__all__ = ["calendar_app", "deadlines_app"]
