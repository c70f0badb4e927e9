"""The whole view of one appeal: one sub-state per source, so that how sources interleave cannot matter."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealClosed
from contracts.events.revisit import (
    RedoOrdered,
    RevisitAnswered,
    RevisitAttempted,
    RevisitScheduled,
    RevisitUnreached,
)
from contracts.recusal import Recusals, recusals
from contracts.words import Service
from revisit.domain.matter import Registration, Verdict, registration, verdict
from revisit.domain.results import Handling, handling
from revisit.domain.sources import Facts, of_source
from revisit.domain.visit import Try, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything this service knows of an appeal. ``visits`` in order of rounds."""

    subject: str
    registration: Registration
    verdict: Verdict
    handling: Handling
    visits: tuple[Visit, ...] = ()
    redos: int = 0
    closed: AppealClosed | None = None
    closed_at: datetime | None = None
    recusals: Recusals = field(default_factory=Recusals)

    @property
    def visit(self) -> Visit | None:
        """The latest visit."""
        return self.visits[-1] if self.visits else None

    def visit_by_id(self, visit: str) -> Visit | None:
        """The visit with this id."""
        return next((known for known in self.visits if known.visit == visit), None)


def fold(subject: str, facts: Facts) -> View:
    """The view of these facts, whatever their order and however often each came."""
    results = handling(facts)
    visits: dict[int, Visit] = {}
    redos = 0
    closed: Fact[Event] | None = None
    units = {result.round: result.unit for result in results.results}
    for fact in of_source(facts, Service.REVISIT):
        match fact.data:
            case RevisitScheduled() as planned:
                visits[planned.round] = Visit(
                    visit=planned.visit,
                    round=planned.round,
                    unit=units.get(planned.round),
                    method=planned.method,
                    due=planned.due,
                    scheduled_at=fact.time,
                )
            case RevisitAttempted(round=round_) as tried if round_ in visits:
                attempt = Try(at=fact.time, method=tried.method, by=tried.by)
                visits[round_] = replace(visits[round_], tries=(*visits[round_].tries, attempt))
            case RevisitAnswered(round=round_) as answer if round_ in visits:
                visits[round_] = replace(visits[round_], answer=answer, answered_at=fact.time)
            case RevisitUnreached(round=round_) if round_ in visits:
                visits[round_] = replace(visits[round_], unreached_at=fact.time)
            case RedoOrdered(round=round_) as redo:
                redos += 1
                if round_ - 1 in visits:
                    visits[round_ - 1] = replace(visits[round_ - 1], redo=redo.number)
            case AppealClosed():
                closed = fact
            case _:
                pass
    return View(
        subject=subject,
        registration=registration(facts),
        verdict=verdict(facts),
        handling=results,
        visits=tuple(visits[key] for key in sorted(visits)),
        redos=redos,
        closed=closed.data if closed is not None and isinstance(closed.data, AppealClosed) else None,
        closed_at=closed.time if closed is not None else None,
        recusals=recusals(facts),
    )
