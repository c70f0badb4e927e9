"""What makes a row of the dispatch catalogue bad, alone or beside the others: one rule for files and for forms."""

import re
from collections.abc import Iterable

from dispatcher.domain.catalogue import CatalogueRow
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal

LEVELS = ("city", "district")
NAME = re.compile(r".{1,100}")
TOPIC = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
AREA = re.compile(r"\*|[1-9]\d{5}", re.ASCII)


def bad(field: str, text_zh: str, text_en: str) -> Refusal:
    """A refusal of one field of a row."""
    return Refusal("bad_row", text_zh, text_en, field, status=422)


def fault_of(row: CatalogueRow, directory: Directory) -> Refusal | None:
    """The first field of the row that is wrong whatever the other rows say."""
    if not NAME.fullmatch(row.id):
        return bad("id", "须为1至100个字", "1 to 100 characters")
    if not TOPIC.fullmatch(row.topic):
        return bad("topic", "须为主题编码，如 water.supply", "a topic such as water.supply")
    if not AREA.fullmatch(row.area):
        return bad("area", "须为六位区划代码，或 * 表示全市", "six digits, or * for everywhere")
    if row.level not in LEVELS:
        return bad("level", "须为市级或区县", f"one of {', '.join(LEVELS)}")
    if row.unit not in directory:
        return bad("unit", "不是网络成员单位", f"{row.unit[:40]} is no member unit")
    if row.valid_until is not None and row.valid_until <= row.valid_from:
        return bad("valid_until", "失效日期须晚于生效日期", "the row ends before it begins")
    return None


def clash_of(row: CatalogueRow, others: Iterable[CatalogueRow]) -> Refusal | None:
    """Two rows for one topic, area and level on one day would leave it to their ids who is responsible."""
    for other in others:
        begins_before_end = other.valid_until is None or row.valid_from < other.valid_until
        ends_after_begin = row.valid_until is None or other.valid_from < row.valid_until
        same = (other.topic, other.area, other.level) == (row.topic, row.area, row.level)
        if same and begins_before_end and ends_after_begin:
            return bad(
                "topic",
                f"第 {other.id} 行在同一时期已规定同一主题、区划和层级",
                f"row {other.id} speaks of the same topic, area and level in the same days",
            )
    return None
