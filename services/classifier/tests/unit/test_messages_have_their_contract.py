"""Whatever leaves for an emergency line has the shape that lines were promised, field for field."""

from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from chassis.document import Command, Document
from classifier.domain import handover
from classifier.domain.view import fold
from classifier.use_cases.answer_handover import acknowledge
from contracts.codec import encode
from contracts.decision import Message
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered, Place
from contracts.events.emergency import EmergencyDeclined, EmergencyLowered, EmergencyPaged
from contracts.messages import TO_LINE
from contracts.schemas import message_schema
from contracts.words import Channel, Service

T = datetime(2026, 3, 2, 1, tzinfo=UTC)
POLICE, FIRE = "EMn1-110", "EMn1-119"


def _facts(*events: Event) -> list[Fact[Event]]:
    place = Place(text="建设路18号", area_code="410402", latitude=33.7, longitude=113.2)
    registered = AppealRegistered(
        number="n1", jurisdiction="j", area="a", channel=Channel.PHONE, text_masked="起火,有人打架", place=place
    )
    facts = [_fact(Service.INTAKE, 1, registered)]
    raised = handover.raising(fold("a1", facts), ("119", "110"), T, T)
    own = (*(one.event for one in raised), *events)
    return facts + [_fact(Service.CLASSIFIER, place + 1, event) for place, event in enumerate(own)]


def _fact(source: Service, sequence: int, data: Event) -> Fact[Event]:
    return Fact(id=f"{source}{sequence}", source=source, subject="a1", sequence=sequence, time=T, data=data)


def _faults(message: Message) -> list[str]:
    body: dict[str, Any] = {"id": "m", "subject": "s", "time": message.time.isoformat(), "traceparent": None}
    body |= message.body
    schema = {**message_schema(TO_LINE[body["type"]]), "additionalProperties": False}
    found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(body)
    return [f"{body['type']}: {error.message}" for error in found]


def test_hand_over_page_offer_and_lowering_are_as_the_contract_says() -> None:
    facts = _facts(
        EmergencyPaged(line="110", reference=POLICE, page=2, target="line"),
        EmergencyDeclined(line="119", reference=FIRE, reason="不属本线", by="line.119"),
        EmergencyLowered(line="119", reference=FIRE, reason="误报", by="officer"),
    )
    sent = handover.messages(fold("a1", facts))
    assert [] == [fault for message in sent for fault in _faults(message)]
    assert {"handover", "offer", "lowered"} == {message.body["type"] for message in sent}


def test_the_answers_to_a_line_s_commands_are_as_the_contract_says() -> None:
    document = Document("a1", {"facts": [{"b": encode(fact).decode()} for fact in _facts()]})
    told: dict[str, Message] = {}
    for number, reference in (("1", FIRE), ("2", "EM-nobody-119")):
        command = Command.of("line.119", number, {"reference": reference})
        change = acknowledge(command, reference, "119", "X1", T, told=True)(document)
        assert change is not None
        told |= {str(message.body["type"]): message for message in change.messages}
    assert {"command.accepted", "command.refused"} == set(told)
    assert [] == [fault for message in told.values() for fault in _faults(message)]
