"""``hotline documents``: writes the interfaces of this version as files."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.events import REGISTRY
from contracts.messages import TO_LINE, TO_UNIT
from contracts.schemas import message_schema, schema
from hotline.documents.departments import COMMANDS_OF_UNITS, asyncapi_departments, command_name
from hotline.documents.openapi import openapi
from hotline.documents.platform import asyncapi_platform

app = typer.Typer(help="OpenAPI, AsyncAPI and JSON schemas of this version.", no_args_is_help=True)


def documents() -> dict[str, dict[str, Any]]:
    """Every document by its path below the folder."""
    made = {f"openapi/{service}.json": body for service, body in asyncio.run(openapi()).items()}
    made["asyncapi/platform.json"] = asyncapi_platform()
    made["asyncapi/departments.json"] = asyncapi_departments()
    made |= {f"schemas/events/{name}.json": schema(cls) for name, cls in REGISTRY.items()}
    made |= {f"schemas/to-units/{name}.json": message_schema(cls) for name, cls in TO_UNIT.items()}
    made |= {f"schemas/to-lines/{name}.json": message_schema(cls) for name, cls in TO_LINE.items()}
    made |= {
        f"schemas/unit-commands/{command_name(shape)}.json": shape.model_json_schema() for shape in COMMANDS_OF_UNITS
    }
    return made


def as_text(body: dict[str, Any]) -> str:
    """As the file holds it: the same body gives the same text."""
    return json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


@app.command()
def write(folder: Annotated[Path, typer.Argument(help="Where openapi/, asyncapi/ and schemas/ are written.")]) -> None:
    """Write every document into FOLDER; what such a folder held before of them is replaced."""
    made = documents()
    for kind in ("openapi", "asyncapi", "schemas"):
        for stale in folder.glob(f"{kind}/**/*.json"):
            if stale.relative_to(folder).as_posix() not in made:
                stale.unlink()
    for name, body in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(body), encoding="utf-8")
    typer.echo(f"{len(made)} documents in {folder}", err=True)


@app.callback()
def _group() -> None:
    """Keeps ``write`` a command of its own."""
