"""The dispatch catalogue and the knowledge base over HTTP: read, tried, loaded, searched, edited."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.auth import Principal, allow
from chassis.limits import LargerBody
from chassis.problems import Problem
from contracts.table_text import BadTable
from contracts.topology import UNIT_ID
from contracts.words import Role
from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.catalogue_table import read_catalogue
from dispatcher.domain.catalogue_trial import Trial
from dispatcher.domain.knowledge import KnowledgeItem
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.use_cases.edit_tables import Stale, edit_knowledge, load_catalogue
from dispatcher.use_cases.try_catalogue import DAYS, try_catalogue

LARGER = LargerBody("(/desk)?/catalogue(/trial)?", 900 * 1024)
LONGEST = 262_144

Keeper = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.OPERATOR)]
CatalogueReader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.OPERATOR)]
Editor = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.PUBLISHER)]
KnowledgeReader = Annotated[
    Principal,
    allow(Role.AGENT, Role.DUTY_OFFICER, Role.PUBLISHER, Role.REVISIT_AGENT, Role.UNIT_HANDLER, Role.UNIT_HEAD),
]
ItemPath = Annotated[str, Path(pattern=f"^{UNIT_ID}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class TableBody(BaseModel):
    """The whole file, as text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    table: Annotated[str, Field(min_length=1, max_length=LONGEST, description="The file (TOML).")]


class ItemBody(BaseModel):
    """A knowledge item. ``must``: groups of words, of each of which one must occur before the machine answers by it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    base_version: Line = Field(description="The version that was edited; another one in force: 409.")
    title: Line
    topics: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    must: Annotated[
        tuple[Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)], ...], Field(min_length=1, max_length=10)
    ]
    questions: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]
    answer_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    source: Line


class Withdrawal(BaseModel):
    """An item that answers no more."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    base_version: Line


def router(orders: Orders, numbers: OrderNumbers, standing: Standing) -> APIRouter:
    """The routes under ``/catalogue`` and ``/knowledge``."""
    api = APIRouter(tags=["tables"])

    @api.get("/catalogue")
    async def catalogue(_: CatalogueReader) -> dict[str, Any]:
        """The catalogue in force, and every version that was loaded."""
        now = standing.tables().catalogue
        loaded = [
            {"version": row["body"]["version"], "by": row["by"], "loaded_at": row["at"].isoformat()}
            for row in standing.versions("catalogue")
        ]
        return {"version": now.version, "rows": [asdict(row) for row in now.rows], "loaded": loaded[::-1]}

    @api.post("/catalogue/trial")
    async def trial(body: TableBody, _: CatalogueReader) -> dict[str, Any]:
        """What would have gone elsewhere of the last month's appeals: how many, per unit, with examples by number."""
        fresh = catalogue_of(body.table, standing)
        return trial_shown(await try_catalogue(orders, numbers, standing, fresh), fresh, standing)

    @api.post("/catalogue", status_code=201)
    async def load(body: TableBody, principal: Keeper) -> Response:
        """Put a catalogue into force: here at once, everywhere within seconds. Its version must be new."""
        fresh = catalogue_of(body.table, standing)
        try:
            await load_catalogue(standing, fresh, body.table, principal.user, orders.now())
        except Stale as error:
            raise Problem(409, "Version taken", str(error), "version-taken", "table") from None
        return JSONResponse({"version": fresh.version, "rows": len(fresh.rows)}, 201)

    _knowledge(api, orders, standing)
    return api


def _knowledge(api: APIRouter, orders: Orders, standing: Standing) -> None:
    @api.get("/knowledge")
    async def knowledge(q: Annotated[str, Query(min_length=1, max_length=500)], _: KnowledgeReader) -> dict[str, Any]:
        """Search the knowledge base, in Chinese too."""
        base = standing.tables().knowledge
        items = [{**_shown(match.item), "score": match.score} for match in base.search(q)]
        return {"version": base.version, "items": items, "next": None}

    @api.get("/knowledge/{item}")
    async def one(item: ItemPath, _: KnowledgeReader) -> dict[str, Any]:
        """One item with everything that makes it answer, and its history."""
        base = standing.tables().knowledge
        found = base.of(item)
        history = [
            {"edit": row["number"], "by": row["by"], "at": row["at"].isoformat(), "item": row["body"]["item"]}
            for row in standing.versions("knowledge")
            if row["body"]["id"] == item
        ]
        if found is None and not history:
            raise Problem(404, "Not found", "There is no such item.", "unknown-item", "item")
        shown = None if found is None else {**asdict(found)}
        return {"version": base.version, "item": shown, "history": history[::-1]}

    @api.put("/knowledge/{item}")
    async def put(item: ItemPath, body: ItemBody, principal: Editor) -> dict[str, Any]:
        """Replace or add an item; the base gets a new version, which answers cite from then on."""
        fields = body.model_dump(mode="json", exclude={"base_version"})
        return await edit(item, fields, body.base_version, principal.user)

    @api.post("/knowledge/{item}/withdrawal")
    async def withdraw(item: ItemPath, body: Withdrawal, principal: Editor) -> dict[str, Any]:
        """The item answers no more; its history stays."""
        if standing.tables().knowledge.of(item) is None:
            raise Problem(404, "Not found", "There is no such item.", "unknown-item", "item")
        return await edit(item, None, body.base_version, principal.user)

    async def edit(item: str, fields: dict[str, Any] | None, base_version: str, by: str) -> dict[str, Any]:
        try:
            version = await edit_knowledge(standing, item, fields, base_version, by, orders.now())
        except Stale as error:
            raise Problem(409, "Edited meanwhile", str(error), "stale-version", "base_version") from None
        return {"version": version, "id": item}


def trial_shown(found: Trial, fresh: Catalogue, standing: Standing) -> dict[str, Any]:
    """A trial's result as JSON and pages show it."""
    directory = standing.tables().directory
    return {
        "version": fresh.version,
        "against": standing.tables().catalogue.version,
        "days": DAYS,
        "tried": found.tried,
        "elsewhere": found.elsewhere,
        "per_unit": [
            {"unit": unit, "unit_name": directory.name(unit), "gains": gains, "loses": losses}
            for unit, (gains, losses) in found.per_unit().items()
        ],
        "examples": [asdict(one) for one in found.examples],
    }


def catalogue_of(text: str, standing: Standing) -> Catalogue:
    """Raises ``Problem`` 422 with line and reason."""
    try:
        return read_catalogue(text, standing.tables().directory)
    except BadTable as error:
        raise Problem(422, "Bad table", f"Line {error.line}: {error.reason}.", "bad-table", "table") from None


def _shown(item: KnowledgeItem) -> dict[str, Any]:
    names = ("id", "title", "answer", "answer_en", "source")
    return {name: getattr(item, name) for name in names}
