"""An accusation never reaches the accused unit, its parent or its children, on whatever path; attempts are recorded."""

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from appeals import MATTERS, send
from books import Facts, named, recorded
from broker_users import unit_member
from dispatch_platform import DispatchPlatform
from eventually import eventually
from guard_cases import Case
from people import Person, Refused, Town

from classifier.data.loading import shipped_tables as classifier_tables
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.topology import unit_queue
from contracts.words import Role
from dispatcher.domain.decide_return import decide_return
from dispatcher.domain.guard import Person as Somebody
from dispatcher.domain.guard import may_reach, open_to
from dispatcher.domain.link import merge, unmerge
from dispatcher.domain.notices import notices
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.row import row_of
from dispatcher.domain.sign import sign
from dispatcher.domain.submission import designate, instruct
from dispatcher.domain.view import fold
from dispatcher.shipped_tables import directory as shipped_units

ACCUSED, PARENT, SAFE = "traffic-police", "public-security", "supervision-office"
TEXT = "反映交警大队的民警在路口执法时态度恶劣，还骂人"
TRIAGE = {"type": "REPORT", "topic": "government.conduct.staff", "unit": SAFE, "work_order_follows": True}
RETALIATION = "自从我举报以后就被交警大队的人威胁，这是打击报复"


def _destinations(events: tuple[Event, ...]) -> list[str]:
    asked = (wo.Dispatched, wo.Signed, wo.Designated, wo.AwaitingSignature, wo.Instructed, wo.Phoned)
    return [event.unit for event in events if isinstance(event, asked) and event.unit is not None]


def test_no_path_leads_to_the_accused_in_a_thousand_generated_cases() -> None:
    dispatched = refused = merged = unnamed = 0
    for seed in range(1000):
        case = Case(seed)
        known = len(case.facts) - case.late
        case.rest()
        view, wish, tables = fold(case.facts), case.any_unit(), case.tables
        lead = view.handling.lead()
        beside = Case(seed + 1000)
        other = fold(beside.facts)
        verdicts: list[Verdict] = [
            sign(view, tables, "o", case.now, wish),
            sign(view, tables, "o", case.now, lead.unit if lead else None, (case.any_unit(), case.any_unit())),
            designate(view, tables, "o", wish, ""),
            instruct(view, tables, "o", case.now, text="t", unit=wish),
            merge(view, other, tables, "o", "other", ""),
        ]
        if lead is not None:
            wished = wo.ReturnRequested(
                unit=lead.unit, round=1, number=1, ground="g", by="u", proposed_unit=case.any_unit()
            )
            case.tell(wo.Submitted(leader="vice-mayor", brief="b", reason="r"), wished)
            pending = fold(case.facts)
            verdicts += [
                decide_return(pending, tables, "o", case.now, accepted=True, reason="", to_unit=wish),
                decide_return(pending, tables, "o", case.now, accepted=True, reason=""),
                instruct(pending, tables, "o", case.now, text="t"),
            ]
            case.tell(wo.Merged(parent="p", by="o", accused=tuple(view.accused)))
            verdicts.append(unmerge(fold(case.facts), tables, "o", ""))
        # An accusation is merged only where the same accusation is known, so that it stays as well guarded there;
        # where the unit is not known, only where the supervision office holds it, or the centre.
        if not isinstance(verdicts[4], Refusal):
            merged, unnamed = merged + 1, unnamed + case.unnamed
            assert other.accusing
            held = {spell.unit for spell in other.handling.open_spells()}
            assert held <= {SAFE, "hotline-center"} if case.unnamed else case.accused == beside.accused
        for verdict in verdicts:
            if isinstance(verdict, Refusal):
                refused += verdict.guards
                continue
            assert [] == [unit for unit in _destinations(verdict) if case.concerns(unit)]
            dispatched += sum(isinstance(event, wo.Dispatched) for event in verdict)
        # what the machine itself decided once the accusation was known
        decided = tuple(case.since(known)) if case.late else tuple(fact.data for fact in case.facts)
        assert [] == [unit for unit in _destinations(decided) if case.concerns(unit)]
        # search and export: no row is open to a person of a unit that it concerns; replay: nothing is sent again
        row = row_of(fold(case.facts), case.directory)
        for unit in case.units:
            assert open_to(row, Somebody("u", unit)) is not case.concerns(unit)
            assert may_reach(unit, view.accused, case.directory) is not case.concerns(unit)
        told_late = {fact.id for fact in case.facts[known:]}
        for told in notices(case.facts, tables):
            unit = told.routing_key.removeprefix("assignments.")
            if case.concerns(unit) and (told.body["reference"] in told_late or not case.late):
                assert ("recalled", "recalled by the centre") == (told.body["type"], told.body.get("reason"))
        if case.unnamed and not case.late:
            assert {SAFE, "hotline-center"} >= set(_destinations(decided))
    assert merged > unnamed > 0
    assert dispatched > 500
    assert refused > 1000


