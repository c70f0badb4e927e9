"""What is no message is named by field, never by value; what is unknown is passed over."""

import json
from typing import Any

import pytest

from department_kit.message import MAX_BYTES, NotAMessage, read

GOOD: dict[str, Any] = {
    "id": "m",
    "type": "assignment",
    "subject": "s",
    "time": "2026-03-02T01:00:00+00:00",
    "work_order": "4104",
    "work_order_seq": 1,
    "a_field_of_tomorrow": [1],
}


def test_a_message_keeps_every_field_it_came_with() -> None:
    message = read(json.dumps(GOOD).encode())
    assert ("m", "assignment", "4104", 1) == (message.id, message.type, message.work_order, message.work_order_seq)
    assert [1] == message.body["a_field_of_tomorrow"]
    assert (None, None, None) == (message.accepted, message.command_id, message.refusal)


def test_an_answer_says_which_command_it_answers_and_why_it_was_refused() -> None:
    body = {**GOOD, "type": "command.refused", "command_id": "c1", "answer": {"code": "not_received"}}
    message = read({**body, "work_order_seq": None})
    assert (False, "c1", "not_received") == (message.accepted, message.command_id, message.refusal)
    assert (True, None) == (read({**body, "type": "command.accepted"}).accepted, read(GOOD).refusal)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"\xff", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"x" * (MAX_BYTES + 1), "larger than"),
        ({**GOOD, "id": None}, "id is missing"),
        ({**GOOD, "type": 7}, "type is missing"),
        ({**GOOD, "subject": ""}, "subject is missing"),
        ({**GOOD, "time": "yesterday"}, "time is no instant"),
        ({**GOOD, "work_order_seq": 0}, "no count"),
        ({**GOOD, "work_order_seq": True}, "no count"),
        ({**GOOD, "work_order_seq": "13812345678"}, "no count"),
    ],
)
def test_what_is_no_message_is_refused_by_field(wrong: Any, said: str) -> None:
    with pytest.raises(NotAMessage, match=said) as refused:
        read(wrong)
    assert "13812345678" not in str(refused.value)
