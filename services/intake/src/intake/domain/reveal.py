"""Who may learn a caller's name and number, and why (S0, personal-information law; domain rules, section 7)."""

from contracts.recusal import named_in
from contracts.words import Role
from intake.domain.refusal import Refusal
from intake.domain.view import View

UNIT_ROLES = frozenset({Role.UNIT_HANDLER, Role.UNIT_HEAD})
DOOR = (Role.UNIT_HANDLER, Role.UNIT_HEAD, Role.REVISIT_AGENT, Role.LINE_OPERATOR)

_NOT_HOLDER = Refusal("not-the-holder", "该单位未持有此工单", "Your unit or line does not have this case")
_CLOSED = Refusal("closed", "诉求已办结，不再提供身份信息", "The appeal is closed; there is no purpose left")
_CONFIDENTIAL = Refusal("confidential", "诉求人要求保密", "The caller asked for confidentiality")
_RECUSED = Refusal("must-recuse", "您须回避，不得查看诉求人身份", "You have an interest and take no part in it")
_UNKNOWN = Refusal("not-registered", "诉求尚未登记", "The appeal is not registered yet")


def may_reveal(view: View, roles: frozenset[Role], user: str, unit: str | None, line: str | None) -> Refusal | None:
    """None when one of the caller's roles opens the identity, else the refusal that comes closest.

    A unit must hold the order now and never learns a confidential caller. A line must have a case that was not
    lowered. The centre's visitor may ask until the appeal is closed. Who has recused learns nothing, nor does anybody
    of an accused unit, of what is above it or below it; the latter are not told why.
    """
    if view.own.registered is None:
        return _UNKNOWN
    if line is not None and Role.LINE_OPERATOR in roles and line in dict(view.classified.cases):
        return None
    if view.revisited.closed is not None:
        return _CLOSED
    if named_in(view.recusals.persons, user, unit):
        return _RECUSED
    if unit is not None and unit in view.recusals.units:
        return _NOT_HOLDER
    if Role.REVISIT_AGENT in roles:
        return None
    if unit is None or not roles & UNIT_ROLES:
        return _NOT_HOLDER
    if unit not in view.orders.holders:
        return _NOT_HOLDER
    return _CONFIDENTIAL if view.own.registered.data.confidential else None