def test_both_tables_of_units_say_the_same_of_who_is_above_whom() -> None:
    # The classifier keeps an accusation from parent and children by its own table, before the dispatcher does.
    above = {unit.id: unit.parent for unit in shipped_units().units.values()}
    assert above == {unit.id: unit.parent for unit in classifier_tables().units.values()}


async def _accusation(town: Town, text: str = TEXT, **more: Any) -> str:
    """Number of an accusation against the traffic police that waits for its signature."""
    more.setdefault("accused_unit", ACCUSED)
    number: str = (await send(town, text, **more))["number"]
    await _until(town, number, "work_order.awaiting_signature")
    return number


async def _until(town: Town, number: str, name: str, decision: Mapping[str, Any] = TRIAGE) -> Facts:
    async def look() -> Facts | None:
        facts = await recorded(town.platform, number)
        asked, decided = len(named(facts, "triage.requested")), len(named(facts, "triage.decided"))
        if asked > decided:
            triage = town.person(Role.TRIAGE_OFFICER)
            await triage.tell(f"/triage/{facts[0]['subject']}/decision", decision, key=f"triage-{number}-{decided}")
        return facts if named(facts, name) else None

    found = await eventually(look, what=name)
    assert found
    return found


async def _refused(person: Person, path: str, body: Mapping[str, Any], status: int = 409) -> None:
    with pytest.raises(Refused) as refused:
        await person.tell(path, body)
    assert status == refused.value.status


async def _attempts(town: Town, number: str, count: int) -> list[tuple[str, str | None]]:
    async def look() -> Facts | None:
        found = named(await recorded(town.platform, number), "work_order.barred")
        return found if len(found) >= count else None

    found = await eventually(look, what=f"{count} recorded attempts")
    assert found
    return sorted((fact["data"]["attempt"], fact["data"].get("barred_unit")) for fact in found)


async def _nothing_reached_the_accused(town: Town, number: str) -> None:
    for unit in (ACCUSED, PARENT):
        got = await unit_member(town.platform, unit).fetch(unit_queue(unit))
        got += (await town.unit(unit).read(f"/units/{unit}/messages", limit=500))["items"]
        assert [] == [one for one in got if one.get("work_order") == number]
    facts = await recorded(town.platform, number)
    holders = {fact["data"]["unit"] for fact in named(facts, "work_order.dispatched")}
    assert not holders & {ACCUSED, PARENT}


async def _dispatched(town: Town, number: str) -> None:
    await town.person(Role.DUTY_OFFICER).tell(f"/work-orders/{number}/signature", {}, key=f"sign-{number}")
    await _until(town, number, "work_order.dispatched")


async def test_dispatch_goes_to_the_supervision_office_and_never_to_the_accused_or_its_parent(town: Town) -> None:
    number = await _accusation(town)
    officer = town.person(Role.DUTY_OFFICER)
    for unit in (ACCUSED, PARENT):
        await _refused(officer, f"/work-orders/{number}/signature", {"unit": unit})
    await _dispatched(town, number)

    async def look() -> bool:
        got = (await town.unit(SAFE).read(f"/units/{SAFE}/messages", limit=500))["items"]
        return number in {one.get("work_order") for one in got}

    await eventually(look, what="the assignment among the supervision office's messages")
    assert [("signature", PARENT), ("signature", ACCUSED)] == await _attempts(town, number, 2)
    await _nothing_reached_the_accused(town, number)


