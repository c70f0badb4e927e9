"""Everything outside the facts that a decision looks at, as one snapshot."""

from dataclasses import dataclass
from datetime import date

from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.knowledge import KnowledgeBase
from dispatcher.domain.limits import Limits
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.sign_off import SignOff


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """To whom a matter is submitted."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPoint:
    """One point of the review's checklist. ``may_not_apply``: some results have nothing of the kind."""

    id: str
    zh: str
    en: str
    may_not_apply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The snapshot. A decision once taken is a fact and is not taken again when the tables change.

    ``knowledge_checked``: the day on which all items that nobody has edited since were last looked at.
    """

    directory: Directory
    catalogue: Catalogue
    knowledge: KnowledgeBase
    limits: Limits
    leaders: tuple[Leader, ...]
    checklist: tuple[CheckPoint, ...] = ()
    knowledge_checked: date | None = None
    sign_offs: tuple[SignOff, ...] = ()
