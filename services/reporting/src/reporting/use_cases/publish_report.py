"""Publishes a month's figures: small groups hidden, the text kept with its hash and the journal's head."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from chassis.document import Answer, Change, Command, Document, Step
from contracts.decision import Decision
from contracts.events.publication import ReportPublished
from reporting.domain.calendar_day import month_days, start_of
from reporting.domain.small_groups import published
from reporting.ports import Days, Journal, PublicationList, Publications
from reporting.use_cases.draw_figures import draw_figures


def report_subject(month: str) -> str:
    """The subject of a month's report, ``report:2026-03``."""
    return f"report:{month}"


async def publish_report(
    publications: Publications, journal: Journal, days: Days, month: str, command: Command
) -> Answer:
    """A new edition of the month's report. A month that is not over yet is refused (409)."""
    first, last = month_days(month)
    now = publications.now()
    begins, ends = start_of(first), start_of(last + timedelta(days=1))
    if ends > now:
        body = {"code": "month-not-over", "title": "The month is not over", "detail": "该月尚未结束", "field": "month"}
        return await publications.answer(
            report_subject(month), lambda _: Change(answer=Answer(status=409, body=body)), command
        )
    drawn = published(await draw_figures(journal, days, first, last))
    batch, head = await journal.sealed()
    content = json.dumps({"month": month, "journal": {"batch": batch, "hash": head}, **drawn}, ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    event = ReportPublished(
        report=report_subject(month), period_from=begins, period_to=ends, sha256=digest, by=command.user
    )
    decision = Decision(event=event, time=now, key=("command", command.user, command.command_id))
    return await publications.answer(report_subject(month), _step(decision, content, digest), command)


def _step(decision: Decision, content: str, digest: str) -> Step:
    def run(document: Document) -> Change:
        edition = 1 + sum(isinstance(fact.data, ReportPublished) for fact in document.facts)
        body: dict[str, Any] = {"report": document.subject, "edition": edition, "sha256": digest}
        return Change(
            decisions=(decision,),
            private={f"edition_{edition}": content, "latest": edition},
            answer=Answer(status=201, body=body),
        )

    return run


async def published_text(publications: PublicationList, month: str | None) -> str | None:
    """The latest edition's text, exactly as it was hashed; without a month, of the latest. None: not published."""
    if month is None:
        known = await publications.listed("report", 1)
        if not known:
            return None
        month = str(known[0]["month"])
    kept = (await publications.load(report_subject(month))).private
    text: str | None = kept.get(f"edition_{kept.get('latest')}")
    return text
