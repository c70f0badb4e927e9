"""An accusation that the machine missed and a person of the centre saw: the guard holds as if it had been told so."""

from contracts.events import work_order as wo
from dispatcher.domain.destination import OVER
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View


def accuse(view: View, tables: Tables, by: str, unit: str, accusation: str, reason: str) -> Verdict:
    """At any time before the end. What follows for who has the order is the guard's (``reactions``)."""
    if view.over:
        return OVER
    if unit not in tables.directory:
        return Refusal("unknown_unit", "没有这个成员单位", "there is no such member unit", "unit")
    if unit in view.accused and accusation in view.accusations:
        return Refusal("already_accused", "该单位已列为被举报单位", "the unit is known as accused already", "unit")
    return (wo.Accused(accused_unit=unit, accusation=accusation, by=by, reason=reason),)
