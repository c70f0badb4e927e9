"""Put a calendar or a policy into force. Table, event and answer are saved by one write, or nothing is."""

from collections.abc import Callable
from datetime import datetime

from chassis.document import Answer, Change, Command, Document
from contracts.decision import Decision
from contracts.events.deadline import CalendarLoaded, PolicyLoaded
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.refusal import Refusal
from sla_monitor.domain.tables_in_force import LoadedTable, TableKind, Tables, new_calendar, new_policy
from sla_monitor.ports import TableDocuments
from sla_monitor.use_cases.answers import refused

InForce = Callable[[Document], Tables]
"""What the document's tables make of the shipped ones."""


def loaded_tables(document: Document) -> tuple[LoadedTable, ...]:
    """The tables a document holds, in the order of loading."""
    kept = sorted((int(name[1:]), value) for name, value in document.private.items() if name[:1] == "t")
    return tuple(
        LoadedTable(version=row["version"], text=row["text"], loaded_at=row["at"], by=row["by"]) for _, row in kept
    )


async def load_calendar(
    documents: TableDocuments, shipped: Calendar, in_force: InForce, text: str, jurisdiction: str, command: Command
) -> Answer:
    """201 with the version and its years; 422 with line and reason for a bad table; 409 for one that may not follow."""

    def step(document: Document) -> Change:
        known = (shipped.version, *(one.version for one in loaded_tables(document)))
        calendar = new_calendar(text, jurisdiction, in_force(document).calendar, known)
        if isinstance(calendar, Refusal):
            return Change(answer=refused(calendar, 422 if calendar.code == "bad-table" else 409))
        years = tuple(sorted(calendar.announced))
        fresh = sorted(calendar.announced - in_force(document).calendar.announced) or years[-1:]
        source = "; ".join(calendar.sources[year] for year in fresh)[:20_000]
        event = CalendarLoaded(version=calendar.version, years=years, source=source)
        now = documents.now()
        decision = Decision(event=event, time=now, key=("command", command.user, command.command_id))
        body = {"version": calendar.version, "years": list(years), "loaded_at": now.isoformat()}
        return Change(
            decisions=(decision,),
            private=_kept(document, calendar.version, text, now, command.user),
            answer=Answer(status=201, body=body),
        )

    return await documents.answer(TableKind.CALENDAR, step, command)


async def load_policy(
    documents: TableDocuments, policies: Callable[[Document], Policies], text: str, command: Command
) -> Answer:
    """201 with version, jurisdiction and effective date; refused as a calendar is."""

    def step(document: Document) -> Change:
        now = documents.now()
        policy = new_policy(text, policies(document), now)
        if isinstance(policy, Refusal):
            return Change(answer=refused(policy, 422 if policy.code == "bad-table" else 409))
        body = {
            "version": policy.version,
            "jurisdiction": policy.jurisdiction,
            "effective_from": policy.effective_from.isoformat(),
            "applies_to_open": policy.applies_to_open,
        }
        event = PolicyLoaded(
            version=policy.version,
            jurisdiction=policy.jurisdiction,
            effective_from=policy.effective_from,
            applies_to_open=policy.applies_to_open,
            by=command.user,
        )
        decision = Decision(event=event, time=now, key=("command", command.user, command.command_id))
        return Change(
            decisions=(decision,),
            private=_kept(document, f"{policy.jurisdiction}/{policy.version}", text, now, command.user),
            answer=Answer(status=201, body=body),
        )

    return await documents.answer(TableKind.POLICY, step, command)


def _kept(document: Document, version: str, text: str, now: datetime, by: str) -> dict[str, object]:
    name = f"t{len(loaded_tables(document)) + 1}"
    return {name: {"version": version, "text": text, "at": now, "by": by}}
