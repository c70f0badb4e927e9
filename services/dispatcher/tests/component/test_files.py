"""Files of a unit: with a reply, and with a special written extension."""

from typing import Any

from contracts.words import Role

FILE = "0a1b2c3d-0000-4000-8000-000000000001"


async def in_hand(desk: Any, subject: str) -> str:
    """An order that its unit has received."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    await desk.unit(number, "confirm_receipt")
    return number


async def test_a_reply_carries_its_files_and_the_centre_s_page_links_them(desk: Any) -> None:
    number = await in_hand(desk, "f1")
    await desk.unit(number, "reply", public_text="已修好", signer="甲", attachments=[FILE])
    assert desk.heard[-1].data.attachments == (FILE,)
    page = await desk.http.get("/desk/orders/f1", headers={**desk.token(Role.REVIEWER), "Accept": "text/html"})
    assert f'href="/attachments/{FILE}"' in page.text


async def test_a_special_extension_needs_law_and_file_and_too_many_or_odd_file_ids_are_refused(desk: Any) -> None:
    number = await in_hand(desk, "f2")
    ask = {"working_days": 30, "reason": "需鉴定", "special": True, "law": "建设工程质量管理条例"}
    assert (await desk.unit(number, "request_extension", **ask)).json()["code"] == "special_needs_file"
    assert (await desk.unit(number, "request_extension", **ask, attachment_id="../etc/passwd")).status_code == 422
    assert (await desk.unit(number, "request_extension", **ask, attachment_id=FILE)).status_code == 200
    many = [f"{FILE}{at}" for at in range(11)]
    refused = await desk.unit(number, "reply", public_text="x", signer="甲", attachments=many)
    assert refused.status_code == 422
    page = await desk.http.get(
        "/desk/unit/f2", headers={**desk.token(Role.UNIT_HANDLER, unit="water-group"), "Accept": "text/html"}
    )
    assert 'name="special" value="true"' in page.text
