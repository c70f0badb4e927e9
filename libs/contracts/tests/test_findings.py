"""What is wrong is said with field, expectation and known values, and repeats nothing that was sent."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from contracts.findings import Finding, Shape, found, names_in

PHONE = "13812345678"


class Cat(BaseModel):
    model_config = ConfigDict(extra="forbid")
    type: Literal["cat"]
    lives: Annotated[int, Field(ge=1, le=9)]
    notes: dict[str, int] = {}


class Dog(BaseModel):
    type: Literal["dog"]
    tricks: tuple[Annotated[str, Field(max_length=3)], ...] = ()


ANIMAL: TypeAdapter[Any] = TypeAdapter(Annotated[Cat | Dog, Field(discriminator="type")])


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"type": PHONE}, "type", "Field type is not one of the known values; allowed values: cat, dog."),
        ({"type": "cat"}, "lives", "Field lives is missing; expected a whole number, not below 1, not above 9."),
        ({"type": "cat", "lives": 10}, "lives", "Field lives is too large; expected a whole number, not below 1, "),
        ({"type": "cat", "lives": 1, PHONE: 1}, "", "The body holds a field that is not known; known fields: type, "),
        ({"type": "cat", "lives": 1, "notes": {PHONE: "x"}}, "notes.*", "Field notes.* must be a whole number."),
        ({"type": "dog", "tricks": ["a", PHONE]}, "tricks.1", "Field tricks.1 is too long; expected text, at most 3 "),
        (PHONE, "", "The body must be an object."),
    ],
)
def test_a_finding_names_the_field_without_its_shape_and_what_was_expected(
    sent: object, field: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as wrong:
        ANIMAL.validate_python(sent)
    schema = ANIMAL.json_schema()
    [one] = found(wrong.value.errors(), names_in(schema), Shape(schema))
    assert field == one.field
    assert one.sentence_en.startswith(sentence)
    assert one.sentence_zh.endswith("。")
    assert PHONE not in one.sentence_en + one.sentence_zh


def test_without_a_schema_pydantic_s_own_limits_are_told() -> None:
    with pytest.raises(ValidationError) as wrong:
        Cat(type="cat", lives=0)
    assert [Finding("lives", "太小；应不小于 1", "is too small; expected not below 1")] == list(
        found(wrong.value.errors(), frozenset({"lives"}))
    )
