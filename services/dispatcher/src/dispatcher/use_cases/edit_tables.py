"""Put a catalogue into force, or edit the knowledge base: one new version each, never two at once."""

from datetime import datetime
from typing import Any

from dispatcher.domain.catalogue import Catalogue
from dispatcher.ports import Standing

CATALOGUE, KNOWLEDGE = "catalogue", "knowledge"


class Stale(Exception):
    """What was edited is not what is in force any more; the text says so."""


async def load_catalogue(standing: Standing, fresh: Catalogue, text: str, by: str, at: datetime) -> None:
    """Raises ``Stale`` when the version is known or somebody else loads one at this moment."""
    await standing.refresh()
    loaded = standing.versions(CATALOGUE)
    known = {row["body"]["version"] for row in loaded} | {standing.tables().catalogue.version}
    if fresh.version in known:
        raise Stale(f"Version {fresh.version} was loaded before.")
    body = {"version": fresh.version, "text": text}
    if not await standing.add_version(CATALOGUE, len(loaded) + 1, body, by, at):
        raise Stale("Another version was loaded at this moment; try it again.")


async def edit_knowledge(
    standing: Standing, item: str, fields: dict[str, Any] | None, base_version: str, by: str, at: datetime
) -> str:
    """The new version. ``fields`` None withdraws the item. Raises ``Stale`` unless ``base_version`` is in force."""
    await standing.refresh()
    in_force = standing.tables().knowledge.version
    number = len(standing.versions(KNOWLEDGE)) + 1
    if base_version != in_force:
        raise Stale(f"Version {in_force} is in force; you edited {base_version}.")
    if not await standing.add_version(KNOWLEDGE, number, {"id": item, "item": fields}, by, at):
        raise Stale("Somebody else edited it at this moment.")
    return standing.tables().knowledge.version
