"""``hotline parking``: messages that could not be handled, over the HTTP of the service that parked them."""

import json
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from contracts.words import Role, Service
from hotline.platform_client import DEFAULT_DATA_DIR, DEFAULT_URL, DataDir, TokenOption, Url, bearer, checked, reaching

app = typer.Typer(help="Messages that a person must look at.", no_args_is_help=True)

ServiceOption = Annotated[Service | None, typer.Option(help="Only this service's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone.")]


def _client(url: str, token: str | None, data_dir: Any) -> httpx.Client:
    return httpx.Client(base_url=url, headers=bearer(token, data_dir, Role.OPERATOR), timeout=30)


@app.command("list")
def list_parked(
    service: ServiceOption = None,
    state: Annotated[str, typer.Option(help="waiting or replayed")] = "waiting",
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List parked messages, emergencies first."""
    found: list[dict[str, Any]] = []
    with reaching(url), _client(url, token, data_dir) as client:
        for name in [service] if service else list(Service):
            found += checked(client.get(f"/parking/{name}", params={"state": state})).json()["items"]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    table = Table("id", "service", "queue", "why", "tries", "since", title=f"{len(found)} parked messages")
    for item in found:
        table.add_row(
            item["id"], item["service"], item["queue"], item["reason"], str(item["attempts"]), item["parked_at"][:19]
        )
    Console().print(table)


@app.command()
def show(
    parked_id: str,
    service: Annotated[Service, typer.Option(help="The service that parked it.")],
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Show one parked message: why, whence and its shape, never its values."""
    with reaching(url), _client(url, token, data_dir) as client:
        item = checked(client.get(f"/parking/{service}/{parked_id}")).json()
    typer.echo(json.dumps(item, ensure_ascii=False, indent=None if as_json else 2))


@app.command()
def replay(
    parked_ids: Annotated[list[str], typer.Argument(help="One or more ids.")],
    service: Annotated[Service, typer.Option(help="The service that parked them.")],
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Send parked messages back to the queues they came from."""
    with reaching(url), _client(url, token, data_dir) as client:
        for parked_id in parked_ids:
            checked(client.post(f"/parking/{service}/{parked_id}/replay"))
    typer.echo(json.dumps({"replayed": len(parked_ids)}) if as_json else f"replayed {len(parked_ids)}")
