"""Reads a dispatch catalogue as people write it (TOML); a bad one is refused with its line and the reason."""

import re
from datetime import date

from contracts.table_text import Row, TableText
from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.catalogue_rules import clash_of, fault_of
from dispatcher.domain.member_unit import Directory

_VERSION = re.compile(r"[\w.+-]{1,60}")


def read_catalogue(text: str, directory: Directory) -> Catalogue:
    """The catalogue in ``text``. Raises ``BadTable``."""
    table = TableText(text)
    top = table.top()
    version = top.take("version", str)
    if not _VERSION.fullmatch(version):
        raise top.refuse("version", "1 to 60 letters, digits and . + -")
    top.done()
    rows: list[CatalogueRow] = []
    known: dict[str, int] = {}
    for row in table.rows("row"):
        found = _row(row)
        if fault := fault_of(found, directory):
            raise row.refuse(fault.field or "", fault.text_en)
        row.done()
        if found.id in known:
            raise row.refuse("id", f"{found.id} is also in line {known[found.id]}")
        known[found.id] = row.line("id")
        if clash := clash_of(found, rows):
            raise row.refuse(clash.field or "", clash.text_en)
        rows.append(found)
    table.done()
    if not rows:
        raise top.refuse("version", "the catalogue has no row")
    return Catalogue(version, tuple(rows))


def _row(row: Row) -> CatalogueRow:
    return CatalogueRow(
        id=row.take("id", str),
        topic=row.take("topic", str),
        area=row.take("area", str),
        level=row.take("level", str),
        unit=row.take("unit", str),
        valid_from=row.take("valid_from", date),
        valid_until=row.take("valid_until", date) if row.has("valid_until") else None,
    )
