"""Tells the unit whose service is the matter from the unit that is accused of misconduct (domain: protection)."""

import re
from dataclasses import dataclass

from classifier.domain.rule import Fired, sentence_around
from classifier.domain.tables import Tables
from contracts.events.appeal import Evidence
from first_look import fold


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named as what. ``unclear``: somebody is accused of misconduct and it is not sure which unit.

    ``accusation``: ``discipline``, ``retaliation`` or ``conduct``. ``further``: who is accused beside ``accused_unit``.
    """

    subject_unit: str | None
    accused_unit: str | None
    unclear: bool
    evidence: tuple[Evidence, ...]
    accusation: str | None = None
    further: tuple[str, ...] = ()

    @property
    def accused(self) -> tuple[str, ...]:
        """Everybody who is accused."""
        return (*((self.accused_unit,) if self.accused_unit is not None else ()), *self.further)


def tell_apart(folded: str, tables: Tables) -> Named:
    """Find units named in a folded text; the one nearest to a sign of misconduct in its sentence is accused."""
    mentions = tables.unit_names.find(folded)
    fired = tables.accusations.fired(folded)
    if not fired:
        first = mentions[0] if mentions else None
        if first is None:
            return Named(None, None, False, ())
        told = Evidence(part="subject_unit", rule=first.owner, start=first.start, end=first.end)
        return Named(first.owner, None, False, (told,))
    # Retaliation has a lane of its own, so it counts before other signs.
    sign = next((one for one in fired if one.rule.then == "retaliation"), fired[0])
    accused, span = _nearest_unit(folded, sign, tables)
    subject = next((mention.owner for mention in mentions if mention.owner != accused), None)
    evidence: tuple[Evidence, ...] = (Evidence(part="accused_unit", rule=sign.rule.id, start=sign.start, end=sign.end),)
    if accused is not None and span is not None:
        evidence += (Evidence(part="accused_unit", rule=accused, start=span[0], end=span[1]),)
    return Named(subject, accused, accused is None, evidence, sign.rule.then)


def units_of(name: str, tables: Tables) -> tuple[str, ...]:
    """The units that a form's free words name, by id or by a name people use, in any case; none where nobody is."""
    folded = fold(name).strip()
    by_id = re.sub(r"[\s_]+", "-", folded)
    if by_id in tables.units:
        return (by_id,)
    return tuple(dict.fromkeys(found.owner for found in tables.unit_names.find(folded)))


def kin(unit: str, tables: Tables) -> frozenset[str]:
    """The unit, its parent and its children: none of them handles an accusation against it (D)."""
    parent = tables.units[unit].parent if unit in tables.units else None
    children = {other.id for other in tables.units.values() if other.parent == unit}
    return frozenset({unit, *children} | ({parent} if parent else set()))


def _nearest_unit(folded: str, sign: Fired, tables: Tables) -> tuple[str | None, tuple[int, int] | None]:
    sentence = sentence_around(folded, sign.start, sign.end)
    offset = folded.index(sentence)
    mentions = tables.unit_names.find(sentence) or []
    if not mentions:
        offset, mentions = 0, tables.unit_names.find(folded)
        if len({mention.owner for mention in mentions}) != 1:
            return None, None
    # who is named before the misconduct did it; who is named after it is usually asked to act
    before = [mention for mention in mentions if mention.start + offset <= sign.end]
    best = max(before, key=lambda mention: mention.start) if before else mentions[0]
    return best.owner, (best.start + offset, best.end + offset)
