"""What a channel is answered, and what of it leaves intake."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from contracts.codec import encode
from contracts.words import Lane, Role
from intake import allocator
from intake.domain.number import well_formed

from .conftest import Intake


async def test_an_appeal_gets_a_number_and_the_same_key_gets_the_very_same_answer(intake: Intake) -> None:
    first = await intake.appeal(key="call-1")
    again = await intake.appeal(key="call-1")
    await intake.quiet()

    assert (201, 201) == (first.status_code, again.status_code)
    assert first.content == again.content
    assert well_formed(first.json()["number"])
    assert first.json()["number"].startswith("41040020260302000001")
    assert 8 == len(first.json()["query_code"])
    assert (False, []) == (first.json()["incomplete"], first.json()["missing"])
    assert 1 == len(intake.data("appeal.registered"))


async def test_an_ordinary_appeal_waits_for_company_and_a_suspect_of_an_emergency_for_nobody(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocator, "PACE_SECONDS", 3600.0)
    first = await intake.appeal(key="call-1")
    waiting = [asyncio.create_task(intake.appeal(key=f"call-{nth}")) for nth in (2, 3)]
    await asyncio.sleep(0.2)
    assert not any(one.done() for one in waiting)
    suspect = await intake.appeal("有人晕倒了，没有呼吸，快来人", key="call-4")

    assert not any(one.done() for one in waiting)
    assert ["000001", "000002"] == [answer.json()["number"][14:20] for answer in (first, suspect)]
    for one in waiting:
        one.cancel()


async def test_the_same_key_with_another_body_is_refused_and_leaves_nothing_behind(intake: Intake) -> None:
    await intake.appeal(key="call-1")
    other = await intake.appeal("另一件事，人民路漏水", key="call-1", message_id="another")

    assert 422 == other.status_code
    assert "idempotency-key" == other.json()["field"]
    assert 1 == await intake.store.collection("appeals").count_documents({})
    assert 1 == await intake.store.collection("vault").count_documents({"sealed": {"$exists": True}})


async def test_the_same_channel_message_under_another_key_is_the_same_appeal(intake: Intake) -> None:
    first = await intake.appeal(key="k1", message_id="m")
    again = await intake.appeal(key="k2", message_id="m")

    assert first.json() == again.json()


async def test_a_citizen_cannot_get_anothers_query_code_by_guessing_a_message_id(intake: Intake) -> None:
    first = await intake.appeal(key="k1", message_id="m", channel="app")
    body = {"channel": "app", "message_id": "m", "text": "人民路有坑", "caller": {"phone": "13900000000"}}
    stranger = {**intake.token(Role.CITIZEN, user="stranger"), "Idempotency-Key": "k1"}
    guessed = await intake.http.post("/appeals", json=body, headers=stranger)

    assert 201 == guessed.status_code
    assert first.json()["number"] != guessed.json()["number"]


async def test_the_same_message_twice_at_once_is_one_appeal(intake: Intake) -> None:
    answers = await asyncio.gather(*(intake.appeal(key="call-1") for _ in range(8)))

    assert 1 == len({answer.content for answer in answers})
    assert 1 == await intake.store.collection("appeals").count_documents({})


async def test_an_incomplete_appeal_is_registered_and_says_what_is_missing(intake: Intake) -> None:
    answer = await intake.appeal("太吵了，睡不着", caller=None)

    assert 201 == answer.status_code
    assert (True, ["place", "contact"]) == (answer.json()["incomplete"], answer.json()["missing"])


async def test_an_anonymous_appeal_owes_no_contact_and_has_no_caller_reference(intake: Intake) -> None:
    answer = await intake.appeal("解放路有人倒垃圾", anonymous=True)
    await intake.quiet()

    assert [] == answer.json()["missing"]
    assert None is intake.data("appeal.registered")[0].caller_ref


async def test_only_an_appeal_without_anything_is_refused(intake: Intake) -> None:
    nothing = await intake.appeal("  ", caller=None)
    caller_only = await intake.appeal("")

    assert (422, 201) == (nothing.status_code, caller_only.status_code)
    assert "body.text" == nothing.json()["field"]
    assert ["matter"] == caller_only.json()["missing"]


async def test_a_text_that_is_too_long_is_refused_by_name_and_never_repeated(intake: Intake) -> None:
    answer = await intake.appeal("我叫张三，" * 5_000)

    assert 422 == answer.status_code
    [error] = answer.json()["errors"]
    assert ("body.text", "字段 body.text 太长；应为文本，至多 20000 个字符。") == (error["field"], error["text_zh"])
    assert "张三" not in answer.text


async def test_the_longest_text_of_short_names_still_travels(intake: Intake) -> None:
    answer = await intake.appeal("我叫王五，" * 4_000)
    await intake.quiet()

    assert 201 == answer.status_code
    assert 20_000 >= len(intake.data("appeal.registered")[0].text_masked)


async def test_nothing_of_the_caller_leaves_intake_or_lies_open_in_its_store(intake: Intake) -> None:
    planted = ["欧阳建国", "13987654321", "410402199001011234", "幸福小区3号楼2单元", "豫D12345"]
    caller = {"name": planted[0], "phone": planted[1], "id_card": planted[2], "address": planted[3]}
    text = f"我叫{planted[0]}，电话{planted[1]}，身份证{planted[2]}，住{planted[3]}，车{planted[4]}被撞了"
    answer = await intake.appeal(text, caller=caller, message_id=planted[1], key=planted[1], confidential=True)
    number = answer.json()["number"]
    supplement = {"text": f"{planted[0]}又来电 {planted[1]}", "completes": {"phone": planted[1]}}
    await intake.post(f"/appeals/{number}/supplements", supplement, intake.token(Role.AGENT), key=planted[1])
    await intake.post(f"/appeals/{number}/withdrawal", {"reason": planted[0]}, intake.token(Role.AGENT))

    assert 3 == len(intake.heard)
    told = "".join(encode(fact).decode() for fact in intake.heard)
    stored = ""
    for name in await intake.store.database.list_collection_names():
        stored += str(await intake.store.collection(name).find({}).to_list(None))
    assert [] == [secret for secret in planted if secret in told]
    assert [] == [secret for secret in (*planted, answer.json()["query_code"]) if secret in stored]


async def test_one_caller_has_one_reference_however_the_number_is_written(intake: Intake) -> None:
    numbers = ["13812345678", "+86 138-1234-5678", "１３８１２３４５６７８", "13700000000"]
    for number in numbers:
        await intake.appeal(caller={"phone": number})
    await asyncio.gather(*(intake.appeal(caller={"phone": "13600000000"}) for _ in range(5)))
    await intake.quiet()
    refs = [data.caller_ref for data in intake.data("appeal.registered")]

    assert 1 == len(set(refs[:3]))
    assert 3 == len(set(refs))
    assert None not in refs


async def test_a_suspect_of_an_emergency_travels_on_its_own_lane(intake: Intake) -> None:
    await intake.appeal("解放路三号楼着火了，有人被困")
    await intake.appeal("解放路路灯坏了")
    await intake.quiet()

    assert {Lane.EMERGENCY, Lane.ORDINARY} == {fact.lane for fact in intake.heard}
    fire = next(fact for fact in intake.heard if fact.lane is Lane.EMERGENCY)
    assert "119" in fire.data.suspect_lines  # type: ignore[attr-defined] # it is a registration


async def test_two_replicas_give_numbers_without_gaps_and_days_start_anew(
    replicas: Callable[[], Awaitable[Intake]],
) -> None:
    one, two = await replicas(), await replicas()
    answers = await asyncio.gather(*((one, two)[i % 2].appeal() for i in range(120)))
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert [f"41040020260302{seq:06d}" for seq in range(1, 121)] == [number[:-1] for number in numbers]

    one.clock.advance_to(one.clock.now() + timedelta(days=1))
    assert "41040020260303000001" == (await one.appeal()).json()["number"][:-1]

    audit = await one.http.get("/numbers/audit?day=2026-03-02", headers=one.token(Role.AUDITOR))
    assert (120, 120, []) == tuple(audit.json()[name] for name in ("last", "issued", "gaps"))


async def test_a_lost_number_shows_as_a_gap_until_a_person_explains_it(intake: Intake) -> None:
    for _ in range(3):
        await intake.appeal()
    await intake.quiet()
    await intake.store.collection("appeals").delete_one({"seq": 2})
    operator = intake.token(Role.OPERATOR)

    before = (await intake.http.get("/numbers/audit", headers=operator)).json()
    body = {"day": "2026-03-02", "seq": 2, "reason": "lost with a backup"}
    voided = await intake.post("/numbers/void", body, operator)
    given = await intake.post("/numbers/void", {**body, "seq": 3}, operator)
    after = (await intake.http.get("/numbers/audit", headers=operator)).json()

    assert [2] == before["gaps"]
    assert (201, 409) == (voided.status_code, given.status_code)
    assert ([], [{"seq": 2, "reason": "lost with a backup"}]) == (after["gaps"], after["void"])


async def test_appeals_that_come_together_share_their_round_trips(intake: Intake) -> None:
    await intake.appeal()
    await intake.quiet()
    before = intake.store.round_trips
    await asyncio.gather(*(intake.appeal(caller={"phone": f"1370000{i:04d}"}) for i in range(40)))
    cost = intake.store.round_trips - before
    await intake.quiet()

    # A batch costs three; some appeals miss the first one.
    assert cost <= 15
    assert 41 == len(intake.data("appeal.registered"))


async def test_a_wrong_body_names_the_field_and_repeats_nothing(intake: Intake) -> None:
    wrong = await intake.appeal(channel="pigeon 13812345678")
    headers = {**intake.token(Role.AGENT), "Idempotency-Key": "k", "Content-Type": "application/json"}
    broken = await intake.http.post("/appeals", content=b'{"text": "13812345678', headers=headers)
    keyless = await intake.http.post("/appeals", json={}, headers=intake.token(Role.AGENT))

    assert (422, "body.channel") == (wrong.status_code, wrong.json()["field"])
    assert 400 == broken.status_code
    assert 422 == keyless.status_code
    assert "13812345678" not in json.dumps([wrong.json(), broken.json(), keyless.json()])


async def test_a_crash_between_vault_and_appeal_leaves_nothing_lost_and_nothing_double(
    replicas: Callable[[], Awaitable[Intake]],
) -> None:
    one, two = await replicas(), await replicas()
    await one.appeal(key="call-1")
    await one.quiet()
    # As a crash leaves it: the vault's row is there, the appeal is not.
    await one.store.collection("appeals").delete_many({})
    again = await two.appeal(key="call-1")

    assert (201, "000001") == (again.status_code, again.json()["number"][14:20])
    assert 1 == await two.store.collection("vault").count_documents({"sealed": {"$exists": True}})


async def test_an_appeal_is_answered_while_the_bus_is_away_and_published_when_it_is_back(
    replicas: Callable[[], Awaitable[Intake]],
) -> None:
    one = await replicas()
    await one.bus.pause()
    answer = await one.appeal()
    two = await replicas()
    assert 1 == await two.hosted.built.documents[0].unpublished()
    await one.bus.resume()
    await one.quiet()

    async with asyncio.timeout(10):
        while await two.hosted.built.documents[0].unpublished():
            await asyncio.sleep(0.02)
    assert [answer.json()["number"]] == [data.number for data in one.data("appeal.registered")]


async def test_a_late_replica_that_believes_an_old_last_number_looks_again(
    replicas: Callable[[], Awaitable[Intake]],
) -> None:
    one, two = await replicas(), await replicas()
    await one.appeal()
    for _ in range(3):
        await two.appeal()
    fifth = await one.appeal()

    assert "000005" == fifth.json()["number"][14:20]


async def test_the_same_key_is_answered_alike_by_another_replica(replicas: Callable[[], Awaitable[Intake]]) -> None:
    one, two = await replicas(), await replicas()
    answers = await asyncio.gather(*(replica.appeal(key="call-1") for replica in (one, two, one, two)))
    later = await two.appeal(key="call-1")

    assert 1 == len({answer.content for answer in (*answers, later)})
