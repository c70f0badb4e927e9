"""The draft of a catalogue, and the file that it becomes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.catalogue_draft import RowEdit, draft_of, edited, next_version
from dispatcher.domain.catalogue_table import read_catalogue
from dispatcher.domain.catalogue_text import rewritten, written
from dispatcher.domain.refusal import Refusal
from dispatcher.shipped_tables import directory

WATER = CatalogueRow(
    id="water", topic="water", area="*", level="city", unit="water-group", valid_from=date(2026, 1, 1)
)  # fmt: skip
GAS = replace(WATER, id='煤气 "管"\\\x7f', topic="energy.gas", unit="gas-company", valid_until=date(2027, 1, 1))
BASE = Catalogue("2026.1", (WATER, GAS))


@pytest.mark.parametrize(
    ("version", "taken", "next"),
    [
        ("2026.1", (), "2026.2"),
        ("2026.1", ("2026.2", "2026.3"), "2026.4"),
        ("spring", (), "spring.2"),
        ("2026-09", (), "2026-10"),
        ("v" * 60, (), "v" * 50 + ".2"),
    ],
)
def test_the_next_version_was_never_used(version: str, taken: tuple[str, ...], next: str) -> None:
    assert next_version(version, taken) == next


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(['# 说明\nversion = "2026.1"  # 现行', written(WATER), written(GAS)]) + "\n",
        # Unusual, but TOML: read as rows, and written anew.
        'version = "2026.1"\n[[ row ]]\n"id" = "water"\ntopic = """\nwater"""\narea = "*"\nlevel = "city"\n'
        f'unit = "water-group"\nvalid_from = 2026-01-01\n{written(GAS)}\n',
    ],
)
@pytest.mark.parametrize(
    "rows",
    [
        (WATER, GAS),
        (GAS,),
        (replace(WATER, topic="water.supply", valid_until=date(2026, 5, 1)), GAS),
        (WATER, replace(GAS, valid_until=None)),
        (WATER, GAS, replace(WATER, id="new", area="410411")),
    ],
)
def test_a_rewritten_file_reads_as_the_rows_that_were_wanted(text: str, rows: tuple[CatalogueRow, ...]) -> None:
    fresh = Catalogue("2026.2", rows)
    assert read_catalogue(rewritten(text, BASE, fresh, directory()), directory()) == fresh


def test_what_was_kept_of_an_edit_makes_the_same_draft_again() -> None:
    ends = replace(WATER, valid_until=date(2026, 5, 1))
    kept: list[dict[str, Any]] = [RowEdit(was="water", row=ends).kept("2026.1"), RowEdit(was=GAS.id).kept("2026.1")]
    assert draft_of(BASE, kept).rows == (ends,)
    assert draft_of(BASE, [*kept, {"base": "2026.1", "do": "undo"}]).rows == (ends, GAS)
    assert draft_of(BASE, [*kept, {"base": "2026.1", "do": "discard"}]).rows == BASE.rows


def test_the_last_row_of_a_catalogue_is_not_deleted() -> None:
    refused = edited((WATER,), RowEdit(was="water"), directory())
    assert isinstance(refused, Refusal)
    assert refused.text_en == "the catalogue would have no row"
