"""What the classifier does by itself because of facts: the verdict, emergencies, pages. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from classifier.domain import handover
from classifier.domain.guidance import RIGHT_CHANNELS, SignOff, covering
from classifier.domain.verdict import Context, Verdict
from classifier.domain.view import VERDICT, View
from contracts.decision import Decision, Reaction
from contracts.envelope import Fact
from contracts.events.appeal import (
    AppealClassified,
    AppealGuided,
    AppealRegistered,
    AppealSupplemented,
    SupplementJudged,
    UnitScore,
)
from contracts.events.triage import TriageRequested
from contracts.words import Exclusion, Lane, Urgency

Judge = Callable[[str, Context], Verdict]
"""The classifier's opinion on a masked text; pure for as long as tables and models stay the same."""

ACCUSED_BY_SUPPLEMENT = "supplement.accuses"
"""Why a person is asked: what was added accuses somebody, and the machine does not know which unit."""

_SETTLED_BY_SIGN_OFF = frozenset({"exclusion.proposed", "type.low_confidence", "unit.low_confidence"})
"""What no longer matters once a sign-off covers the exclusion: it says how sure is enough, and no unit is to act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The opinion and the standing sign-offs in force."""

    judge: Judge
    sign_offs: tuple[SignOff, ...] = ()


def react(view: View, snapshot: Snapshot, now: datetime) -> Reaction:
    """Decisions because of what is known now. An emergency waits for nothing, neither the verdict nor the number."""
    decisions: list[Decision] = []
    if view.registered is not None and not view.judged:
        decisions += _verdict(view, view.registered, snapshot, now)
    for fact in view.supplements:
        decisions += _look_again(view, fact, snapshot.judge, now)
    decisions += handover.paging(view, now)
    return Reaction(decisions=tuple(decisions), messages=handover.messages(view), next_wake=handover.next_wake(view))


def context_of(registered: AppealRegistered) -> Context:
    """What is known beside the text."""
    return Context(
        jurisdiction=registered.jurisdiction,
        place=registered.place.text if registered.place is not None else None,
        subject_unit=registered.subject_unit,
        accused_unit=registered.accused_unit,
        suspect_lines=registered.suspect_lines,
        incomplete=registered.incomplete,
    )


def _verdict(view: View, fact: Fact[AppealRegistered], snapshot: Snapshot, now: datetime) -> list[Decision]:
    verdict = snapshot.judge(fact.data.text_masked, context_of(fact.data))
    decisions = list(handover.raising(view, verdict.emergency_lines, fact.time, now))
    # A suspect's own facts stay on the lane it came in by, so that its work order is not behind the ordinary ones.
    lane = fact.lane
    sign_off = _sign_off(verdict, snapshot.sign_offs, now)
    unsure = [reason for reason in verdict.unsure if sign_off is None or reason not in _SETTLED_BY_SIGN_OFF]
    if fact.data.objects_to is not None:
        # The caller does not accept that it was guided elsewhere: neither machine nor sign-off says so a second time.
        unsure.append("guidance.objected")
    if unsure:
        return [*decisions, Decision(event=_request(verdict, unsure), time=now, key=VERDICT, lane=lane)]
    if sign_off is not None and verdict.exclusion is not None:
        decisions.append(_guided(verdict.exclusion, sign_off.name, now, VERDICT, lane))
    decided_by = sign_off.name if sign_off is not None else "machine"
    event = classified(verdict, decided_by=decided_by)
    return [*decisions, Decision(event=event, time=now, key=VERDICT, lane=lane)]


def _look_again(view: View, fact: Fact[AppealSupplemented], judge: Judge, now: datetime) -> list[Decision]:
    # For emergencies and accusations. Its own words are judged, so that words a person has judged harmless do not count
    # again.
    jurisdiction = view.registered.data.jurisdiction if view.registered is not None else "default"
    context = Context(jurisdiction=jurisdiction, suspect_lines=fact.data.suspect_lines)
    verdict = judge(fact.data.text_masked, context)
    judged = SupplementJudged(supplement=fact.id, accusation=verdict.accusation, accused_unit=verdict.accused_unit)
    decisions = [Decision(event=judged, time=now, key=("judged", fact.id), lane=fact.lane)]
    raised = handover.raising(view, verdict.emergency_lines, fact.time, now)
    suspect = bool(fact.data.suspect_lines) and not verdict.emergency_lines
    # Whom an addition accuses, a person says where the machine cannot; an emergency goes out meanwhile.
    unnamed = verdict.accusation is not None and verdict.accused_unit is None
    reasons = [*(["suspect.not_raised"] if suspect else []), *([ACCUSED_BY_SUPPLEMENT] if unnamed else [])]
    if reasons:
        request = TriageRequested(reasons=tuple(reasons), dangerous=suspect)
        lane = Lane.EMERGENCY if suspect else fact.lane
        decisions.append(Decision(event=request, time=now, key=("supplement", fact.id), lane=lane))
    return [*raised, *decisions]


def _sign_off(verdict: Verdict, sign_offs: Sequence[SignOff], now: datetime) -> SignOff | None:
    if verdict.exclusion is None:
        return None
    return covering(sign_offs, verdict.exclusion, verdict.confidence, now)


def _request(verdict: Verdict, unsure: Sequence[str]) -> TriageRequested:
    return TriageRequested(
        reasons=tuple(unsure),
        dangerous=verdict.dangerous,
        proposed_type=verdict.type,
        proposed_unit=verdict.units[0].unit if verdict.units else None,
    )


def _guided(exclusion: Exclusion, by: str, now: datetime, key: tuple[str, ...], lane: Lane) -> Decision:
    return Decision(event=guided(exclusion, by), time=now, key=key, lane=lane)


def guided(exclusion: Exclusion, by: str) -> AppealGuided:
    """The ground named and the right channel shown (S2: never refuse silently)."""
    return AppealGuided(exclusion=exclusion, right_channel=RIGHT_CHANNELS[exclusion].text, signed_by=by)


def classified(verdict: Verdict, *, decided_by: str) -> AppealClassified:
    """The machine's verdict as an event. A matter that is guided elsewhere needs no work order."""
    return AppealClassified(
        type=verdict.type,
        topic=verdict.topic,
        units=tuple(UnitScore(unit=item.unit, score=item.score) for item in verdict.units),
        urgency=Urgency.EMERGENCY if verdict.emergency_lines else verdict.urgency,
        hazard=verdict.hazard,
        emergency_lines=verdict.emergency_lines,
        work_order_follows=verdict.work_order_follows and verdict.exclusion is None,
        exclusion=verdict.exclusion,
        subject_unit=verdict.subject_unit,
        accused_unit=verdict.accused_unit,
        confidence=verdict.confidence,
        decided_by=decided_by,
        evidence=verdict.evidence,
        versions=verdict.versions,
        accusation=verdict.accusation,
        further_accused=verdict.further_accused,
    )
