"""How commands reach a running platform: its address and a token, from options or the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from chassis.issuer import DevelopmentIssuer
from contracts.words import Role

Url = Annotated[str, typer.Option(envvar="HOTLINE_URL", help="Address of the running platform.")]
TokenOption = Annotated[
    str | None, typer.Option(envvar="HOTLINE_TOKEN", help="A token; by default one is made with the data folder's key.")
]
DataDir = Annotated[Path, typer.Option(help="The platform's data folder.")]

DEFAULT_URL = "http://127.0.0.1:12345"
DEFAULT_DATA_DIR = Path("hotline-data")


def bearer(token: str | None, data_dir: Path, *roles: Role) -> dict[str, str]:
    """The header for ``token``, or for a fresh development token with ``roles``."""
    return {"Authorization": f"Bearer {token or DevelopmentIssuer(data_dir).issue(roles, hours=1)}"}


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn "no answer" inside the block into one line and ``typer.Exit``."""
    try:
        yield
    except httpx.TransportError as error:
        typer.echo(f"the platform does not answer at {url}: {error or type(error).__name__}", err=True)
        raise typer.Exit(1) from None


def checked(response: httpx.Response) -> httpx.Response:
    """The response, or ``typer.Exit`` after one line that says what the platform answered."""
    if response.is_success:
        return response
    try:
        problem = response.json()
        said = f"{problem.get('title')}: {problem.get('detail') or problem.get('errors') or ''}"
    except ValueError:
        said = f"HTTP {response.status_code}"
    typer.echo(f"the platform refused: {said}", err=True)
    raise typer.Exit(1)
