"""回避 at triage: who may not see an accusation that waits for a person (domain rules, section 7)."""

from collections.abc import Callable, Collection

from classifier.domain.view import View
from contracts.recusal import Recusals

INDEPENDENT = frozenset({"hotline-center", "supervision-office"})
"""Whose people look into an accusation of which it is not known yet whom it concerns."""

Kin = Callable[[str], frozenset[str]]
"""A unit with its parent and its children."""


def taking_no_part(
    view: View, told: Recusals, accusing: Collection[str | None], kin: Kin, units: Collection[str]
) -> Recusals:
    """Who must recuse. ``accusing``: whom the machine reads as accused in each text that accuses, None where unsure.

    While an accused unit is not known, or is no unit of ours, people of any unit take no part: one of them may be
    meant.
    """
    judged = [fact.data for fact in view.judged_supplements if fact.data.accusation is not None]
    known = view.classified.data if view.classified is not None else None
    open_question = list(accusing)
    if known is not None:
        open_question = [known.accused_unit, *known.further_accused] if known.accusation is not None else []
    open_question += [one.accused_unit for one in judged]
    named = {*told.units, *(unit for unit in open_question if unit is not None)}
    if any(unit not in units for unit in named) or (open_question and not named):
        named |= {unit for unit in units if unit not in INDEPENDENT}
    return Recusals(told.persons, frozenset(named).union(*(kin(unit) for unit in named)))
