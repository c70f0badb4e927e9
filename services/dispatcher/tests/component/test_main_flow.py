"""From classification to the approved result, over HTTP."""

from typing import Any

from contracts.events import revisit as rv
from contracts.words import AppealType, Role, Service


async def test_an_order_goes_to_its_unit_under_a_standing_sign_off_and_comes_back_approved(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("a1")
    assert (await desk.unit(number, "confirm_receipt")).status_code == 200
    await desk.unit(number, "record_contact", method="phone", result="已联系，告知抢修时间")
    replied = await desk.unit(number, "reply", public_text="已恢复供水", signer="值班长")
    assert replied.json()["events"] == [{"type": "work_order.replied", "unit": "water-group", "round": 1, "number": 1}]
    reviewed = await desk.centre(f"/work-orders/{number}/review", {**desk.approval, "number": 1}, Role.REVIEWER)
    assert reviewed.status_code == 200
    assert desk.types("a1") == ["signed", "dispatched", "received", "contacted", "replied", "approved"]
    messages = await desk.messages()
    assert [(m["type"], m["work_order_seq"]) for m in messages] == [("assignment", 1), ("approved", 2)]
    assert messages[0]["standing_sign_off"] == "routine-2026"
    assert (await desk.order(number))["state"] == "RETURN_VISIT"


async def test_without_a_standing_sign_off_the_duty_officer_signs(desk: Any) -> None:
    number = await desk.appeal("a2")
    assert desk.types("a2") == ["awaiting_signature"]
    assert await desk.messages() == []
    waiting = await desk.http.get("/work-orders?desk=signature", headers=desk.token(Role.DUTY_OFFICER))
    assert [item["number"] for item in waiting.json()["items"]] == [number]
    signed = await desk.centre(f"/work-orders/{number}/signature")
    assert signed.status_code == 200
    assert desk.types("a2") == ["awaiting_signature", "signed", "dispatched"]
    assert [m["type"] for m in await desk.messages()] == ["assignment"]


async def test_a_revoked_sign_off_forwards_nothing_more(desk: Any) -> None:
    await desk.standing()
    assert (await desk.centre("/sign-offs/routine-2026/revocation")).status_code == 200
    await desk.appeal("a3")
    assert desk.types("a3") == ["awaiting_signature"]


async def test_an_inquiry_that_the_knowledge_base_knows_is_answered_at_once_and_cited(desk: Any) -> None:
    number = await desk.appeal(
        "a4", "请问居住证怎么办理，需要什么材料", type=AppealType.INQUIRY, topic="security.police.household"
    )
    assert desk.types("a4") == ["answered_directly"]
    answer = next(fact.data for fact in desk.heard if fact.subject == "a4")
    assert (answer.knowledge_item, answer.knowledge_version) == ("residence-permit", "2026.1")
    assert "residence-permit" in answer.public_text
    assert (await desk.order(number))["state"] == "ANSWERED_DIRECTLY"


async def test_the_same_command_id_again_gets_the_same_answer_and_another_body_is_refused(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("a5")
    first = await desk.unit(number, "confirm_receipt", key="k1")
    again = await desk.unit(number, "confirm_receipt", key="k1")
    other = await desk.unit(number, "record_contact", key="k1", method="phone", result="x")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert other.status_code == 422
    assert desk.types("a5").count("received") == 1


async def test_what_a_unit_writes_is_masked_before_it_becomes_a_fact(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("a6")
    await desk.unit(number, "confirm_receipt")
    await desk.unit(number, "record_contact", method="phone", result="已打13812345678，可再打0375-2600100")
    contact = next(fact.data for fact in desk.heard if fact.type == "work_order.contacted")
    assert "13812345678" not in contact.result
    assert "0375-2600100" in contact.result


async def test_a_redo_goes_back_to_the_original_unit_in_the_next_round(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("a7")
    await desk.unit(number, "confirm_receipt")
    await desk.unit(number, "reply", public_text="已处理", signer="甲")
    await desk.centre(f"/work-orders/{number}/review", desk.approval, Role.REVIEWER)
    redo = rv.RedoOrdered(unit="water-group", round=2, number="CH1", reasons=("未解决",), audited_by="audit")
    await desk.tell("a7", Service.REVISIT, redo)
    assert desk.types("a7")[-1] == "dispatched"
    assert [(m["type"], m["work_order_seq"]) for m in await desk.messages()] == [
        ("assignment", 1), ("approved", 2), ("assignment", 3),
    ]  # fmt: skip
    assert (await desk.unit(number, "reply", public_text="再次处理", signer="甲")).json()["code"] == "not_received"
    await desk.unit(number, "confirm_receipt")
    again = await desk.unit(number, "reply", public_text="再次处理", signer="甲")
    assert again.json()["events"][0]["round"] == 2
