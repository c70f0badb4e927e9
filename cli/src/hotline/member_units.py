"""The member units that commands speak of: the city's own where ``UNITS_FILE`` names them, else the shipped ones."""

import os
from pathlib import Path

import typer

from dispatcher.domain.member_unit import Directory
from dispatcher.shipped_tables import directory_from


def member_units() -> Directory:
    """All of them. ``typer.Exit`` 1 after one line when the file is not good."""
    file = os.environ.get("UNITS_FILE")
    try:
        return directory_from(Path(file) if file else None)
    except ValueError as error:
        typer.echo(f"UNITS_FILE: {error}", err=True)
        raise typer.Exit(1) from None
