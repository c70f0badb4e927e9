"""The knowledge base as people keep it: what is stale first, an item with its versions, edited with a preview."""

import re
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter
from starlette.datastructures import FormData

from chassis.auth import Principal, allow
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.topology import UNIT_ID
from contracts.words import Role
from dispatcher.domain.assignment import SHANGHAI, direct_answer
from dispatcher.domain.freshness import aged
from dispatcher.domain.knowledge import KnowledgeBase, KnowledgeItem
from dispatcher.domain.knowledge_edit import item_of
from dispatcher.forms import parsed
from dispatcher.ports import Orders, Standing
from dispatcher.tables_api import ItemBody, ItemPath, Withdrawal
from dispatcher.use_cases.edit_tables import Stale, edit_knowledge

KNOWLEDGE = "knowledge"
NEW = "new"
"""The address of the form for an item that does not exist; no item can have this name."""

Editor = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.PUBLISHER)]


def router(orders: Orders, standing: Standing) -> APIRouter:
    """The pages under ``/desk/knowledge``."""
    api = APIRouter(include_in_schema=False)

    @api.get("/desk/knowledge")
    async def listing(
        _: Editor, request: Request, q: Annotated[str, Query(max_length=500)] = "", stale: bool = False
    ) -> Response:
        tables = standing.tables()
        items = tables.knowledge.items if not q else tuple(match.item for match in tables.knowledge.search(q, 50))
        day = orders.now().astimezone(SHANGHAI).date()
        rows = aged(items, _edited(standing), tables.knowledge_checked, day, tables.limits.stale_days)
        count = sum(row.stale for row in rows)
        return _shell(request).render(
            request,
            "dispatcher_knowledge.html",
            rows=[row for row in rows if row.stale or not stale],
            stale_count=count,
            only_stale=stale,
            q=q,
            version=tables.knowledge.version,
            stale_days=tables.limits.stale_days,
        )

    @api.get("/desk/knowledge/{item}")
    async def one(_: Editor, request: Request, item: ItemPath) -> Response:
        return show(request, item)

    @api.post("/desk/knowledge/{item}/preview")
    async def preview(_: Editor, request: Request, item: ItemPath) -> Response:
        asked = _asked(await request.form())
        if isinstance(asked, str):
            return _shell(request).render(request, "dispatcher_item_preview.html", wrong=asked, text=None, tries=())
        fresh = item_of(item, asked.model_dump(mode="json"))
        base = standing.tables().knowledge
        tried = KnowledgeBase(base.version, (*(one for one in base.items if one.id != item), fresh))
        return _shell(request).render(
            request,
            "dispatcher_item_preview.html",
            wrong=None,
            text=direct_answer(fresh, standing.tables(), "").public_text,
            tries=[_tried(tried, fresh, question, standing) for question in fresh.questions],
        )

    @api.post("/desk/knowledge/{item}")
    async def save(principal: Editor, request: Request, item: ItemPath) -> Response:
        form = await request.form()
        name = form.get("id") if item == NEW else item
        fields = _fields(form)
        if not isinstance(name, str) or re.fullmatch(UNIT_ID, name) is None or name == NEW:
            return show(request, item, wrong="id", typed=fields)
        asked = _asked(form)
        if isinstance(asked, str):
            return show(request, item, wrong=asked, typed=fields)
        kept = asked.model_dump(mode="json", exclude={"base_version"})
        return await edit(request, name, kept, asked.base_version, principal.user, fields)

    @api.post("/desk/knowledge/{item}/withdrawal")
    async def withdraw(principal: Editor, request: Request, item: ItemPath) -> Response:
        asked = parsed(TypeAdapter(Withdrawal), {"base_version": (await request.form()).get("base_version")})
        if isinstance(asked, str) or standing.tables().knowledge.of(item) is None:
            raise Problem(404, "Not found", "There is no such item.", "unknown-item", "item")
        return await edit(request, item, None, asked.base_version, principal.user, None)

    async def edit(
        request: Request, item: str, kept: dict[str, Any] | None, base: str, by: str, typed: dict[str, Any] | None
    ) -> Response:
        try:
            await edit_knowledge(standing, item, kept, base, by, orders.now())
        except Stale:
            return show(request, item, wrong="base_version", typed=typed)
        return show(request, item, done=True)

    def show(
        request: Request, item: str, wrong: str | None = None, typed: dict[str, Any] | None = None, done: bool = False
    ) -> Response:
        tables = standing.tables()
        found = tables.knowledge.of(item)
        history = [row for row in standing.versions(KNOWLEDGE) if row["body"]["id"] == item]
        if found is None and not history and item != NEW:
            raise Problem(404, "Not found", "There is no such item.", "unknown-item", "item")
        day = orders.now().astimezone(SHANGHAI).date()
        age = (
            aged((found,), _edited(standing), tables.knowledge_checked, day, tables.limits.stale_days)[0]
            if found is not None
            else None
        )
        return _shell(request).render(
            request,
            "dispatcher_item.html",
            status=422 if wrong is not None and wrong != "base_version" else 409 if wrong is not None else 200,
            item=item,
            new=item == NEW,
            fields={**_of_item(found), **(typed or {})},
            known=found is not None,
            age=age,
            history=history[::-1],
            version=tables.knowledge.version,
            wrong=wrong,
            done=done,
        )

    return api


def _edited(standing: Standing) -> dict[str, date]:
    return {row["body"]["id"]: row["at"].astimezone(SHANGHAI).date() for row in standing.versions(KNOWLEDGE)}


def _tried(base: KnowledgeBase, fresh: KnowledgeItem, question: str, standing: Standing) -> dict[str, Any]:
    """Whether the machine would answer this question by this item, as the first of its topics."""
    match = base.direct(question, fresh.topics[0], standing.tables().limits.direct_score)
    best = next(iter(base.search(question, 1)), None)
    answers = match is not None and match.item.id == fresh.id
    return {"question": question, "answers": answers, "other": best.item.title if best and not answers else None}


def _asked(form: FormData) -> ItemBody | str:
    return parsed(TypeAdapter(ItemBody), _fields(form))


def _fields(form: FormData) -> dict[str, Any]:
    def text(name: str) -> str:
        value = form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def lines(name: str) -> list[str]:
        return [line.strip() for line in text(name).splitlines() if line.strip()]

    return {
        **{name: text(name) for name in ("base_version", "title", "answer", "answer_en", "source")},
        "topics": text("topics").replace("，", " ").replace(",", " ").split(),
        "questions": lines("questions"),
        "must": [line.replace("、", " ").replace("，", " ").replace(",", " ").split() for line in lines("must")],
    }


def _of_item(item: KnowledgeItem | None) -> dict[str, Any]:
    if item is None:
        return {"title": "", "topics": (), "must": (), "questions": (), "answer": "", "answer_en": "", "source": ""}
    names = ("title", "topics", "must", "questions", "answer", "answer_en", "source")
    return {name: getattr(item, name) for name in names}


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