async def test_a_return_is_neither_proposed_nor_decided_to_the_accused(town: Town) -> None:
    number = await _accusation(town)
    await _dispatched(town, number)
    office, officer = town.unit(SAFE), town.person(Role.DUTY_OFFICER)
    for asked in (
        {"type": "confirm_receipt"},
        {"type": "request_return", "ground": "应由该大队自查", "proposed_unit": ACCUSED},
    ):
        await office.tell(f"/units/{SAFE}/commands", {"work_order": number, **asked})
    await _refused(officer, f"/work-orders/{number}/return-decision", {"accepted": True, "to_unit": ACCUSED})
    await officer.tell(f"/work-orders/{number}/return-decision", {"accepted": True})
    shown = await officer.read(f"/work-orders/{number}")
    assert shown["proposed_unit"] not in (ACCUSED, PARENT)
    assert [("return_decision", ACCUSED)] == await _attempts(town, number, 1)
    await _nothing_reached_the_accused(town, number)


async def test_the_accused_cannot_be_designated(town: Town) -> None:
    number = await _accusation(town)
    await _refused(town.person(Role.DUTY_OFFICER), f"/work-orders/{number}/designation", {"unit": PARENT})
    assert [("designation", PARENT)] == await _attempts(town, number, 1)
    await _nothing_reached_the_accused(town, number)


async def test_joint_handling_takes_no_accused_unit_in(town: Town) -> None:
    number = await _accusation(town)
    asked = {"unit": SAFE, "co_units": ["urban-management", PARENT]}
    await _refused(town.person(Role.DUTY_OFFICER), f"/work-orders/{number}/signature", asked)
    assert [("signature", PARENT)] == await _attempts(town, number, 1)
    await _nothing_reached_the_accused(town, number)


async def test_an_accusation_is_not_merged_into_an_order_that_the_accused_holds_or_may_get(town: Town) -> None:
    number = await _accusation(town)
    plain: str = (await send(town, MATTERS[1]))["number"]
    await _until(town, plain, "work_order.awaiting_signature")
    officer = town.person(Role.DUTY_OFFICER)
    await _refused(officer, f"/work-orders/{number}/merge", {"parent": plain})
    await officer.tell(f"/work-orders/{plain}/signature", {"unit": ACCUSED})
    await _refused(officer, f"/work-orders/{number}/merge", {"parent": plain})
    # Recorded are one of those it accuses (the form names ACCUSED, the text the police), and the holder.
    assert [("merge", PARENT), ("merge", ACCUSED)] == await _attempts(town, number, 2)
    await _nothing_reached_the_accused(town, number)


async def test_search_hides_it_from_the_accused_and_records_who_asked_by_number(town: Town) -> None:
    number = await _accusation(town)
    handler, colleague = town.unit(ACCUSED), town.person(Role.REVIEWER, unit=PARENT)
    assert [] == (await handler.read(f"/units/{ACCUSED}/work-orders", number=number))["items"]
    assert [] == (await colleague.read("/work-orders", number=number))["items"]
    for person, path in ((handler, f"/units/{ACCUSED}/work-orders/{number}"), (colleague, f"/work-orders/{number}")):
        with pytest.raises(Refused) as refused:
            await person.read(path)
        assert 404 == refused.value.status
    found = (await town.person(Role.REVIEWER).read("/work-orders", number=number))["items"]
    assert [number] == [item["number"] for item in found]
    tried = [("read", PARENT), ("read", ACCUSED), ("search", PARENT), ("search", ACCUSED)]
    assert tried == await _attempts(town, number, 4)


async def test_an_export_leaves_it_out_for_the_accused_and_its_words_inside_for_the_centre(town: Town) -> None:
    number = await _accusation(town)
    await _dispatched(town, number)
    officer = town.person(Role.DUTY_OFFICER)
    assert number not in {one["number"] for one in await _exported(town.unit(ACCUSED), f"/units/{ACCUSED}/work-orders")}
    colleague = town.person(Role.DUTY_OFFICER, unit=PARENT)
    assert number not in {one["number"] for one in await _exported(colleague, "/work-orders")}
    lines = {one["number"]: one for one in await _exported(officer, "/work-orders")}
    assert (SAFE, "") == (lines[number]["unit"], lines[number]["summary"])
    of_office = {one["number"]: one for one in await _exported(town.unit(SAFE), f"/units/{SAFE}/work-orders")}
    assert TEXT[:10] in of_office[number]["summary"]


