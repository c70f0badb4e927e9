"""The emergency board as a page: red until somebody takes it. A line's operator sees that line's cases only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response

from chassis.auth import Principal, allow
from chassis.document import Command, Step
from chassis.documents import Documents
from chassis.ids import Ids
from chassis.pages.shell import PageShell, language_of
from chassis.problems import Problem
from classifier.domain.emergency_case import TO_DUTY_OFFICER, Case
from classifier.domain.view import View, fold
from classifier.pages.notices import notice_of
from classifier.ports import Desks
from classifier.use_cases.answer_handover import acknowledge, decline, lower, take
from contracts.words import Lane, Role

Watcher = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.TRIAGE_OFFICER, Role.LINE_OPERATOR)]
Actor = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.LINE_OPERATOR)]
Reference = Annotated[str, Path(min_length=1, max_length=200)]
SHOWN = 100

_DEEDS = {
    "take": (Role.DUTY_OFFICER, "line_reference", "main"),
    "lower": (Role.DUTY_OFFICER, "reason", "quiet"),
    "acknowledge": (Role.LINE_OPERATOR, "line_reference", "main"),
    "decline": (Role.LINE_OPERATOR, "reason", "quiet"),
}
"""What may be done, by whom, and which word it asks for."""


def router(shell: PageShell, documents: Documents, desks: Desks, ids: Ids) -> APIRouter:
    """The board, one case, and what can be done with it."""
    pages = APIRouter()

    async def case_page(
        request: Request, reference: str, principal: Principal, notice: dict[str, str] | None = None
    ) -> Response:
        view, case = await _case(documents, desks, reference, principal)
        deeds = [
            {"name": name, "asks": asks, "tone": tone, "command_id": ids.fresh()}
            for name, (role, asks, tone) in _DEEDS.items()
            if principal.is_any(role)
        ]
        return shell.render(
            request,
            "classifier/emergency_one.html",
            row=_row(view, case, documents.now()),
            course=_course(case, lambda key: shell.catalogue.text(language_of(request), f"emergencies.{key}")),
            deeds=deeds,
            notice=notice,
        )

    @pages.get("/desk/emergency")
    async def board(
        request: Request, principal: Watcher, only_open: Annotated[bool, Query(alias="open")] = True
    ) -> Response:
        now = documents.now()
        page = await desks.emergencies(only_open=only_open, cursor=None, limit=SHOWN)
        rows = [
            _row(found.view, case, now)
            for found in page.items
            for case in found.view.cases
            if (case.open or not only_open) and _sees(principal, found.view, case)
        ]
        return shell.render(request, "classifier/emergencies.html", rows=rows, only_open=only_open)

    @pages.get("/desk/emergency/{reference}")
    async def one(request: Request, reference: Reference, principal: Watcher) -> Response:
        return await case_page(request, reference, principal)

    @pages.post("/desk/emergency/{reference}")
    async def done(
        request: Request,
        reference: Reference,
        principal: Actor,
        command_id: Annotated[str, Form(min_length=1, max_length=128)],
        deed: Annotated[str, Form(max_length=20)],
        words: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        view, _ = await _case(documents, desks, reference, principal)
        if deed not in _DEEDS or not principal.is_any(_DEEDS[deed][0]):
            raise Problem(403, "Forbidden", "Your roles do not open this door.", "wrong-role")
        said = words.strip()
        if not said and deed != "take":
            raise Problem(422, "Invalid input", "A reason or reference is needed.", field="body.words")
        command = Command.of(principal.user, command_id, {"deed": deed, "reference": reference, "words": said})
        step = _step(documents, principal, command, deed, reference, said)
        answer = await documents.answer(view.subject, step, command, Lane.EMERGENCY)
        return await case_page(request, reference, principal, notice_of(answer, language_of(request), ""))

    return pages


def _step(documents: Documents, principal: Principal, command: Command, deed: str, reference: str, said: str) -> Step:
    now, line = documents.now(), principal.line or ""
    match deed:
        case "take":
            return take(command, reference, said or f"duty-{reference}", now)
        case "lower":
            return lower(command, reference, said, now)
        case "acknowledge":
            return acknowledge(command, reference, line, said, now, told=False)
        case _:
            return decline(command, reference, line, said, now, told=False)


async def _case(documents: Documents, desks: Desks, reference: str, principal: Principal) -> tuple[View, Case]:
    subject = await desks.by_reference(reference)
    document = await documents.load(subject) if subject is not None else None
    view = fold(document.subject, document.facts) if document is not None else None
    case = view.case(reference) if view is not None else None
    if view is None or case is None or not _sees(principal, view, case):
        raise Problem(404, "Not found", "No hand-over has this reference.", "unknown-reference")
    return view, case


def _sees(principal: Principal, view: View, case: Case) -> bool:
    if principal.is_any(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.TRIAGE_OFFICER):
        return True
    offered = case.declined is not None and any(other.line == principal.line for other in view.cases)
    return case.line == principal.line or offered


def _course(case: Case, t: Callable[[str], str]) -> list[dict[str, Any]]:
    """What happened to the hand-over, in order of time."""
    raised_by = t("machine") if case.raised_by == "machine" else case.raised_by
    course: list[dict[str, Any]] = [{"at": case.raised_at, "words": t("raised"), "note": raised_by, "tone": "bad"}]
    for page in case.pages:
        words = t("officer" if page.data.target == TO_DUTY_OFFICER else "paged")
        course.append({"at": page.time, "words": words, "note": "", "tone": "warn"})
    if case.declined is not None:
        declined = case.declined
        course.append({"at": declined.time, "words": t("declined"), "note": declined.data.reason, "tone": "bad"})
    if case.acknowledged is not None:
        taken = case.acknowledged
        note = f"{taken.data.by} · {taken.data.line_reference}"
        course.append({"at": taken.time, "words": t("acknowledged"), "note": note, "tone": "good"})
    if case.lowered is not None:
        lowered = case.lowered
        note = f"{lowered.data.by} · {lowered.data.reason}"
        course.append({"at": lowered.time, "words": t("lowered"), "note": note, "tone": "plain"})
    return sorted(course, key=lambda moment: moment["at"])


def _row(view: View, case: Case, now: datetime) -> dict[str, Any]:
    if case.acknowledged is not None:
        state, tone = "acknowledged", "good"
    elif case.lowered is not None:
        state, tone = "lowered", "plain"
    else:
        state, tone = ("declined" if case.declined is not None else "red"), "bad"
    return {
        "subject": view.subject,
        "number": view.number,
        "case": case,
        "state": state,
        "tone": tone,
        "pages": 1 + len(case.pages),
        "waited": max(timedelta(), now - case.raised_at),
        "text": "\n".join(view.texts),
    }
