"""The revisit desk and the audit desk as pages."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response

from chassis.auth import Principal, allow
from chassis.document import Answer, Command
from chassis.ids import Ids
from chassis.masking import mask
from chassis.pages.shell import PageShell, language_of
from contracts.words import Role, Satisfaction, VisitMethod
from revisit.domain.audit import Finding
from revisit.domain.record_answer import Said
from revisit.domain.shown import shown
from revisit.domain.view import fold
from revisit.doors import listed, subject_of
from revisit.ports import Appeals, VisitList
from revisit.use_cases.audit_visit import audit_visit
from revisit.use_cases.record_answer import record_answer
from revisit.use_cases.record_attempt import record_attempt

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"
"""Folders that the page shell reads beside its own."""

PAGE = 50
Agent = Annotated[Principal, allow(Role.REVISIT_AGENT)]
Reviewer = Annotated[Principal, allow(Role.REVIEWER)]
Key = Annotated[str, Form(min_length=1, max_length=128)]
YesNo = Annotated[Literal["yes", "no"], Form()]


def router(appeals: Appeals, visits: VisitList, ids: Ids) -> APIRouter:
    """Both desks."""
    pages = APIRouter(include_in_schema=False)

    async def listing(request: Request, principal: Principal, state: str, cursor: str | None, title: str) -> Response:
        rows, after = await listed(visits, principal, state, cursor, PAGE)
        dated = [{**row, "due_at": datetime.fromisoformat(row["due"])} for row in rows]
        shell: PageShell = request.app.state.pages
        return shell.render(request, "revisit_list.html", rows=dated, next=after, state=state, title=title)

    async def one(
        request: Request, principal: Principal, visit: str, audit: bool, refused: Answer | None = None
    ) -> Response:
        subject = await opened(visit, principal, "read")
        one = shown(fold(subject, (await appeals.load(subject)).facts), visit)
        shell: PageShell = request.app.state.pages
        catalogue = shell.catalogue

        def words(key: str) -> str:
            return catalogue.text(language, key)

        language = language_of(request)
        tries = [
            {"at": datetime.fromisoformat(known["at"]), "words": words("visits.tried"), "note": known["by"]}
            for known in one["tries"]
        ]
        said = None if refused is None else refused.body.get("detail" if language == "zh" else "title")
        desk = "/desk/audit" if audit else "/desk/revisit"
        return shell.render(
            request,
            "revisit_one.html",
            shown=one,
            tries=tries,
            audit=audit,
            back=desk,
            path=f"{desk}/{visit}",
            key=ids.fresh(),
            refused=said,
            gives_up=datetime.fromisoformat(one["gives_up_at"]) if one["gives_up_at"] else None,
            methods=[(m.value, words(f"visit_method.{m}")) for m in VisitMethod],
            satisfactions=[(s.value, words(f"satisfaction.{s}")) for s in Satisfaction],
            yes_no=[("yes", words("visits.yes")), ("no", words("visits.no"))],
        )

    async def opened(visit: str, principal: Principal, attempt: str) -> str:
        return await subject_of(appeals, visits, visit, principal, attempt)

    async def done(request: Request, principal: Principal, visit: str, answer: Answer, audit: bool) -> Response:
        if answer.status >= 400:
            return await one(request, principal, visit, audit, answer)
        return Response(headers={"HX-Redirect": "/desk/audit" if audit else "/desk/revisit"})

    @pages.get("/desk/revisit")
    async def due(
        request: Request, principal: Agent, state: Literal["due", "link_sent"] = "due", cursor: str | None = None
    ) -> Response:
        return await listing(request, principal, state, cursor, "visits.title")

    @pages.get("/desk/revisit/{visit}")
    async def visit_page(request: Request, visit: str, principal: Agent) -> Response:
        return await one(request, principal, visit, audit=False)

    @pages.post("/desk/revisit/{visit}/answer")
    async def answer(
        request: Request,
        visit: str,
        principal: Agent,
        key: Key,
        method: Annotated[VisitMethod, Form()],
        satisfaction: Annotated[Satisfaction, Form()],
        solved: YesNo,
        result_true: YesNo,
        remark: Annotated[str, Form(max_length=2_000)] = "",
    ) -> Response:
        said = Said(
            method=method,
            satisfaction=satisfaction,
            solved=solved == "yes",
            result_true=result_true == "yes",
            remark_masked=mask(remark).text,
        )
        body = {"door": "answer", "visit": visit, "said": str(said)}
        command = Command.of(principal.user, key, body)
        given = await record_answer(appeals, await opened(visit, principal, "answer"), visit, said, command)
        return await done(request, principal, visit, given, audit=False)

    @pages.post("/desk/revisit/{visit}/attempts")
    async def attempt(
        request: Request, visit: str, principal: Agent, key: Key, method: Annotated[VisitMethod, Form()]
    ) -> Response:
        body = {"door": "attempts", "visit": visit, "method": method}
        command = Command.of(principal.user, key, body)
        given = await record_attempt(appeals, await opened(visit, principal, "attempt"), visit, method, command)
        return await done(request, principal, visit, given, audit=False)

    @pages.get("/desk/audit")
    async def audits(request: Request, principal: Reviewer, cursor: str | None = None) -> Response:
        return await listing(request, principal, "audit", cursor, "visits.audit_title")

    @pages.get("/desk/audit/{visit}")
    async def audit_page(request: Request, visit: str, principal: Reviewer) -> Response:
        return await one(request, principal, visit, audit=True)

    @pages.post("/desk/audit/{visit}")
    async def decide(
        request: Request,
        visit: str,
        principal: Reviewer,
        key: Key,
        unit_responsible: YesNo,
        reasons: Annotated[str, Form(max_length=2_000)] = "",
    ) -> Response:
        lines = tuple(mask(line.strip()[:200]).text[:200] for line in reasons.splitlines() if line.strip())[:10]
        finding = Finding(unit_responsible=unit_responsible == "yes", reasons=lines)
        body: dict[str, Any] = {"door": "audit", "visit": visit, "yes": unit_responsible, "reasons": lines}
        command = Command.of(principal.user, key, body)
        given = await audit_visit(appeals, await opened(visit, principal, "audit"), visit, finding, command)
        return await done(request, principal, visit, given, audit=True)

    return pages
