"""What every command does: run a rule on the order as it is, record its events or its refusal, and keep the answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chassis.clock import infrastructure_now
from chassis.document import Answer, Change, Command, Document
from contracts.decision import Decision
from contracts.events import Event
from contracts.events import work_order as wo
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.row import state_of
from dispatcher.domain.view import View, fold
from dispatcher.ports import Orders
from dispatcher.use_cases.link_orders import concerns_others

Rule = Callable[[View], Verdict]


def decided(document: Document, rule: Rule, command: Command, orders: Orders, attempt: str) -> Change:
    """The change for a command: its events with ids of its own (rule 3b), or the refusal, and the answer either way.

    What the guard refused is recorded under the name of the ``attempt``.
    """
    view = fold(document.facts)
    verdict = rule(view)
    now = orders.now()
    if isinstance(verdict, Refusal):
        attempts = (_barred(verdict, command, now, attempt),) if verdict.guards else ()
        return Change(decisions=attempts, answer=refused(verdict))
    decisions: list[Decision] = []
    for event in verdict:
        # Several events of one type (co-units) need ids of their own; the first has the plain one.
        same = sum(1 for one in decisions if type(one.event) is type(event))
        key = ("command", command.user, command.command_id, *((str(same),) if same else ()))
        decisions.append(Decision(event=event, time=now, key=key))
    # What another order is to hear of is carried there by the timer that this save sets.
    carry_at = infrastructure_now() if concerns_others(view, verdict) else None
    return Change(decisions=tuple(decisions), answer=accepted(view, verdict), retry_at=carry_at)


def _barred(refusal: Refusal, command: Command, now: datetime, attempt: str) -> Decision:
    event = wo.Barred(attempt=attempt, by=command.user, barred_unit=refusal.concerned)
    return Decision(event=event, time=now, key=("command", command.user, command.command_id))


def accepted(view: View, events: tuple[Event, ...]) -> Answer:
    """What an accepted command is answered."""
    told: list[dict[str, Any]] = []
    for event in events:
        one: dict[str, Any] = {"type": event.NAME}
        for name in ("unit", "round", "number"):
            value = getattr(event, name, None)
            if value is not None:
                one[name] = value
        told.append(one)
    return Answer(status=200, body={"accepted": True, "work_order": view.number, "events": told})


def refused(refusal: Refusal, status: int | None = None) -> Answer:
    """What a refused command is answered: a problem document with a code for programs."""
    status = status or refusal.status
    body: dict[str, Any] = {
        "type": f"urn:hotline12345:problem:{refusal.code}",
        "title": refusal.text_en,
        "status": status,
        "accepted": False,
        "code": refusal.code,
        "text_zh": refusal.text_zh,
        "text_en": refusal.text_en,
    }
    if refusal.field is not None:
        body["field"] = refusal.field
    return Answer(status=status, body=body)


async def state_now(orders: Orders, subject: str) -> str:
    """Where the order stands after all this."""
    return state_of(fold((await orders.load(subject)).facts))
