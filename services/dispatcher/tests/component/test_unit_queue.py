"""Units' commands over the broker: identity, turn, answers; and the feed that stands for a queue."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import infrastructure_now
from contracts.words import DeadlineKind, Role
from dispatcher.commands import UNIT_COMMAND

KNOWN = (
    "allowed values: answer_supervision, answer_urge, confirm_receipt, explain_delay, interim_reply, object, "
    "record_contact, record_site_visit, recuse, reply, request_extension, request_return."
)


async def queued(desk: Any, subject: str) -> str:
    """An order with its unit."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    return number


async def test_a_command_is_obeyed_and_answered_in_the_unit_s_own_queue(desk: Any) -> None:
    number = await queued(desk, "q1")
    body = {"command_id": "c1", "type": "confirm_receipt", "work_order": number}
    await desk.queue("water-group", body)
    await desk.queue("water-group", body)
    answers = [(m["type"], m.get("command_id")) for m in await desk.messages()]
    assert answers == [("assignment", None), ("command.accepted", "c1")]
    assert desk.types("q1").count("received") == 1


async def test_a_reply_that_overtakes_its_receipt_waits_and_is_obeyed_after_it(desk: Any) -> None:
    number = await queued(desk, "q2")
    reply = {
        "command_id": "c2",
        "type": "reply",
        "work_order": number,
        "public_text": "已修好，电话13812345678",
        "signer": "甲",
    }
    await desk.queue("water-group", reply)
    assert [m["type"] for m in await desk.messages()] == ["assignment"]
    stored = await desk.hosted.built.documents[0].load("q2")
    assert "13812345678" not in json.dumps(stored.private, ensure_ascii=False)
    await desk.queue("water-group", {"command_id": "c1", "type": "confirm_receipt", "work_order": number})
    assert desk.types("q2")[-2:] == ["received", "replied"]
    answers = [m["command_id"] for m in await desk.messages() if m["type"] == "command.accepted"]
    assert answers == ["c1", "c2"]


async def test_a_reply_whose_receipt_never_comes_is_refused_when_its_time_is_over(desk: Any) -> None:
    number = await queued(desk, "q3")
    reply = {"command_id": "c2", "type": "reply", "work_order": number, "public_text": "已修好", "signer": "甲"}
    await desk.queue("water-group", reply)
    orders = desk.hosted.built.documents[0]
    row = await orders.collection.find_one({"_id": "q3"})
    assert row["retry_at"] > infrastructure_now()
    waiting = [{**entry, "until": "2026-01-01T00:00:00+00:00"} for entry in row["private"]["waiting"]]
    past = infrastructure_now().replace(year=2020)
    await orders.collection.update_one({"_id": "q3"}, {"$set": {"private.waiting": waiting, "retry_at": past}})
    await orders.wakes.fire()
    await desk.quiet()
    refused = [m for m in await desk.messages() if m["type"] == "command.refused"]
    assert [(m["command_id"], m["answer"]["code"]) for m in refused] == [("c2", "not_received")]
    assert "retry_at" not in await orders.collection.find_one({"_id": "q3"})


async def test_a_unit_learns_nothing_about_another_unit_s_order(desk: Any) -> None:
    number = await queued(desk, "q4")
    await desk.queue("gas-company", {"command_id": "x", "type": "confirm_receipt", "work_order": number})
    await desk.queue("gas-company", {"command_id": "y", "type": "confirm_receipt", "work_order": "999"})
    answers = [(m["command_id"], m["answer"]["code"]) for m in await desk.messages("gas-company")]
    assert answers == [("x", "not_your_order"), ("y", "not_your_order")]


async def test_a_malformed_command_is_refused_by_field_and_one_without_a_user_is_parked(desk: Any) -> None:
    number = await queued(desk, "q5")
    await desk.queue("water-group", {"command_id": "z", "type": "reply", "work_order": number, "signer": "甲"})
    refused = (await desk.messages())[-1]
    assert (refused["type"], refused["answer"]["code"]) == ("command.refused", "invalid")
    assert refused["answer"]["field"].endswith("public_text")
    await desk.queue(None, {"command_id": "f", "type": "confirm_receipt", "work_order": number})
    parked = await desk.store.find(desk.store.collection("parked"), {})
    assert [row["reason"] for row in parked] == ["Permanent: a command without a unit's validated user"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"not json", "The body is not JSON"),
        (b"[]", "The body is not a JSON object"),
        (b'{"type": "confirm_receipt", "work_order": "1"}', "Field command_id is missing"),
        (b'{"type": "reply", "public_text": "' + b"x" * 300_000 + b'"}', "The body is larger than 262144 bytes"),
        (b'{"type": "13812345678", "work_order": "1"}', f"Field type is not one of the known values; {KNOWN}"),
        (b'{"type": "confirm_receipt", "work_order": "1", "atachment": 1}', "known fields: command_id, work_order, "),
        (
            b'{"type": "reply", "work_order": "1", "signer": 13812345678, "public_text": ""}',
            "Field signer must be text",
        ),
        (b'{"type": "reply", "work_order": "1", "signer": "x", "public_text": ""}', "Field public_text is too short"),
    ],
)
async def test_what_cannot_be_read_is_refused_under_its_message_s_id_and_changes_nothing(
    desk: Any, raw: bytes, said: str
) -> None:
    await queued(desk, "q8")
    before = desk.types("q8")
    await desk.queue("water-group", {}, raw=raw, message_id="mine-1")
    refused = (await desk.messages())[-1]
    assert ("command.refused", "mine-1", "invalid") == (
        refused["type"],
        refused["command_id"],
        refused["answer"]["code"],
    )
    assert said in refused["answer"]["text_en"]
    assert refused["answer"]["text_zh"].endswith("。")
    assert "13812345678" not in json.dumps(refused)
    assert before == desk.types("q8")


