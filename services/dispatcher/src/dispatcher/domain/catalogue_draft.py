"""The draft of the next dispatch catalogue: the one in force, with the edits that people have made to its rows."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.catalogue_rules import bad, clash_of, fault_of
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal

FIELDS = ("id", "topic", "area", "level", "unit", "valid_from", "valid_until")
UNDO, DISCARD = "undo", "discard"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEdit:
    """``row`` in place of the row called ``was``. Without ``was`` it is new; without ``row`` the old one goes."""

    was: str | None = None
    row: CatalogueRow | None = None

    def kept(self, base: str) -> dict[str, Any]:
        """As it is kept: the version it was made on, dates as text."""
        row = None if self.row is None else {name: _text(value) for name, value in asdict(self.row).items()}
        return {"base": base, "was": self.was, "row": row}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``number`` grows with every edit, so that nobody edits a draft that is not the one they saw.

    ``steps``: the edits that can still be undone. ``lost``: rows of edits that were made on a version which has been
    replaced since, and which the version in force does not have.
    """

    number: int
    base: Catalogue
    rows: tuple[CatalogueRow, ...]
    steps: int
    lost: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether it differs from what is in force."""
        return self.rows != self.base.rows


def draft_of(base: Catalogue, kept: Sequence[Mapping[str, Any]]) -> Draft:
    """The draft on the catalogue in force, of every edit that was ever kept, oldest first."""
    edits = _standing(one for one in kept if one["base"] == base.version)
    rows = base.rows
    for edit in edits:
        rows = _applied(rows, edit)
    last = kept[-1]["base"] if kept else base.version
    late = [] if last == base.version else _standing(one for one in kept if one["base"] == last)
    return Draft(number=len(kept), base=base, rows=rows, steps=len(edits), lost=_lost(late, base.rows))


def edited(rows: tuple[CatalogueRow, ...], edit: RowEdit, directory: Directory) -> tuple[CatalogueRow, ...] | Refusal:
    """The rows after one edit, or the field of it that is wrong."""
    if edit.was is not None and all(row.id != edit.was for row in rows):
        return bad("id", f"草稿中没有第 {edit.was} 行", f"the draft has no row {edit.was}")
    others = [row for row in rows if row.id != edit.was]
    if edit.row is None:
        return tuple(others) if others else bad("id", "目录至少要有一行", "the catalogue would have no row")
    if fault := fault_of(edit.row, directory):
        return fault
    if any(row.id == edit.row.id for row in others):
        return bad("id", f"已有第 {edit.row.id} 行", f"there is a row {edit.row.id} already")
    return clash_of(edit.row, others) or _applied(rows, edit)


def changes_of(old: Iterable[CatalogueRow], fresh: Iterable[CatalogueRow]) -> dict[str, list[Any]]:
    """Rows that were added or taken away, and pairs of old and new of those that say something else."""
    before, after = {row.id: row for row in old}, {row.id: row for row in fresh}
    return {
        "added": [row for name, row in after.items() if name not in before],
        "gone": [row for name, row in before.items() if name not in after],
        "changed": [(before[name], row) for name, row in after.items() if name in before and before[name] != row],
    }


def row_of(fields: Mapping[str, str]) -> CatalogueRow | Refusal:
    """A row as a form sends it, or the first field that cannot be read; what it says is judged by ``edited``."""
    begins, ends = _day(fields["valid_from"]), _day(fields["valid_until"])
    if begins is None:
        return bad("valid_from", "须填写日期，如 2026-01-01", "a date such as 2026-01-01")
    if ends is None and fields["valid_until"]:
        return bad("valid_until", "须为日期，如 2026-12-31，或留空", "a date such as 2026-12-31, or nothing")
    plain = {name: fields[name] for name in ("id", "topic", "area", "level", "unit")}
    return CatalogueRow(**plain, valid_from=begins, valid_until=ends)


def next_version(version: str, taken: Collection[str]) -> str:
    """A version that was never used: ``2026.1`` is followed by ``2026.2``."""
    found = re.fullmatch(r"(.*?)(\d{0,9})", version, re.ASCII)
    head, digits = (found[1], found[2]) if found else (version, "")
    head, number = (head if digits else f"{head[:50]}."), int(digits or 1) + 1
    while f"{head}{number}" in taken:
        number += 1
    return f"{head}{number}"


def _standing(kept: Iterable[Mapping[str, Any]]) -> list[RowEdit]:
    """The edits that were neither undone nor given up."""
    edits: list[RowEdit] = []
    for one in kept:
        if one.get("do") == DISCARD:
            edits.clear()
        elif one.get("do") == UNDO:
            del edits[-1:]
        else:
            edits.append(RowEdit(was=one["was"], row=None if one["row"] is None else _row(one["row"])))
    return edits


def _applied(rows: tuple[CatalogueRow, ...], edit: RowEdit) -> tuple[CatalogueRow, ...]:
    if edit.was is None:
        return rows if edit.row is None else (*rows, edit.row)
    put = () if edit.row is None else (edit.row,)
    return tuple(new for row in rows for new in (put if row.id == edit.was else (row,)))


def _lost(edits: Iterable[RowEdit], rows: tuple[CatalogueRow, ...]) -> tuple[str, ...]:
    last: dict[str, CatalogueRow | None] = {}
    for edit in edits:
        if edit.was is not None:
            last[edit.was] = None
        if edit.row is not None:
            last[edit.row.id] = edit.row
    known = {row.id: row for row in rows}
    return tuple(name for name, row in last.items() if known.get(name) != row)


def _row(kept: Mapping[str, Any]) -> CatalogueRow:
    begins, ends = _day(kept["valid_from"]), _day(kept["valid_until"] or "")
    if begins is None:
        raise ValueError("a kept row has no first day")
    plain = {name: kept[name] for name in ("id", "topic", "area", "level", "unit")}
    return CatalogueRow(**plain, valid_from=begins, valid_until=ends)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
