"""What people write becomes a fact without personal data; the published telephone numbers of units stay readable."""

import re
from functools import lru_cache

from chassis.masking import mask
from dispatcher.domain.member_unit import Directory


@lru_cache(maxsize=8)
def _published(numbers: frozenset[str]) -> re.Pattern[str]:
    return re.compile("(" + "|".join(re.escape(number) for number in sorted(numbers)) + ")")


def masked(text: str, directory: Directory) -> str:
    """``text`` with telephone numbers, cards, names and the like masked, except numbers of the directory."""
    numbers = frozenset(n for unit in directory.units.values() for n in (unit.phone, unit.duty_phone))
    if not numbers:
        return mask(text).text
    parts = _published(numbers).split(text)
    return "".join(part if part in numbers else mask(part).text for part in parts)