async def test_over_http_an_unreadable_command_is_refused_by_its_own_field_in_both_languages(desk: Any) -> None:
    number = await queued(desk, "q10")
    odd = (await desk.unit(number, "13812345678")).json()
    wrong = (await desk.unit(number, "reply", signer="甲", atachment=[])).json()
    assert ("body.type", "body.public_text") == (odd["field"], wrong["field"])
    assert KNOWN in odd["errors"][0]["text_en"]
    assert "允许的值：answer_supervision、" in odd["errors"][0]["text_zh"]
    assert "13812345678" not in json.dumps(odd)
    assert ["body.public_text", "body"] == [one["field"] for one in wrong["errors"]]
    missing, unknown = (one["text_en"] for one in wrong["errors"])
    assert missing.startswith("Field body.public_text is missing; expected text, at least 1 characters, ")
    assert unknown.startswith("The body holds a field that is not known; known fields: command_id, work_order, ")
    assert "received" not in desk.types("q10")


async def test_over_the_queue_a_third_extension_and_one_after_the_due_time_are_refused(desk: Any) -> None:
    number = await queued(desk, "q9")
    due = desk.clock.now() + timedelta(days=7)
    await desk.due("q9", DeadlineKind.RESOLVE, "water-group", due)
    await desk.queue("water-group", {"command_id": "c", "type": "confirm_receipt", "work_order": number})
    wish = {"type": "request_extension", "work_order": number, "working_days": 2, "reason": "零件在路上"}
    for at in (1, 2):
        await desk.queue("water-group", {"command_id": f"x{at}", **wish})
        granted = await desk.centre(f"/work-orders/{number}/extension-decision", {"granted": True})
        assert granted.status_code == 200
    await desk.queue("water-group", {"command_id": "x3", **wish})
    await desk.later(timedelta(days=30))
    await desk.queue("water-group", {"command_id": "x4", **wish})
    refused = {m["command_id"]: m["answer"]["code"] for m in await desk.messages() if m["type"] == "command.refused"}
    assert refused == {"x3": "third_extension", "x4": "extension_after_due"}
    assert desk.types("q9").count("extension_requested") == 2


async def test_a_program_that_sends_a_sequence_with_its_command_is_obeyed_and_no_document_asks_for_it(
    desk: Any,
) -> None:
    number = await queued(desk, "q11")
    sent = {"command_id": "c1", "type": "confirm_receipt", "work_order": number, "work_order_seq": 99_999}
    await desk.queue("water-group", sent)
    assert "received" == desk.types("q11")[-1]
    same = await desk.unit(number, "record_contact", method="电话", result="已联系", work_order_seq=1)
    assert same.status_code == 200
    assert "work_order_seq" not in json.dumps(UNIT_COMMAND.json_schema())


async def test_the_same_command_id_with_another_body_is_refused(desk: Any) -> None:
    number = await queued(desk, "q6")
    await desk.queue("water-group", {"command_id": "c1", "type": "confirm_receipt", "work_order": number})
    await desk.queue("water-group", {"command_id": "c1", "type": "object", "work_order": number, "reason": "x"})
    last = (await desk.messages())[-1]
    assert (last["type"], last["answer"]["code"]) == ("command.refused", "command_id_reused")


async def test_a_long_poll_returns_as_soon_as_something_comes(desk: Any) -> None:
    await desk.standing()
    reading = asyncio.create_task(desk.messages(wait=20))
    await asyncio.sleep(0.2)
    await desk.appeal("q7")
    messages = await asyncio.wait_for(reading, 5)
    assert [(m["type"], m["cursor"]) for m in messages] == [("assignment", 1)]
    assert await desk.messages(after=1) == []


async def test_a_unit_reads_only_its_own_messages(desk: Any) -> None:
    answer = await desk.http.get(
        "/units/water-group/messages", headers=desk.token(Role.UNIT_HANDLER, unit="gas-company")
    )
    assert answer.status_code == 403


async def test_the_trace_goes_out_with_the_order_and_comes_back_with_the_unit_s_reply(desk: Any) -> None:
    number = await queued(desk, "t1")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = {"command_id": "c1", "type": "confirm_receipt", "work_order": number}
    await desk.queue("water-group", sent, traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    received = next(fact for fact in desk.heard if fact.subject == "t1" and fact.type == "work_order.received")
    answer = (await desk.messages())[-1]
    assert "command.accepted" == answer["type"]
    assert [trace, trace] == [one.split("-")[1] for one in (received.traceparent, answer["traceparent"])]
