"""Whatever leaves for a unit has the shape that departments were promised, field for field."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from contracts.decision import Message
from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.events import ladder
from contracts.events import work_order as wo
from contracts.messages import TO_UNIT, to_unit
from contracts.schemas import message_schema
from contracts.words import Clock, DeadlineKind, Outcome, SupervisionKind, UnitPart, Urgency
from dispatcher import shipped_tables
from dispatcher.domain.notices import notices

UNIT: dict[str, Any] = {"unit": "water-group", "round": 1}


def as_sent(message: Message) -> dict[str, Any]:
    """The body with what the chassis adds to every message."""
    return {"id": "m", "subject": "s", "time": message.time.isoformat(), "traceparent": None, **message.body}


def faults(body: Mapping[str, Any]) -> list[str]:
    """What differs from the contract of its type; a field that the contract does not know differs too."""
    schema = {**message_schema(TO_UNIT[body["type"]]), "additionalProperties": False}
    found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(body)
    return [f"{body['type']}: {error.message}" for error in found]


def test_every_notice_to_a_unit_is_as_the_contract_says(told: Any) -> None:
    due = told.now + timedelta(days=5)
    clock = {"kind": DeadlineKind.RESOLVE, "clock": Clock.UNIT, "number": 1, **UNIT}
    versions = {"provisional": False, "policy_version": "1", "calendar_version": "1", "steps": ()}
    told.registered(place=ap.Place(text="建设路18号", area_code="410402")).classified()
    for event in (
        dl.DeadlineSet(deadline="d", due=due, **clock, **versions),
        wo.Dispatched(part=UnitPart.LEAD, mode="FORWARD", urgency=Urgency.NORMAL, signed_by="a", **UNIT),
        wo.DeemedReceived(**UNIT),
        ap.AppealSupplemented(text_masked="还没来水", channel=told.facts[0].data.channel, repeat=True),
        ap.SupplementJudged(supplement="intake-2"),
        dl.DeadlineRecomputed(deadline="d", previous=due, due=due, why="x", **clock, **versions),
        wo.ReturnDecided(number=1, accepted=False, by="o", reason="r", **UNIT),
        wo.ExtensionDecided(number=1, granted=True, working_days=2, by="o", **UNIT),
        ladder.UrgeIssued(urge="CB", number=1, kind=DeadlineKind.RESOLVE, deadline="d", reply_due=due, **UNIT),
        ladder.UrgeWithdrawn(urge="CB", reason="r", **UNIT),
        ladder.SupervisionOpened(
            supervision="DB", kind=SupervisionKind.SYSTEM, number=1, trigger="overdue", due=due, **UNIT
        ),
        ladder.SupervisionLifted(supervision="DB", kind=SupervisionKind.SYSTEM, reason="r", **UNIT),
        wo.SentBack(number=1, by="r", reasons=("x",), **UNIT),
        wo.Approved(number=2, by="r", **UNIT),
        wo.Designated(unit="water-group", by="o"),
        ap.AppealClosed(outcome=Outcome.RESOLVED),
        wo.Recalled(reason="r", **UNIT),
    ):
        told.tell(event)
    sent = [as_sent(message) for message in notices(told.facts, shipped_tables.tables())]
    assert [] == [fault for body in sent for fault in faults(body)]
    promised = {name for name, cls in TO_UNIT.items() if issubclass(cls, to_unit.Notice)}
    assert promised == {body["type"] for body in sent}


def test_a_field_that_was_not_promised_and_one_that_is_missing_are_seen() -> None:
    body = {"type": "closed", "id": "m", "subject": "s", "time": "2026-03-02T01:00:00+00:00", "more": 1}
    assert any("more" in fault for fault in faults(body))
    assert any("outcome" in fault for fault in faults(body))
