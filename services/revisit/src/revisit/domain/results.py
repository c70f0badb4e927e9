"""The dispatcher's results that a caller is asked about: direct answers, and approved replies of lead units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.events.work_order import (
    AnsweredDirectly,
    Approved,
    Dispatched,
    MainClosed,
    MainReplied,
    Merged,
    Replied,
    Unmerged,
)
from contracts.words import Service, UnitPart
from revisit.domain.sources import Facts, gapless


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the caller is asked about in ``round``. ``unit`` is None where the centre answered directly."""

    round: int
    unit: str | None
    at: datetime
    public_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """One result per round, and whether the appeal is merged into another; ``main_closed`` is how that one ended.

    ``names``: of the units it was dispatched to, by id.
    """

    results: tuple[Result, ...] = ()
    merged_into: str | None = None
    main_closed: MainClosed | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def handling(facts: Facts) -> Handling:
    """Fold of the dispatcher's facts up to the first gap. A co-unit's approved part is no result of the whole.

    What the main order replied is a result here too, unless its caller is asked about the main one anyway.
    """
    co_units: set[tuple[str, int]] = set()
    replies: dict[tuple[str, int, int], str] = {}
    results: dict[int, Result] = {}
    names: dict[str, str] = {}
    merged_into: str | None = None
    main_closed: MainClosed | None = None
    for fact in gapless(facts, Service.DISPATCHER):
        match fact.data:
            case Dispatched(unit=unit, part=part, round=round_, unit_name=name):
                names |= {unit: name} if name else {}
                if part is UnitPart.CO:
                    co_units.add((unit, round_))
                else:
                    co_units.discard((unit, round_))
            case Replied() as reply:
                replies[reply.unit, reply.round, reply.number] = reply.public_text
            case Approved() as done:
                if (done.unit, done.round) not in co_units and done.round not in results:
                    text = replies.get((done.unit, done.round, done.number), "")
                    results[done.round] = Result(round=done.round, unit=done.unit, at=fact.time, public_text=text)
            case AnsweredDirectly() as answered:
                if 1 not in results:
                    results[1] = Result(round=1, unit=None, at=fact.time, public_text=answered.public_text)
            case Merged(parent=parent):
                merged_into, main_closed = parent, None
            case Unmerged():
                merged_into = main_closed = None
            case MainReplied(interim=False, same_caller=False) as told:
                if told.round not in results:
                    results[told.round] = Result(
                        round=told.round, unit=told.unit, at=fact.time, public_text=told.public_text
                    )
            case MainClosed() as main_closed:
                pass
            case _:
                pass
    in_order = tuple(results[key] for key in sorted(results))
    return Handling(results=in_order, merged_into=merged_into, main_closed=main_closed, names=names)
