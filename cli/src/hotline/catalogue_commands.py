"""``hotline catalogue``: the dispatch catalogue of a running platform, tried before it is loaded."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from contracts.table_text import BadTable
from contracts.words import Role
from dispatcher import shipped_tables
from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.catalogue_table import read_catalogue
from hotline.deadline_tables import AsJson, call, print_json, text_of
from hotline.platform_client import DEFAULT_DATA_DIR, DEFAULT_URL, DataDir, TokenOption, Url

app = typer.Typer(help="The dispatch catalogue: who is responsible for what.", no_args_is_help=True)
out = Console()

File = Annotated[Path, typer.Argument(help="catalogue file (TOML)")]


@app.command("check")
def check(file: File) -> None:
    """Read a file and say what is wrong with it, by line; units are those that are shipped. Sends nothing."""
    fresh = _checked(file)
    out.print(f"catalogue {fresh.version}: {len(fresh.rows)} rows, nothing wrong")


@app.command("try")
def try_catalogue(
    file: File,
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Ask how many of the last month's appeals would go elsewhere. Nothing is changed."""
    found: dict[str, Any] = call(
        "POST", url, "/catalogue/trial", token, data_dir, Role.OPERATOR, {"table": text_of(file)}
    )
    if as_json:
        print_json(found)
        return
    out.print(
        f"{found['version']} against {found['against']}: of {found['tried']} appeals of the last {found['days']} days "
        f"{found['elsewhere']} would go elsewhere"
    )
    units = Table("unit", "", "gains", "loses")
    for one in found["per_unit"]:
        units.add_row(one["unit"] or "—", one["unit_name"], str(one["gains"]), str(one["loses"]))
    examples = Table("number", "topic", "from", "by", "to", "by")
    for one in found["examples"]:
        examples.add_row(
            one["number"], one["topic"], one["from_unit"], one["from_rule"], one["to_unit"], one["to_rule"]
        )
    if found["elsewhere"]:
        out.print(units, examples)


@app.command("load")
def load(file: File, url: Url = DEFAULT_URL, token: TokenOption = None, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Put a catalogue into force. Orders already sent out stay where they are."""
    print_json(call("POST", url, "/catalogue", token, data_dir, Role.OPERATOR, {"table": text_of(file)}))


@app.command("show")
def show(
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """The catalogue in force, and the versions that were loaded."""
    found: dict[str, Any] = call("GET", url, "/catalogue", token, data_dir, Role.OPERATOR)
    if as_json:
        print_json(found)
        return
    rows = Table("id", "topic", "area", "unit", "from", "until", title=f"catalogue {found['version']}")
    for row in found["rows"]:
        rows.add_row(row["id"], row["topic"], row["area"], row["unit"], row["valid_from"], row["valid_until"] or "")
    out.print(rows)
    for one in found["loaded"]:
        out.print(f"{one['version']} loaded by {one['by']} at {one['loaded_at'][:16]}")


def _checked(file: Path) -> Catalogue:
    try:
        return read_catalogue(text_of(file), shipped_tables.directory())
    except BadTable as error:
        raise typer.BadParameter(f"{file.name}: {error}") from None
