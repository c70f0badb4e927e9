"""The knowledge base: edited over HTTP, versioned, found in Chinese, cited with its version."""

from typing import Any

import httpx

from contracts.words import AppealType, Role

ITEM = {
    "title": "公交卡遗失补办",
    "topics": ["transport.bus"],
    "must": [["公交卡"], ["丢", "遗失", "补办"]],
    "questions": ["公交卡丢了怎么补办", "公交卡遗失后余额怎么办"],
    "answer": "带身份证到任一公交卡服务点挂失补办，工本费二十元，余额七日后转入新卡。",
    "source": "公交卡使用办法",
}


async def put(desk: Any, item: str, role: Role = Role.PUBLISHER, **more: Any) -> httpx.Response:
    """Send an item."""
    answer: httpx.Response = await desk.http.put(
        f"/knowledge/{item}", json={"base_version": "2026.1", **ITEM, **more}, headers=desk.token(role)
    )
    return answer


async def test_a_new_item_answers_at_once_and_is_cited_with_the_version_it_made(desk: Any) -> None:
    assert (await put(desk, "bus-card-lost")).json() == {"version": "2026.1+1", "id": "bus-card-lost"}
    found = await desk.http.get("/knowledge", params={"q": "公交卡丢失补办"}, headers=desk.token(Role.AGENT))
    assert found.json()["items"][0]["id"] == "bus-card-lost"
    await desk.appeal("k1", "请问公交卡丢了怎么补办", type=AppealType.INQUIRY, topic="transport.bus.card")
    answer = next(fact.data for fact in desk.heard if fact.type == "work_order.answered_directly")
    assert (answer.knowledge_item, answer.knowledge_version) == ("bus-card-lost", "2026.1+1")
    assert "版本 2026.1+1" in answer.public_text


async def test_who_edits_an_old_version_is_told_so_and_the_history_says_who_changed_what(desk: Any) -> None:
    await put(desk, "bus-card-lost")
    assert (await put(desk, "bus-card-lost", title="旧版")).status_code == 409
    assert (await put(desk, "bus-card-lost", base_version="2026.1+1", title="新版")).status_code == 200
    shown = (await desk.http.get("/knowledge/bus-card-lost", headers=desk.token(Role.AGENT))).json()
    assert (shown["version"], shown["item"]["title"]) == ("2026.1+2", "新版")
    assert [(one["item"]["title"], one["by"]) for one in shown["history"]] == [
        ("新版", "publisher"), ("公交卡遗失补办", "publisher"),
    ]  # fmt: skip


async def test_a_withdrawn_item_answers_no_more_and_keeps_its_history(desk: Any) -> None:
    await put(desk, "bus-card-lost")
    body = {"base_version": "2026.1+1"}
    headers = desk.token(Role.PUBLISHER)
    gone = await desk.http.post("/knowledge/bus-card-lost/withdrawal", json=body, headers=headers)
    assert gone.json()["version"] == "2026.1+2"
    found = await desk.http.get("/knowledge", params={"q": "公交卡丢失补办"}, headers=headers)
    assert "bus-card-lost" not in {item["id"] for item in found.json()["items"]}
    shown = (await desk.http.get("/knowledge/bus-card-lost", headers=headers)).json()
    assert (shown["item"], len(shown["history"])) == (None, 2)


async def test_a_bad_item_and_a_wrong_role_change_nothing(desk: Any) -> None:
    assert (await put(desk, "bus-card-lost", must=[])).status_code == 422
    assert (await put(desk, "bus-card-lost", answer="短")).status_code == 422
    assert (await put(desk, "bus-card-lost", role=Role.AGENT)).status_code == 403
    shown = await desk.http.get("/knowledge/bus-card-lost", headers=desk.token(Role.AGENT))
    assert shown.status_code == 404
