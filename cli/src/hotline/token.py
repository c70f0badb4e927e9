"""``hotline token``: a token of the development issuer, alone on standard output."""

from pathlib import Path
from typing import Annotated

import typer

from chassis.issuer import DevelopmentIssuer
from contracts.words import Role


def token(
    role: Annotated[list[Role], typer.Option(help="Role; may be given several times.")],
    data_dir: Annotated[Path, typer.Option(help="The platform's data folder.")] = Path("hotline-data"),
    unit: Annotated[str | None, typer.Option(help="The member unit, for unit roles.")] = None,
    line: Annotated[str | None, typer.Option(help="The emergency line, for line operators.")] = None,
    user: Annotated[str | None, typer.Option(help="The user's name; by default the first role's.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it is good for.")] = 12,
) -> None:
    """Print a token for trying the platform out. Production uses an identity provider instead."""
    try:
        issued = DevelopmentIssuer(data_dir).issue(role, unit=unit, line=line, user=user, hours=hours)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(issued)
