"""Public numbers: ``{area6}{yyyyMMdd}{seq6}{check}``, one sequence per area and day (domain rules, section 8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""Dates in numbers are calendar dates here."""

_SHORTEST = 6 + 8 + 6 + 1


def business_day(now: datetime) -> str:
    """The calendar date of a business instant in Asia/Shanghai, as ``yyyyMMdd``."""
    return now.astimezone(ZONE).strftime("%Y%m%d")


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10: finds every single wrong digit and almost every swap of two neighbours."""
    check = 5
    for digit in digits:
        check = (((check or 10) * 2) % 11 + int(digit)) % 10
    return str((1 - ((check or 10) * 2) % 11) % 10)


def public_number(area: str, day: str, seq: int) -> str:
    """The number with its check digit; a sequence above 999 999 takes a seventh digit."""
    digits = f"{area}{day}{seq:06d}"
    return digits + check_digit(digits)


def well_formed(number: str) -> bool:
    """Whether ``number`` could have been given out: length, digits and check digit."""
    fits = number.isascii() and number.isdigit() and len(number) in (_SHORTEST, _SHORTEST + 1)
    return fits and check_digit(number[:-1]) == number[-1]


@dataclass(frozen=True, slots=True)
class Audit:
    """One area's numbers of one day: how far the sequence got, and which of its numbers no row explains."""

    last: int
    issued: int
    gaps: tuple[int, ...]


def audit(used: Iterable[int]) -> Audit:
    """Look for gaps among the sequence numbers that have a row, void ones included."""
    there = set(used)
    last = max(there, default=0)
    return Audit(last=last, issued=len(there), gaps=tuple(seq for seq in range(1, last + 1) if seq not in there))
