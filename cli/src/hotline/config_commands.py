"""``hotline config``: what each service would run with, and a new master key."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

import typer
from pydantic import BaseModel, SecretStr
from rich.console import Console
from rich.table import Table

from chassis.secret_files import new_key
from chassis.settings import ServiceSettings, load
from classifier.settings import ClassifierSettings
from contracts.words import Service
from dispatcher.settings import DispatcherSettings

app = typer.Typer(help="Effective settings, and the master key.", no_args_is_help=True)

SETTINGS: dict[Service, type[ServiceSettings]] = {
    **dict.fromkeys(Service, ServiceSettings),
    Service.CLASSIFIER: ClassifierSettings,
    Service.DISPATCHER: DispatcherSettings,
}
HIDDEN = "***"


def shown(value: Any) -> Any:
    """A setting as it may be seen: of an address all but the password, of any other secret nothing."""
    if isinstance(value, SecretStr):
        return _without_password(value.get_secret_value())
    if isinstance(value, BaseModel):
        return {name: shown(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [shown(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _without_password(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return HIDDEN
    if not parts.scheme or not parts.netloc:
        return HIDDEN
    who, at, host = parts.netloc.rpartition("@")
    # A query may hold a token or a certificate's password.
    return urlunsplit((parts.scheme, f"{who.split(':')[0]}:{HIDDEN}@{host}" if at else host, parts.path, "", ""))


def effective(service: Service) -> dict[str, dict[str, Any]]:
    """Environment name to value and where it comes from. Raises ``SystemExit(2)`` after a line per wrong setting."""
    settings = load(SETTINGS[service])
    return {
        name.upper(): {
            "value": shown(getattr(settings, name)),
            "from": "environment" if name in settings.model_fields_set else "default",
        }
        for name in type(settings).model_fields
    }


@app.command()
def show(
    service: Annotated[Service | None, typer.Argument(help="One service; all by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Show the effective settings of each service in this environment; secrets are hidden."""
    found = {one: effective(one) for one in ([service] if service else Service)}
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    shared = set.intersection(*({(k, json.dumps(v)) for k, v in one.items()} for one in found.values()))
    table = Table("service", "setting", "value", "from")
    done: set[str] = set()
    for name, settings in found.items():
        for key, entry in settings.items():
            everywhere = len(found) > 1 and (key, json.dumps(entry)) in shared
            if everywhere and key in done:
                continue
            done.add(key)
            table.add_row("all" if everywhere else name, key, str(entry["value"]), entry["from"])
    Console().print(table)


@app.command("new-key")
def new_key_file(path: Annotated[Path, typer.Argument(help="Where KEY_FILE will point to.")]) -> None:
    """Make a master key, readable by its owner alone. Keep a copy elsewhere: without it no caller is known again."""
    try:
        new_key(path)
    except OSError as error:
        typer.echo(f"cannot make the key: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"a master key is in {path}; keep a copy elsewhere", err=True)
