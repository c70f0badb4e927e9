"""Commands whose modules are imported when they are asked for: a command starts without the modules of all others."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperGroup


class LateCommands(Mapping[str, Any]):
    """Commands by name, made from ``module:attribute``: a function, or a ``Typer`` with commands of its own."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:
        """Import the command's module and make the command. Raises ``KeyError`` for a name that is not known."""
        module, _, attribute = self._places[name].partition(":")
        found = getattr(import_module(module), attribute)
        holder = typer.Typer()
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=name)
        else:
            holder.command(name)(found)
        return typer.main.get_group(holder).commands[name]

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the help."""
        return iter(self._places)

    def __len__(self) -> int:
        """How many commands there are."""
        return len(self._places)


def group_of(places: Mapping[str, str]) -> type[TyperGroup]:
    """A group for ``Typer(cls=...)`` with the commands at these places."""

    class LateGroup(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands = LateCommands(places)  # type: ignore[assignment] # typer looks up and lists, never adds

    return LateGroup
