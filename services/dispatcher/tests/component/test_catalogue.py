"""The dispatch catalogue: tried against the last month before it takes effect, versioned, explaining its row."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.words import Role
from dispatcher.shipped_tables import text_of

HEAD = 'version = "2026.2"\n'


def row(id: str, topic: str, unit: str, **more: str) -> str:
    """One row as people write it."""
    fields = {"level": '"city"', "area": '"*"', "valid_from": "2026-01-01", **more}
    rest = "".join(f"{name} = {value}\n" for name, value in fields.items())
    return f'\n[[row]]\nid = "{id}"\ntopic = "{topic}"\nunit = "{unit}"\n{rest}'


def changed() -> str:
    """The shipped catalogue, with water supply at another unit."""
    shipped = text_of("dispatch_catalog.toml").replace('version = "2026.1"', 'version = "2026.2"')
    at = shipped.index('id = "water.supply"')
    return shipped[:at] + shipped[at:].replace('unit = "water-group"', 'unit = "housing-construction"', 1)


async def post(desk: Any, path: str, table: str, role: Role = Role.DUTY_OFFICER) -> Any:
    """Send a table."""
    return await desk.centre(path, {"table": table}, role)


async def test_a_trial_tells_how_many_would_go_elsewhere_per_unit_with_examples_and_changes_nothing(desk: Any) -> None:
    await desk.appeal("old")
    await desk.later(timedelta(days=40))
    water = [await desk.appeal(f"w{at}") for at in range(3)]
    await desk.appeal("g1", topic="energy.gas.leak")
    accused = await desk.appeal("x1", accused_unit="traffic-police")
    found = (await post(desk, "/catalogue/trial", changed(), Role.SUPERVISOR)).json()
    assert (found["tried"], found["elsewhere"]) == (5, 3)
    assert [(one["unit"], one["gains"], one["loses"]) for one in found["per_unit"]] == [
        ("housing-construction", 3, 0), ("water-group", 0, 3),
    ]  # fmt: skip
    assert {one["number"] for one in found["examples"]} == set(water)
    assert accused not in str(found)
    assert {(one["from_rule"], one["to_rule"]) for one in found["examples"]} == {("water.supply", "water.supply")}
    await desk.standing()
    await desk.appeal("after")
    dispatched = next(fact.data for fact in desk.heard if fact.type == "work_order.dispatched")
    assert (dispatched.unit, dispatched.catalog_version) == ("water-group", "2026.1")


async def test_a_loaded_catalogue_decides_from_then_on_and_says_which_row_and_version(desk: Any) -> None:
    assert (await post(desk, "/catalogue", changed())).status_code == 201
    await desk.standing()
    await desk.appeal("c1")
    dispatched = next(fact.data for fact in desk.heard if fact.type == "work_order.dispatched")
    told = (dispatched.unit, dispatched.rule, dispatched.catalog_version)
    assert told == ("housing-construction", "water.supply", "2026.2")
    shown = (await desk.http.get("/catalogue", headers=desk.token(Role.AUDITOR))).json()
    assert (shown["version"], [one["version"] for one in shown["loaded"]]) == ("2026.2", ["2026.2"])
    again = await post(desk, "/catalogue", changed())
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        (HEAD + row("a", "water.supply", "nobody-here"), 6, "no member unit"),
        (HEAD + row("a", "Water", "water-group"), 5, "a topic"),
        (HEAD + row("a", "water", "water-group", area='"city"'), 8, "six digits"),
        (HEAD + row("a", "water", "water-group", valid_until="2025-01-01"), 10, "ends before it begins"),
        (HEAD + row("a", "water", "water-group") + row("a", "gas", "gas-company"), 12, "also in line 4"),
        (HEAD + row("a", "water", "water-group") + row("b", "water", "gas-company"), 13, "same topic, area and level"),
        (HEAD + row("a", "water", "water-group", colour='"blue"'), 10, "not a known key"),
        (HEAD + "[[row]]\nid = ", 3, "not TOML"),
        (HEAD, 1, "no row"),
    ],
)
async def test_a_bad_catalogue_is_refused_with_line_and_reason(desk: Any, table: str, line: int, reason: str) -> None:
    for path in ("/catalogue", "/catalogue/trial"):
        answer = await post(desk, path, table)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(f"Line {line}: ")
        assert reason in answer.json()["detail"]
    assert (await desk.http.get("/catalogue", headers=desk.token(Role.AUDITOR))).json()["version"] == "2026.1"
