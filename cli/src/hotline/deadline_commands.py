"""``hotline deadlines``: what the dates are and why. ``compute`` needs no running service."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from contracts.words import AppealType, DeadlineKind, Role, Urgency
from hotline.deadline_simulation import load_cases, simulate
from hotline.deadline_tables import (
    AsJson,
    CalendarFile,
    Jurisdiction,
    PolicyFile,
    calendar_from,
    call,
    err,
    instant_from,
    out,
    policies_from,
    print_json,
)
from hotline.platform_client import DEFAULT_URL, DataDir, TokenOption, Url
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.calendar import Calendar, OutsideCalendar
from sla_monitor.domain.explanation import explain
from sla_monitor.domain.policy import due
from sla_monitor.domain.term import Term, term

deadlines_app = typer.Typer(help="Deadlines: compute one, explain one, try another policy.")


@deadlines_app.command("compute")
def compute(
    received: Annotated[str, typer.Option(help="instant at which the period starts, with offset")],
    kind: Annotated[DeadlineKind, typer.Option(case_sensitive=False, help="which period")],
    type: Annotated[
        AppealType, typer.Option("--type", case_sensitive=False, help="type of the appeal")
    ] = AppealType.COMPLAINT,
    urgency: Annotated[Urgency, typer.Option(case_sensitive=False, help="urgency of the matter")] = Urgency.NORMAL,
    round: Annotated[int, typer.Option(min=1, help="1, or more after a redo")] = 1,
    topic: Annotated[str, typer.Option(help="topic id, for laws that set their own period")] = "",
    extended_days: Annotated[int, typer.Option(min=0, max=10, help="sum of granted working days")] = 0,
    jurisdiction: Jurisdiction = "*",
    calendar_file: CalendarFile = None,
    policy_file: PolicyFile = None,
    show_steps: Annotated[bool, typer.Option("--explain", help="show the way to the date, step by step")] = False,
    as_json: AsJson = False,
) -> None:
    """When a period that starts at an instant ends. Needs no running service."""
    start = instant_from(received, "--received")
    calendar = calendar_from(calendar_file, jurisdiction)
    policy = policies_from(policy_file).at(jurisdiction, start, start)
    try:
        found = term(calendar, policy, kind, start, type=type, urgency=urgency, round=round, topic=topic)
        if extended_days:
            found = _extend(calendar, found, extended_days)
    except OutsideCalendar as error:
        raise typer.BadParameter(f"--received: {error}") from None
    steps = explain(found, calendar)
    local = calendar.local(found.due)
    if as_json:
        print_json(
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
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = Path("hotline-data"),
    as_json: AsJson = False,
) -> None:
    """Every deadline of an appeal and why it is what it is; asks the running platform."""
    found = call("GET", url, f"/deadlines/{number}", token, data_dir, Role.SUPERVISOR)
    if as_json:
        print_json(found)
        return
    for one in found["items"]:
        out.print(f"[bold]{one['deadline']}[/] {one['state']} {one['due']}")
        for step in one["steps"]:
            out.print(f"   {step['zh']}\n   {step['en']}")


@deadlines_app.command("simulate")
def simulate_policy(
    policy_file: Annotated[Path, typer.Option("--policy", help="the policy to try (TOML)")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first day of the period")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="last day, included")],
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
        (policies_from(policy_file), calendar_from(calendar_file, jurisdiction)),
        err,
    )
    if as_json:
        print_json(found.as_json())
    else:
        found.show(out)
