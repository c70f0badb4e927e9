"""The triage desk as a page: dangerous first, decided with one key."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response

from chassis.auth import Principal, allow
from chassis.document import Answer, Command
from chassis.documents import Documents
from chassis.ids import Ids
from chassis.pages.shell import PageShell, language_of
from chassis.problems import Problem
from classifier.closed import open_to, opened
from classifier.domain.triage import Choice
from classifier.pages.notices import notice_of
from classifier.pages.triage_item import triage_item
from classifier.ports import Desks, Opinions
from classifier.use_cases.claim_triage import claim_triage
from classifier.use_cases.decide_triage import decide_triage
from contracts.words import AppealType, Exclusion, Lane, Role

Watcher = Annotated[Principal, allow(Role.TRIAGE_OFFICER, Role.DUTY_OFFICER)]
Officer = Annotated[Principal, allow(Role.TRIAGE_OFFICER)]
Subject = Annotated[str, Path(min_length=1, max_length=128)]
Word = Annotated[str, Form(max_length=200)]
SHOWN = 20


def router(
    shell: PageShell,
    documents: Documents,
    desks: Desks,
    opinions: Opinions,
    ids: Ids,
    real_now: Callable[[], datetime],
) -> APIRouter:
    """The list, one appeal, and the buttons of both."""
    pages = APIRouter()

    async def desk(
        request: Request, principal: Principal, cursor: str | None = None, notice: dict[str, str] | None = None
    ) -> Response:
        try:
            page = await desks.triage(cursor, SHOWN)
        except ValueError:
            raise Problem(422, "Invalid input", "The cursor is not one of ours.", field="query.cursor") from None
        language = language_of(request)
        found_open = [found for found in page.items if open_to(found, opinions, principal)]
        items = [triage_item(found, opinions, ids, real_now(), language) for found in found_open]
        return shell.render(request, "classifier/triage.html", items=items, next=page.next, notice=notice)

    @pages.get("/desk/triage")
    async def waiting(request: Request, principal: Watcher, cursor: str | None = None) -> Response:
        return await desk(request, principal, cursor)

    @pages.get("/desk/triage/{subject}")
    async def one(request: Request, subject: Subject, principal: Watcher) -> Response:
        found = await opened(documents, opinions, subject, principal, "read")
        language = language_of(request)
        item = triage_item(found, opinions, ids, real_now(), language)
        words = 0 if language == "zh" else 1
        return shell.render(
            request,
            "classifier/triage_one.html",
            item=item,
            types=[(str(kind), shell.catalogue.text(language, f"appeal_type.{kind}")) for kind in AppealType],
            topics=[(key, names[words]) for key, names in opinions.topics.items()],
            units=list(opinions.units.items()),
            exclusions=[
                ("", shell.catalogue.text(language, "triage.no_exclusion")),
                *((str(ground), shell.catalogue.text(language, f"exclusion.{ground}")) for ground in Exclusion),
            ],
        )

    @pages.post("/desk/triage/{subject}")
    async def decided(
        request: Request,
        subject: Subject,
        principal: Officer,
        command_id: Annotated[str, Form(min_length=1, max_length=128)],
        claim: Word = "",
        type: Word = "",
        topic: Word = "",
        unit: Word = "",
        exclusion: Word = "",
        lines: Word = "",
    ) -> Response:
        await opened(documents, opinions, subject, principal, "claim" if claim else "decision")
        form: dict[str, Any] = {"subject": subject, "claim": claim, "type": type, "topic": topic, "unit": unit}
        command = Command.of(principal.user, command_id, {**form, "exclusion": exclusion, "lines": lines})
        if claim:
            answer: Answer = await documents.answer(subject, claim_triage(command, real_now()), command)
        else:
            choice = _choice(type, topic, unit, exclusion, lines)
            step = decide_triage(command, choice, opinions, documents.now(), real_now())
            lane = Lane.EMERGENCY if choice.emergency_lines else Lane.ORDINARY
            answer = await documents.answer(subject, step, command, lane)
        done = "" if claim else shell.catalogue.text(language_of(request), "triage.done")
        return await desk(request, principal, notice=notice_of(answer, language_of(request), done))

    return pages


def _choice(kind: str, topic: str, unit: str, exclusion: str, lines: str) -> Choice:
    named = tuple(line.strip() for line in lines.replace("\uff0c", ",").split(",") if line.strip())
    if not all(line.isascii() and line.isdigit() and 3 <= len(line) <= 8 for line in named) or len(named) > 5:
        raise Problem(422, "Invalid input", "A line is 3 to 8 digits.", field="body.lines")
    try:
        return Choice(
            type=AppealType(kind),
            topic=topic,
            units=(unit,) if unit else (),
            exclusion=Exclusion(exclusion) if exclusion else None,
            emergency_lines=named,
        )
    except ValueError:
        raise Problem(422, "Invalid input", "Type or exclusion is not known.", field="body.type") from None
