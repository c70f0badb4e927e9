"""Reads the tables that are shipped with the service, checked against their schema at start."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.topology import UNIT_ID
from dispatcher.domain.catalogue_table import read_catalogue
from dispatcher.domain.knowledge import KnowledgeBase, KnowledgeItem
from dispatcher.domain.likeness import Weights
from dispatcher.domain.limits import Limits
from dispatcher.domain.member_unit import HOTLINE_CENTER, SUPERVISION_OFFICE, Directory, MemberUnit
from dispatcher.domain.tables import CheckPoint, Leader, Tables

_UnitId = Annotated[str, Field(pattern=f"^{UNIT_ID}$")]
_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Phone = Annotated[str, Field(pattern=r"^\d{3,4}-\d{7,8}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Unit(_Strict):
    id: _UnitId
    zh: _Name
    en: _Name
    phone: _Phone
    duty_phone: _Phone
    parent: _UnitId | None = None
    transport: Literal["amqp", "http"]


class _Units(_Strict):
    version: _Name
    unit: list[_Unit]


class _Item(_Strict):
    id: _UnitId
    title: _Name
    topics: list[str]
    must: Annotated[list[Annotated[list[str], Field(min_length=1)]], Field(min_length=1)]
    questions: Annotated[list[str], Field(min_length=1)]
    answer: Annotated[str, Field(min_length=10, max_length=4000)]
    answer_en: str = ""
    source: _Name


class _Items(_Strict):
    version: _Name
    checked: date
    item: list[_Item]


class _Leader(_Strict):
    id: _UnitId
    zh: _Name
    en: _Name


class _Leaders(_Strict):
    version: _Name
    leader: list[_Leader]


class _Point(_Leader):
    may_not_apply: bool = False


class _Points(_Strict):
    version: _Name
    point: list[_Point]


class _Limits(_Strict):
    version: _Name
    extensions: Annotated[int, Field(ge=0)]
    special_extensions: Annotated[int, Field(ge=0)]
    extension_days: Annotated[int, Field(ge=1)]
    special_extension_days: Annotated[int, Field(ge=1)]
    stale_days: Annotated[int, Field(ge=1)]
    ending_days: Annotated[int, Field(ge=0)]
    returns: Annotated[int, Field(ge=1)]
    direct_score: Annotated[float, Field(gt=0, le=1)]
    direct_length: Annotated[int, Field(ge=1)]
    submit_lines: Annotated[int, Field(ge=1)]
    replay_days: Annotated[int, Field(ge=1)]


def text_of(name: str) -> str:
    """A shipped file as people wrote it."""
    return files("dispatcher").joinpath("data", name).read_text(encoding="utf-8")


def _raw(name: str) -> dict[str, object]:
    return tomllib.loads(text_of(name))


@cache
def directory() -> Directory:
    """The member units. Raises ``ValueError`` (pydantic's) when the file breaks its schema."""
    return _directory(_raw("units.toml"))


def directory_from(file: Path | None) -> Directory:
    """A city's own member units; the shipped ones without a file. Raises ``ValueError`` naming what is wrong in it.

    The dispatch catalogue, the supervision office and the hotline centre must find their units in it.
    """
    if file is None:
        return directory()
    try:
        found = _directory(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    needed = {SUPERVISION_OFFICE, HOTLINE_CENTER, *(row.unit for row in tables().catalogue.rows)}
    if missing := sorted(needed - set(found.units)):
        raise ValueError(f"these units are needed and missing: {', '.join(missing)}")
    return found


def _directory(raw: dict[str, object]) -> Directory:
    table = _Units.model_validate(raw)
    units = [
        MemberUnit(
            id=unit.id,
            zh=unit.zh,
            en=unit.en,
            phone=unit.phone,
            duty_phone=unit.duty_phone,
            parent=unit.parent,
            over_http=unit.transport == "http",
        )
        for unit in table.unit
    ]
    return Directory.of(table.version, units)


class _WeightRows(_Strict):
    caller: Annotated[float, Field(ge=0, le=1)]
    place: Annotated[float, Field(ge=0, le=1)]
    area: Annotated[float, Field(ge=0, le=1)]
    topic: Annotated[float, Field(ge=0, le=1)]
    text: Annotated[float, Field(ge=0, le=1)]
    time: Annotated[float, Field(ge=0, le=1)]


class _PlaceRows(_Strict):
    near_metres: Annotated[float, Field(ge=0, le=10_000)]


class _Repeats(_Strict):
    version: _Name
    days: Annotated[int, Field(ge=1, le=366)]
    shingle: Annotated[int, Field(ge=1, le=5)]
    sketch: Annotated[int, Field(ge=8, le=256)]
    text_keys: Annotated[int, Field(ge=1, le=32)]
    candidates: Annotated[int, Field(ge=1, le=5_000)]
    least: Annotated[float, Field(gt=0, le=1)]
    at_once: Annotated[int, Field(ge=1, le=50)]
    weights: _WeightRows
    place: _PlaceRows


@cache
def repeats() -> Weights:
    """When an appeal is proposed as a repeat. Raises ``ValueError`` when the file breaks its schema."""
    table = _Repeats.model_validate(_raw("repeats.toml"))
    plain = table.model_dump(exclude={"version", "weights", "place"})
    return Weights(**plain, **table.weights.model_dump(), **table.place.model_dump())


@cache
def tables() -> Tables:
    """Everything shipped; without sign-offs, which are people's. Raises ``ValueError`` for a file that is not good."""
    items = _Items.model_validate(_raw("knowledge.toml"))
    points = _Points.model_validate(_raw("review_checklist.toml"))
    leaders = _Leaders.model_validate(_raw("leaders.toml"))
    return Tables(
        directory=directory(),
        catalogue=read_catalogue(text_of("dispatch_catalog.toml"), directory()),
        knowledge_checked=items.checked,
        knowledge=KnowledgeBase(items.version, tuple(_item(item) for item in items.item)),
        limits=Limits(**_Limits.model_validate(_raw("handling.toml")).model_dump()),
        leaders=tuple(Leader(id=leader.id, zh=leader.zh, en=leader.en) for leader in leaders.leader),
        checklist=tuple(CheckPoint(**point.model_dump()) for point in points.point),
    )


def _item(item: _Item) -> KnowledgeItem:
    return KnowledgeItem(
        id=item.id,
        title=item.title,
        topics=tuple(item.topics),
        must=tuple(tuple(group) for group in item.must),
        questions=tuple(item.questions),
        answer=item.answer,
        answer_en=item.answer_en,
        source=item.source,
    )
