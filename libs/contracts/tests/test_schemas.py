import json
from pathlib import Path

import pytest

from contracts.events import REGISTRY
from contracts.schemas import breaks, schema

KEPT = Path(__file__).parent / "schemas"


def test_every_event_has_its_schema_beside_the_code() -> None:
    assert sorted(path.stem for path in KEPT.glob("*.json")) == sorted(REGISTRY)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_an_event_has_only_grown_since_its_schema_was_kept(name: str) -> None:
    kept = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    assert breaks(kept, schema(REGISTRY[name])) == []


def test_a_removed_field_a_new_required_field_and_a_changed_type_are_seen_as_breaks() -> None:
    old = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    new = {"properties": {"a": {"type": "integer"}, "c": {"type": "string"}}, "required": ["a", "c"]}
    assert breaks(old, new) == ["b is gone", "c is required now", "a has another type"]


def test_a_removed_enumeration_value_is_seen_as_a_break() -> None:
    old = {"$defs": {"Colour": {"enum": ["red", "green"]}}}
    assert breaks(old, {"$defs": {"Colour": {"enum": ["red"]}}}) == ["Colour: value green is gone"]


def test_a_new_optional_field_is_no_break() -> None:
    old = {"properties": {"a": {"type": "string"}}, "required": ["a"]}
    new = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    assert breaks(old, new) == []
