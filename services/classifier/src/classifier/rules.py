"""The domain's rules in the form the chassis calls them, with the opinion and sign-offs that are in force."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from classifier.domain.guidance import SignOff
from classifier.domain.reactions import Judge, Snapshot, react
from classifier.domain.verdict import Context, Verdict
from classifier.domain.view import fold
from contracts.decision import Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.words import Service

_REMEMBERED = 2_048


class Remembering:
    """A judge that keeps its latest verdicts: the rules look at the same words several times until they rest."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._kept: OrderedDict[tuple[str, Context], Verdict] = OrderedDict()

    def __call__(self, text: str, context: Context) -> Verdict:
        """The verdict, as the judge gives it."""
        key = (text, context)
        verdict = self._kept.get(key)
        if verdict is None:
            verdict = self._kept[key] = self._judge(text, context)
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return verdict


class ClassifierRules:
    """Implements ``chassis.document.Rules``. ``snapshot`` is replaced as a whole, never changed."""

    service = Service.CLASSIFIER

    def __init__(self, judge: Judge) -> None:
        self.snapshot = Snapshot(judge=Remembering(judge))

    def swap_judge(self, judge: Judge) -> None:
        """Judge by other tables or models from now on; what is decided stays."""
        self.snapshot = Snapshot(judge=Remembering(judge), sign_offs=self.snapshot.sign_offs)

    def swap_sign_offs(self, sign_offs: tuple[SignOff, ...]) -> None:
        """The standing sign-offs from now on."""
        self.snapshot = Snapshot(judge=self.snapshot.judge, sign_offs=sign_offs)

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """See ``domain.reactions``."""
        return react(fold(facts[0].subject, facts), self.snapshot, now) if facts else Reaction()

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """What the desks search by. A field is absent when its desk has nothing to do with it (sparse index)."""
        view = fold(facts[0].subject, facts)
        row: dict[str, Any] = {"number": view.number}
        if view.waits_for_triage:
            row["triage_rank"] = 0 if view.dangerous else 1
            row["triage_since"] = _stored(min(fact.time for fact in view.pending))
        if view.cases:
            row["references"] = [case.reference for case in view.cases]
            row["emergency_at"] = _stored(view.cases[0].raised_at)
        red = [case for case in view.cases if case.open]
        if red:
            row["open_lines"] = [case.line for case in red]
            row["red_since"] = _stored(min(case.raised_at for case in red))
        if (
            view.decisions
            and view.classified is not None
            and view.classified.data.decided_by == view.decisions[0].data.by
        ):
            row["decided_at"] = _stored(view.decisions[0].time)
        return row


def _stored(instant: datetime) -> datetime:
    # The database keeps milliseconds; a finer row would look changed at every look and be written again.
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
