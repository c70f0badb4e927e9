"""Options and tables that `hotline calendar` and `hotline deadlines` share."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from contracts.table_text import BadTable
from contracts.words import Role
from hotline.platform_client import bearer, checked
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.policy_table import read_policy

out = Console()
err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON alone on stdout")]
Jurisdiction = Annotated[str, typer.Option(help="area code whose opening hours and policy hold")]
CalendarFile = Annotated[Path | None, typer.Option("--calendar", help="another calendar file (TOML)")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="another policy file (TOML)")]


def print_json(value: object) -> None:
    """JSON alone on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def text_of(path: Path) -> str:
    """The text of a file; a bad path is a usage error."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"cannot read {path.name}: {type(error).__name__}") from None


def calendar_from(path: Path | None, jurisdiction: str) -> Calendar:
    """The calendar in a file, or the shipped one."""
    if path is None:
        return shipped_calendar(jurisdiction)
    try:
        return read_calendar(text_of(path), jurisdiction)
    except BadTable as error:
        raise typer.BadParameter(f"{path.name}: {error}") from None


def policies_from(path: Path | None) -> Policies:
    """The policy in a file, or the shipped one."""
    if path is None:
        return shipped_policies()
    try:
        return Policies((read_policy(text_of(path)),))
    except BadTable as error:
        raise typer.BadParameter(f"{path.name}: {error}") from None


def instant_from(text: str, name: str) -> datetime:
    """An instant with its offset, as UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{name}: not an instant such as 2026-02-13T16:00+08:00") from None
    if found.tzinfo is None:
        raise typer.BadParameter(f"{name}: must carry an offset such as +08:00")
    return found.astimezone(UTC)


def call(method: str, url: str, path: str, token: str | None, data_dir: Path, role: Role, body: object = None) -> Any:
    """Ask the running platform; an error ends the command with one line that says what was answered.

    Without ``token`` one is made with the data folder's key. A command's id is the hash of what is asked, so that the
    same file sent twice is loaded once.
    """
    headers = bearer(token, data_dir, role)
    if body is not None:
        asked = json.dumps([path, body], sort_keys=True, ensure_ascii=False)
        headers["Idempotency-Key"] = hashlib.sha256(asked.encode()).hexdigest()
    try:
        answer = httpx.request(method, url.rstrip("/") + path, json=body, headers=headers, timeout=30)
    except httpx.HTTPError as error:
        err.print(f"[red]error[/]: the platform does not answer ({type(error).__name__})")
        raise typer.Exit(1) from None
    return checked(answer).json()
