"""Loading calendars and policies while deadlines run."""

from datetime import timedelta
from typing import Any

from chassis.document import Change
from contracts.events import work_order as wo
from contracts.words import Role
from sla_monitor.data import shipped_text

NOTICE = shipped_text("calendar.toml").replace('version = "2026.1"', 'version = "2026.2"')
UNIT = "water-group"


def with_holiday(day: str) -> str:
    """The shipped calendar with one more holiday in 2026."""
    head, mark, rest = NOTICE.partition("year = 2026")
    return (
        head
        + mark
        + rest.replace("holidays = [", f'holidays = [\n  {{ from = {day}, to = {day}, zh = "临时", en = "Extra" }},', 1)
    )


async def test_a_notice_moves_every_open_deadline_that_it_touches_and_says_so(monitor: Any) -> None:
    number = await monitor.order("a1")
    await monitor.order("a2", "heating-group")
    answer = await monitor.post("/calendars", {"table": with_holiday("2026-03-05")}, Role.OPERATOR)
    assert (answer.status_code, answer.json()["version"]) == (201, "2026.2")
    assert monitor.types("calendar") == ["calendar.loaded"]
    assert await monitor.sweeper.run(timedelta(0)) == 2
    await monitor.quiet()
    moved = [fact.data for fact in monitor.heard if fact.type == "deadline.recomputed" and fact.subject == "a1"]
    resolve = next(event for event in moved if event.deadline.startswith("resolve/unit"))
    assert (resolve.due.isoformat(), resolve.why) == ("2026-03-10T09:30:00+00:00", "calendar 2026.2")
    told = (await monitor.get("/calendars", Role.OPERATOR)).json()
    assert told["in_force"]["version"] == "2026.2"
    sweep = told["sweeps"][0]
    assert (sweep["table"], sweep["done"], sweep["examined"]) == ("calendar 2026.2", True, 2)
    assert sweep["units"] == {"citizen": 4, UNIT: 2, "heating-group": 2}
    dues = {one["due"].isoformat() for one in (await monitor.row(number))["open"] if one["kind"] == "resolve"}
    assert dues == {"2026-03-10T09:30:00+00:00"}
    assert await monitor.sweeper.run(timedelta(0)) == 0


async def test_a_sweep_looks_at_what_another_process_saved(two_monitors: Any) -> None:
    monitor = two_monitors
    await monitor.order("a1")
    other = monitor.monitors[1].built.documents[0]
    # The first process remembers the case as it was; the second moves it on.
    await other.change("a1", lambda document: Change(private={"seen": True}), fresh=True)
    await monitor.post("/calendars", {"table": with_holiday("2026-03-05")}, Role.OPERATOR)
    await monitor.sweeper.run(timedelta(0))
    await monitor.quiet()
    assert "deadline.recomputed" in monitor.types("a1")


async def test_a_sweep_that_was_cut_off_goes_on_from_its_checkpoint(monitor: Any) -> None:
    for nth in range(3):
        await monitor.order(f"s{nth}")
    await monitor.post("/calendars", {"table": with_holiday("2026-03-05")}, Role.OPERATOR)
    store = monitor.hosted.runtime.store
    checkpoint = {"_id": "calendar 2026.2", "since": None, "after": "s0", "done": False, "examined": 1, "moved": 2}
    checkpoint["created"] = await store.server_now()
    await store.call("seed", store.collection("sweeps").insert_one(checkpoint))
    assert await monitor.sweeper.run(timedelta(0)) == 2


async def test_a_bad_calendar_is_refused_with_its_line_and_the_old_one_stays(monitor: Any) -> None:
    bad = NOTICE.replace("makeup_days = [2018-02-11", "makeup_days = [2018-02-12")
    answer = await monitor.post("/calendars", {"table": bad}, Role.OPERATOR)
    line = next(nth for nth, text in enumerate(bad.splitlines(), start=1) if "2018-02-12" in text)
    assert (answer.status_code, answer.json()["line"]) == (422, line)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no Saturday or Sunday" in answer.json()["title"]
    start = NOTICE.index("[[notice]]\nyear = 2018")
    forgetful = NOTICE[:start] + NOTICE[NOTICE.index("[[notice]]\nyear = 2019") :]
    assert (await monitor.post("/calendars", {"table": forgetful}, Role.OPERATOR)).json()["code"] == "year-forgotten"
    again = await monitor.post("/calendars", {"table": shipped_text("calendar.toml")}, Role.OPERATOR)
    assert (again.status_code, again.json()["code"]) == (409, "version-known")
    assert (await monitor.get("/calendars", Role.OPERATOR)).json()["in_force"]["version"] == "2026.1"
    assert monitor.types("calendar") == []


async def test_the_same_command_loads_once(monitor: Any) -> None:
    first = await monitor.post("/calendars", {"table": with_holiday("2026-03-05")}, Role.OPERATOR, key="k")
    again = await monitor.post("/calendars", {"table": with_holiday("2026-03-05")}, Role.OPERATOR, key="k")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len((await monitor.get("/calendars", Role.OPERATOR)).json()["items"]) == 2


async def test_an_open_clock_keeps_its_policy_unless_the_new_one_applies_to_open(monitor: Any) -> None:
    await monitor.order("p1")
    await monitor.tell("p1", wo.Received(unit=UNIT, round=1, by="w"))
    text = shipped_text("policy.toml").replace('version = "2026.1"', 'version = "2026.2"', 1)
    text = text.replace("effective_from = 2018-01-01T00:00:00+08:00", "effective_from = 2026-03-02T10:00:00+08:00")
    longer = text.replace('kind = "resolve"\nlength = 5', 'kind = "resolve"\nlength = 7', 1)
    assert longer != text
    assert (await monitor.post("/policies", {"table": longer}, Role.OPERATOR)).status_code == 201
    await monitor.quiet()
    (told,) = [fact.data for fact in monitor.heard if fact.subject == "policy"]
    assert (told.version, told.applies_to_open) == ("2026.2", False)
    assert told.effective_from.isoformat() == "2026-03-02T10:00:00+08:00"
    await monitor.sweeper.run(timedelta(0))
    await monitor.until("2026-03-02 11:00")
    await monitor.order("p2")
    dues = {fact.subject: fact.data.due.isoformat() for fact in monitor.heard if fact.type == "deadline.set"
            and fact.data.deadline.startswith("resolve/unit")}  # fmt: skip
    assert dues == {"p1": "2026-03-09T09:30:00+00:00", "p2": "2026-03-11T09:30:00+00:00"}
    assert "deadline.recomputed" not in monitor.types("p1")
    open_too = longer.replace("2026.2", "2026.3", 1).replace("applies_to_open = false", "applies_to_open = true")
    open_too = open_too.replace("2026-03-02T10:00:00", "2026-03-02T12:00:00")
    assert (await monitor.post("/policies", {"table": open_too}, Role.OPERATOR)).status_code == 201
    await monitor.sweeper.run(timedelta(0))
    await monitor.until("2026-03-02 14:00")
    assert "deadline.recomputed" in monitor.types("p1")
    versions = [one["version"] for one in (await monitor.get("/policies", Role.OPERATOR)).json()["items"]]
    assert versions == ["2026.1", "2026.2", "2026.3"]


async def test_a_policy_may_not_begin_in_the_past(monitor: Any) -> None:
    text = shipped_text("policy.toml").replace('version = "2026.1"', 'version = "2026.2"', 1)
    answer = await monitor.post("/policies", {"table": text}, Role.OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (409, "effective-in-the-past")
