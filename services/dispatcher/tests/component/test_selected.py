"""Several orders at once on the desks: shown first, done together, each with its own answer."""

import re
from typing import Any

from contracts.words import Role


async def post(desk: Any, path: str, role: Role, form: dict[str, Any], **more: Any) -> str:
    """The page after a form was sent."""
    answer = await desk.http.post(path, data=form, headers=desk.token(role, **more))
    assert answer.status_code == 200, answer.text
    await desk.quiet()
    text: str = answer.text
    return text


async def test_the_duty_officer_looks_at_the_selected_and_signs_them_together(desk: Any) -> None:
    numbers = [await desk.appeal(f"s{at}") for at in range(3)]
    accused = await desk.appeal("sx", accused_unit="traffic-police")
    order = {"order": ["s0", "s1", "sx"]}
    preview = await post(desk, "/desk/duty/selected", Role.DUTY_OFFICER, order)
    assert [number in preview for number in numbers] == [True, True, False]
    assert accused in preview
    assert desk.types("s0") == ["awaiting_signature"]
    done = await post(desk, "/desk/duty/selected/signature", Role.DUTY_OFFICER, {"key": "k", **order})
    assert len(re.findall("已办", done)) == 3
    assert [desk.types(one)[-1] for one in ("s0", "s1", "sx")] == ["dispatched"] * 3
    assert desk.types("s2") == ["awaiting_signature"]
    again = await post(desk, "/desk/duty/selected/signature", Role.DUTY_OFFICER, {"key": "k", **order})
    assert desk.types("s0").count("dispatched") == 1
    assert "已办" in again
    reached = {fact.data.unit for fact in desk.heard if fact.type == "work_order.dispatched" and fact.subject == "sx"}
    assert reached == {"supervision-office"}


async def test_a_unit_confirms_the_selected_and_nobody_else_s(desk: Any) -> None:
    await desk.standing()
    for at in range(2):
        await desk.appeal(f"u{at}")
    other = await desk.appeal("u9", topic="energy.gas.leak")
    of_unit = {"role": Role.UNIT_HANDLER, "unit": "water-group"}
    listed = await desk.http.get("/desk/unit", headers={**desk.token(**of_unit), "Accept": "text/html"})
    assert 'name="order" value="u0"' in listed.text
    form = {"order": ["u0", "u1", "u9"]}
    preview = await post(desk, "/desk/unit/selected", form=form, **of_unit)
    assert other not in preview
    await post(desk, "/desk/unit/selected/confirm_receipt", form={"key": "k", **form}, **of_unit)
    assert [desk.types(one)[-1] for one in ("u0", "u1", "u9")] == ["received", "received", "dispatched"]


async def test_more_than_a_page_at_once_is_refused(desk: Any) -> None:
    form = {"order": [f"o{at}" for at in range(51)]}
    answer = await desk.http.post("/desk/duty/selected", data=form, headers=desk.token(Role.DUTY_OFFICER))
    assert answer.status_code == 422
