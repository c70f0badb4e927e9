"""The draft of the next dispatch catalogue, row by row: a form per row, a table of all, then trial and effect."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import FormData

from chassis.auth import Principal, allow
from chassis.pages.shell import PageShell, language_of
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.catalogue_texts import draft_text
from dispatcher.domain.catalogue import CatalogueRow
from dispatcher.domain.catalogue_draft import FIELDS, RowEdit, changes_of, row_of
from dispatcher.domain.catalogue_rules import LEVELS
from dispatcher.domain.refusal import Refusal
from dispatcher.ports import Orders, Standing
from dispatcher.use_cases.edit_tables import Stale, draft_now, edit_draft, step_back

AT = "/desk/catalogue/draft"
CHILDREN = 3
"""So many topics name the one above them."""

Keeper = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.OPERATOR)]
Name = Annotated[str, Query(max_length=100)]


def router(orders: Orders, standing: Standing) -> APIRouter:
    """The pages under ``/desk/catalogue/draft`` and ``/desk/catalogue/row``."""
    api = APIRouter(include_in_schema=False)

    @api.get("/desk/catalogue/draft")
    async def table(_: Keeper, request: Request) -> Response:
        return show(request)

    @api.get("/desk/catalogue/row")
    async def one(_: Keeper, request: Request, id: Name = "", like: Name = "") -> Response:
        """The form of row ``id``; without it of a new one, filled in from the row ``like``."""
        found = {row.id: row for row in draft_now(standing).rows}
        if (id or like) and (id or like) not in found:
            raise Problem(404, "Not found", "The draft has no such row.", "unknown-row", "id")
        if id:
            return form(request, id, _shown(found[id]))
        return form(request, "", _following(found[like]) if like else dict.fromkeys(FIELDS, "") | {"area": "*"})

    @api.post("/desk/catalogue/row")
    async def save(principal: Keeper, request: Request) -> Response:
        sent = await request.form()
        was, fields = _text(sent, "was"), {name: _text(sent, name) for name in FIELDS}
        row = row_of(fields)
        if isinstance(row, Refusal):
            return form(request, was, fields, row)
        edit = RowEdit(was=was or None, row=row)
        try:
            refused = await edit_draft(standing, edit, _number(sent), principal.user, orders.now())
        except Stale:
            return form(request, was, fields, stale=True)
        return form(request, was, fields, refused) if refused else show(request, "saved", row.id)

    @api.post("/desk/catalogue/row/deletion")
    async def delete(principal: Keeper, request: Request) -> Response:
        sent = await request.form()
        was = _text(sent, "was")
        try:
            refused = await edit_draft(standing, RowEdit(was=was), _number(sent), principal.user, orders.now())
        except Stale:
            return show(request, stale=True)
        return show(request, "deleted", was, refused)

    @api.post("/desk/catalogue/draft/undo")
    async def undo(principal: Keeper, request: Request) -> Response:
        return await back(request, "undo", principal.user)

    @api.post("/desk/catalogue/draft/discard")
    async def discard(principal: Keeper, request: Request) -> Response:
        return await back(request, "discard", principal.user)

    async def back(request: Request, how: Literal["undo", "discard"], by: str) -> Response:
        try:
            await step_back(standing, how, _number(await request.form()), by, orders.now())
        except Stale:
            return show(request, stale=True)
        return show(request, how)

    def show(
        request: Request,
        done: str | None = None,
        name: str = "",
        refused: Refusal | None = None,
        *,
        stale: bool = False,
    ) -> Response:
        draft, tables = draft_now(standing), standing.tables()
        changes = changes_of(draft.base.rows, draft.rows)
        response = _shell(request).render(
            request,
            "dispatcher_draft.html",
            status=409 if stale else refused.status if refused else 200,
            draft=draft,
            changes=changes,
            marks={row.id: "added" for row in changes["added"]} | {row.id: "changed" for _, row in changes["changed"]},
            table=draft_text(standing, draft) if draft.changed else "",
            topics=_topics(request),
            directory=tables.directory,
            done=None if refused else done,
            name=name,
            refused=refused,
            stale=stale,
        )
        response.headers["HX-Push-Url"] = AT
        return response

    def form(
        request: Request, was: str, fields: Mapping[str, str], refused: Refusal | None = None, *, stale: bool = False
    ) -> Response:
        draft, tables, topics = draft_now(standing), standing.tables(), _topics(request)
        return _shell(request).render(
            request,
            "dispatcher_row.html",
            status=409 if stale else refused.status if refused else 200,
            was=was,
            fields=fields,
            number=draft.number,
            topics=topics if not fields["topic"] else {fields["topic"]: "", **topics},
            areas=sorted({row.area for row in draft.rows} - {"*"}),
            levels=LEVELS,
            units=list(tables.directory.units.values()),
            refused=refused,
            stale=stale,
        )

    return api


def _shown(row: CatalogueRow) -> dict[str, str]:
    return {name: str(getattr(row, name) or "") for name in FIELDS}


def _following(row: CatalogueRow) -> dict[str, str]:
    """What a row says that follows another one: it begins on the day on which that one ends."""
    return _shown(row) | {"id": "", "valid_from": str(row.valid_until or ""), "valid_until": ""}


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(form: FormData) -> int:
    """The draft that somebody saw; one that there never was where the form does not say."""
    text = _text(form, "number")
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else -1


def _topics(request: Request) -> dict[str, str]:
    """Topic to words, in the order of ids: one above others is told by the first of them."""
    language = language_of(request)
    known, comma = _shell(request).catalogue.words[language], "、" if language == "zh" else ", "
    topics = {key.removeprefix("topic."): words for key, words in known.items() if key.startswith("topic.")}
    below: dict[str, list[str]] = {}
    for topic, words in topics.items():
        parts = topic.split(".")
        for depth in range(1, len(parts)):
            below.setdefault(".".join(parts[:depth]), []).append(words)
    groups = {
        topic: comma.join(names[:CHILDREN]) + ("…" if len(names) > CHILDREN else "") for topic, names in below.items()
    }
    return dict(sorted({**groups, **topics}.items()))


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
