"""审核 with its checklist: what was found good is recorded with the decision."""

from typing import Any

import pytest

from contracts.words import Role

GOOD = ["answers-the-matter", "facts-and-measures", "plain-and-civil", "nothing-personal"]
WITHOUT = ["law-cited", "caller-contacted"]


async def replied(desk: Any, subject: str) -> str:
    """An order under review."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    await desk.unit(number, "confirm_receipt")
    await desk.unit(number, "reply", public_text="已修好", signer="甲")
    return number


async def test_the_points_found_good_are_recorded_when_sent_back_and_when_approved(desk: Any) -> None:
    number = await replied(desk, "c1")
    back = {"approve": False, "reasons": ["未写措施"], "checklist": GOOD[:1]}
    assert (await desk.centre(f"/work-orders/{number}/review", back, Role.REVIEWER)).status_code == 200
    await desk.unit(number, "reply", public_text="已修好，更换阀门", signer="甲")
    done = {"approve": True, "checklist": GOOD, "not_applicable": WITHOUT}
    assert (await desk.centre(f"/work-orders/{number}/review", done, Role.REVIEWER)).status_code == 200
    told = {fact.type: fact.data.checklist for fact in desk.heard if fact.type in REVIEWED}
    assert told == {"work_order.sent_back": tuple(GOOD[:1]), "work_order.approved": tuple(GOOD)}


REVIEWED = ("work_order.sent_back", "work_order.approved")


async def test_an_unknown_point_is_refused_and_the_page_lists_the_known_ones(desk: Any) -> None:
    number = await replied(desk, "c2")
    wrong = {"approve": True, "checklist": ["no-such-point"]}
    refused = await desk.centre(f"/work-orders/{number}/review", wrong, Role.REVIEWER)
    assert refused.json()["code"] == "unknown_point"
    page = await desk.http.get("/desk/orders/c2", headers={**desk.token(Role.REVIEWER), "Accept": "text/html"})
    assert "未泄露个人信息" in page.text
    form = {"key": "k", "approve": "true", "checklist": GOOD}
    told = await desk.http.post("/desk/orders/c2/review", data=form, headers=desk.token(Role.REVIEWER))
    assert "审核清单尚未逐项作答" in told.text
    form = {**form, "key": "k2", "not_applicable": WITHOUT}
    assert (await desk.http.post("/desk/orders/c2/review", data=form, headers=desk.token(Role.REVIEWER))).is_success
    await desk.quiet()
    assert desk.types("c2")[-1] == "approved"


@pytest.mark.parametrize(
    ("answers", "code", "named"),
    [
        ({}, "checklist_unanswered", "answers-the-matter"),
        ({"checklist": GOOD}, "checklist_unanswered", "law-cited"),
        ({"checklist": GOOD[1:], "not_applicable": [GOOD[0], *WITHOUT]}, "point_always_applies", GOOD[0]),
        ({"checklist": [*GOOD, *WITHOUT], "not_applicable": WITHOUT}, "point_answered_twice", "law-cited"),
    ],
)
async def test_a_result_is_not_approved_before_every_point_of_the_checklist_is_answered(
    desk: Any, answers: dict[str, Any], code: str, named: str
) -> None:
    number = await replied(desk, "c3")
    refused = await desk.centre(f"/work-orders/{number}/review", {"approve": True, **answers}, Role.REVIEWER)
    assert (422, code) == (refused.status_code, refused.json()["code"])
    assert named in refused.json()["text_en"]
    assert desk.types("c3")[-1] == "replied"


async def test_the_checklist_is_there_to_read_with_the_points_that_may_not_apply(desk: Any) -> None:
    points = (await desk.http.get("/review-checklist", headers=desk.token(Role.REVIEWER))).json()["items"]
    assert desk.approval["checklist"] == [point["id"] for point in points]
    assert WITHOUT == [point["id"] for point in points if point["may_not_apply"]]