async def _exported(person: Person, path: str) -> list[dict[str, str]]:
    text = await person.download(f"{path}/export", format="csv")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_replay_sends_nothing_into_the_queue_of_a_unit_that_was_accused_after_it_had_the_order(
    dispatch_platform: DispatchPlatform,
) -> None:
    platform, town = dispatch_platform, Town(dispatch_platform)
    member, officer = unit_member(platform, ACCUSED), town.person(Role.DUTY_OFFICER)
    await platform.sign_for_everything(officer)
    numbers = {"accused": "410400202611290000013", "other": "410400202611290000021"}
    for subject, number in numbers.items():
        await platform.register(subject, number, "路口红绿灯时间太短，老人走不过去")
        await platform.classify(subject, ACCUSED, "traffic.order")

    async def fetched(kind: str, *subjects: str, since: int = 0) -> bool:
        got = (await member.fetch(unit_queue(ACCUSED)))[since:]
        return set(subjects) <= {one["subject"] for one in got if one["type"] == kind}

    await eventually(lambda: fetched("assignment", *numbers), what="both orders in its queue: nobody is accused yet")
    await platform.classify("accused", SAFE, "traffic.order", ACCUSED)
    await eventually(lambda: fetched("recalled", "accused"), what="the unit told that it has the order no longer")

    taken = len(member.fetched)
    assert 1 == await _replayed(town, ACCUSED)
    await eventually(lambda: fetched("assignment", "other", since=taken), what="the other order once more")
    assert {"other"} == {one["subject"] for one in member.fetched[taken:]}
    shown = await town.person(Role.SUPERVISOR).read(f"/work-orders/{numbers['accused']}")
    tried = [one for one in shown["timeline"] if one["type"] == "work_order.barred"]
    assert [("replay", ACCUSED)] == [(one["attempt"], one["barred_unit"]) for one in tried]
    await town.leave()


async def _replayed(town: Town, unit: str) -> int:
    """Everything of this test sent into the unit's queue again, page by page; how many orders the guard withheld."""
    operator, after, withheld = town.person(Role.OPERATOR), None, 0
    while True:
        asked = {"since": (town.began - timedelta(minutes=1)).isoformat(), "after": after}
        done = await operator.tell(f"/units/{unit}/replay", asked)
        withheld += done["withheld"]
        if (after := done["next"]) is None:
            return withheld


async def test_who_must_recuse_neither_reads_nor_decides_and_the_attempt_is_recorded(town: Town) -> None:
    number = await _accusation(town)
    officer = town.person(Role.DUTY_OFFICER)
    relative = town.person(Role.REVIEWER)
    await officer.tell(f"/work-orders/{number}/recusal", {"person": "reviewer", "reason": "亲属在该单位任职"})
    await _refused(relative, f"/work-orders/{number}/recusal", {"person": "leader", "reason": "x"}, 403)
    await _refused(relative, f"/work-orders/{number}/review", {"approve": True})
    with pytest.raises(Refused) as refused:
        await relative.read(f"/work-orders/{number}")
    assert 404 == refused.value.status
    assert [] == (await relative.read("/work-orders", number=number))["items"]
    of_the_unit = town.person(Role.DUTY_OFFICER, unit=ACCUSED)
    await _refused(of_the_unit, f"/work-orders/{number}/signature", {})
    tried = [("read", None), ("review", None), ("search", None), ("signature", None)]
    assert tried == await _attempts(town, number, 4)


async def test_retaliation_has_a_lane_of_its_own_that_no_standing_sign_off_opens(town: Town) -> None:
    officer = town.person(Role.DUTY_OFFICER)
    body = {"name": f"all-{town.run}", "topics": ["discipline"], "valid_until": "2099-01-01T00:00:00+08:00"}
    await officer.tell("/sign-offs", body)
    try:
        number = await _accusation(town, RETALIATION)
        lists = {
            desk: {item["number"] for item in (await officer.read("/work-orders", desk=desk, limit=200))["items"]}
            for desk in ("retaliation", "signature")
        }
        assert (True, False) == (number in lists["retaliation"], number in lists["signature"])
        assert number not in {one["number"] for one in await _exported(officer, "/work-orders")}
        supervisor = town.person(Role.SUPERVISOR)
        assert number in {one["number"] for one in await _exported(supervisor, "/work-orders")}
        await _dispatched(town, number)
        await _nothing_reached_the_accused(town, number)
    finally:
        await officer.tell(f"/sign-offs/all-{town.run}/revocation", {})
