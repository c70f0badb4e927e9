"""Preview of a verdict, the words it may use, and what people decided, for training."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from chassis.auth import Principal, allow
from classifier.closed import open_to
from classifier.domain.verdict import Context
from classifier.http_api.doors import Body, Cursor, Limit, bad_cursor
from classifier.http_api.shapes import verdict_shape
from classifier.ports import Desks, Found, Opinions
from contracts.topology import LINE_ID, UNIT_ID
from contracts.words import Role

Asker = Annotated[Principal, allow(Role.AGENT, Role.TRIAGE_OFFICER)]
Trainer = Annotated[Principal, allow(Role.OPERATOR, Role.TRIAGE_OFFICER)]
_Unit = Annotated[str, StringConstraints(pattern=rf"^{UNIT_ID}$")]


class Question(Body):
    """A text to look at; nothing of it is stored."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    place: Annotated[str | None, Field(max_length=200)] = None
    subject_unit: _Unit | None = None
    accused_unit: _Unit | None = None
    suspect_lines: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=rf"^{LINE_ID}$")], ...], Field(max_length=5)
    ] = ()
    jurisdiction: Annotated[str, Field(max_length=40)] = "default"


def router(desks: Desks, opinions: Opinions) -> APIRouter:
    """Reads only."""
    routes = APIRouter(tags=["classification"])

    @routes.post("/classification", summary="What the classifier would say; nothing is stored")
    async def preview(body: Question, _: Asker) -> dict[str, Any]:
        context = Context(
            jurisdiction=body.jurisdiction,
            place=body.place,
            subject_unit=body.subject_unit,
            accused_unit=body.accused_unit,
            suspect_lines=body.suspect_lines,
        )
        return verdict_shape(opinions.preview(body.text, context))

    @routes.get("/classification/vocabulary", summary="Units and topics with their names")
    async def vocabulary(_: Asker) -> dict[str, Any]:
        topics = [{"id": key, "zh": zh, "en": en} for key, (zh, en) in opinions.topics.items()]
        return {"units": [{"id": key, "zh": zh} for key, zh in opinions.units.items()], "topics": topics}

    @routes.get("/classification/shadow", summary="What the model in shadow would have said otherwise, in this process")
    async def shadow(_: Trainer) -> dict[str, Any]:
        tried = opinions.shadow
        items = [asdict(one) for one in reversed(tried.latest)]
        counts = {"judged": tried.judged, "disagreed": dict(tried.disagreed)}
        return {"version": tried.version, **counts, "items": items, "next": None}

    @routes.get("/classification/examples", summary="What people decided at triage, oldest first, to train on")
    async def examples(principal: Trainer, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
        try:
            page = await desks.examples(cursor, limit)
        except ValueError:
            raise bad_cursor() from None
        shown = [found for found in page.items if open_to(found, opinions, principal)]
        return {"items": [_example(found) for found in shown], "next": page.next}

    return routes


def _example(found: Found) -> dict[str, Any]:
    view = found.view
    fact = view.classified
    if fact is None or view.registered is None:
        return {"subject": view.subject}
    return {
        "subject": view.subject,
        "text": view.registered.data.text_masked,
        "type": fact.data.type,
        "topic": fact.data.topic,
        "unit": fact.data.units[0].unit if fact.data.units else None,
        "exclusion": fact.data.exclusion,
        "emergency_lines": list(fact.data.emergency_lines),
        "hazard": fact.data.hazard,
        "decided_by": fact.data.decided_by,
        "decided_at": fact.time.isoformat(),
        "agreed_with_machine": view.decisions[0].data.agreed_with_machine if view.decisions else None,
    }
