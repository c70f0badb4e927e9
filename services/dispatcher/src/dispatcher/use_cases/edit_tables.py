"""Put a catalogue into force, edit the draft of the next one or the knowledge base: never two at once."""

from datetime import datetime
from typing import Any, Literal

from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.catalogue_draft import Draft, RowEdit, draft_of, edited
from dispatcher.domain.refusal import Refusal
from dispatcher.ports import Standing

CATALOGUE, DRAFT, KNOWLEDGE = "catalogue", "draft", "knowledge"


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


def draft_now(standing: Standing) -> Draft:
    """The draft of the next catalogue, as last read."""
    return draft_of(standing.tables().catalogue, [row["body"] for row in standing.versions(DRAFT)])


async def edit_draft(standing: Standing, edit: RowEdit, number: int, by: str, at: datetime) -> Refusal | None:
    """None when it is kept. Raises ``Stale`` unless the draft is the one with this ``number``."""
    draft = await _seen(standing, number)
    after = edited(draft.rows, edit, standing.tables().directory)
    if isinstance(after, Refusal):
        return after
    if after != draft.rows:
        await _keep(standing, draft, edit.kept(draft.base.version), by, at)
    return None


async def step_back(standing: Standing, how: Literal["undo", "discard"], number: int, by: str, at: datetime) -> None:
    """Undo the last edit of the draft, or give all up. Raises ``Stale`` unless the draft has this ``number``."""
    draft = await _seen(standing, number)
    if draft.steps:
        await _keep(standing, draft, {"base": draft.base.version, "do": how}, by, at)


async def _seen(standing: Standing, number: int) -> Draft:
    await standing.refresh()
    draft = draft_now(standing)
    if draft.number != number:
        raise Stale("Somebody else edited the draft meanwhile.")
    return draft


async def _keep(standing: Standing, draft: Draft, body: dict[str, Any], by: str, at: datetime) -> None:
    if not await standing.add_version(DRAFT, draft.number + 1, body, by, at):
        raise Stale("Somebody else edited the draft at this moment.")
