"""How the centre handles an appeal: answers, submits, forwards under a standing sign-off, or waits for a signature."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.words import AppealType, AssignmentMode, UnitPart, Urgency
from dispatcher.domain.guard import barred_units, guarded_unit
from dispatcher.domain.knowledge import KnowledgeItem
from dispatcher.domain.member_unit import HOTLINE_CENTER
from dispatcher.domain.sign_off import covering
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View

SHANGHAI = timezone(timedelta(hours=8))
"""Days of validity are local days; China has had no summer time since 1991."""


PERSONALLY = "retaliation is signed by a person"
UNCOVERED = "no standing sign-off covers it"


@dataclass(frozen=True, slots=True)
class Choice:
    """The responsible unit, and the rule that chose it."""

    unit: str | None
    rule: str
    catalog_version: str


def choose_unit(view: View, tables: Tables, now: datetime, without: frozenset[str] = frozenset()) -> Choice:
    """Who is responsible. ``without``: units that gave the order back.

    An accusation goes to the supervision office; a service complaint to the unit it names; else the catalogue's row
    decides, and where it has none, the classifier's proposal.
    """
    registered, classified = view.matter.registered, view.judgement.classified
    version = tables.catalogue.version
    if view.accusing:
        return Choice(guarded_unit(barred_units(view.accused, tables.directory)), "guard", version)
    if classified is None:
        return Choice(None, "", version)
    proposed = [one.unit for one in classified.units if one.unit in tables.directory and one.unit not in without]
    named = _named(registered, classified, proposed, tables)
    if named is not None and named not in without:
        return Choice(named, "subject_unit", version)
    area = _area(registered)
    row = tables.catalogue.choose(classified.topic, area, now.astimezone(SHANGHAI).date())
    if row is not None and row.unit not in without:
        return Choice(row.unit, row.id, version)
    if proposed:
        return Choice(proposed[0], "classifier", version)
    # Nobody is known to be responsible: the centre itself holds it until a person decides.
    return Choice(HOTLINE_CENTER if HOTLINE_CENTER not in without else None, "none", version)


def _area(registered: ap.AppealRegistered | None) -> str:
    """Where the matter is, as far as that is known; else the hotline's own area."""
    if registered is None:
        return ""
    place = registered.place.area_code if registered.place is not None else None
    return place or registered.area


def _named(
    registered: ap.AppealRegistered | None, classified: ap.AppealClassified, proposed: list[str], tables: Tables
) -> str | None:
    if registered is not None and registered.subject_unit in tables.directory:
        return registered.subject_unit
    # A name the machine found in the text counts only where its own proposal agrees: people name many offices.
    if classified.type is AppealType.COMPLAINT and classified.subject_unit in proposed:
        return classified.subject_unit
    return None


def assign(view: View, tables: Tables, now: datetime) -> tuple[Event, ...]:
    """The first decision on a classified appeal; nothing while something is missing or when it is decided already."""
    registered, classified = view.matter.registered, view.judgement.classified
    if registered is None or classified is None or view.handling.begun or view.over:
        return ()
    if not classified.work_order_follows:
        return ()
    answer = _direct(view, classified, tables)
    if answer is not None:
        return (direct_answer(answer, tables, "machine"),)
    choice = choose_unit(view, tables, now)
    reason = _major(classified, tables)
    if reason is not None and tables.leaders:
        brief = f"重大突发事项，诉求编号{registered.number}：{registered.text_masked[:2000]}"
        submitted = wo.Submitted(leader=tables.leaders[0].id, brief=brief, reason=reason, major=True)
        # The duty officer need not wait for the leader: danger does not.
        return (submitted, waiting(choice, AssignmentMode.SUBMIT, reason))
    if view.retaliation:
        return (waiting(choice, AssignmentMode.FORWARD, PERSONALLY),)
    standing = covering(tables.sign_offs, classified.topic, classified.confidence, now)
    if choice.unit is None or choice.rule == "none":
        return (waiting(choice, AssignmentMode.FORWARD, "no responsible unit is known"),)
    if standing is None:
        return (waiting(choice, AssignmentMode.FORWARD, UNCOVERED),)
    return sign_and_dispatch(view, tables, choice, mode=AssignmentMode.FORWARD, by=standing.by, sign_off=standing.name)


def sign_and_dispatch(
    view: View, tables: Tables, choice: Choice, *, mode: AssignmentMode, by: str, sign_off: str | None = None,
    co_units: tuple[str, ...] = (), round: int | None = None, part: UnitPart = UnitPart.LEAD,
) -> tuple[Event, ...]:  # fmt: skip
    """Signature and dispatch to the lead unit, then to the co-units. ``choice.unit`` must be known.

    A unit that leads from now on is a co-unit no more. ``part`` CO: ``choice.unit`` joins in beside the present lead.
    """
    if choice.unit is None:
        raise ValueError("nobody to dispatch to")
    events: list[Event] = []
    present = view.handling.holding(choice.unit)
    if part is UnitPart.LEAD and present is not None and present.part is UnitPart.CO:
        events.append(wo.Recalled(unit=present.unit, round=present.round, reason="the unit leads from now on"))
    events.append(wo.Signed(unit=choice.unit, mode=mode, by=by, standing_sign_off=sign_off))
    for unit in (choice.unit, *co_units):
        events.append(
            wo.Dispatched(
                unit=unit,
                part=part if unit == choice.unit else UnitPart.CO,
                round=round or view.handling.round,
                mode=mode,
                urgency=urgency_of(view),
                signed_by=by,
                standing_sign_off=sign_off,
                rule=choice.rule,
                catalog_version=choice.catalog_version,
                unit_name=tables.directory.name(unit) or "",
            )
        )
    return tuple(events)


def urgency_of(view: View) -> Urgency:
    """How fast the matter must move; normal before the verdict."""
    classified = view.judgement.classified
    return classified.urgency if classified is not None else Urgency.NORMAL


def direct_answer(item: KnowledgeItem, tables: Tables, by: str, text: str | None = None) -> wo.AnsweredDirectly:
    """直办 with its citation in the citizen's text."""
    cited = f"{text or item.answer}\n（依据：{item.source}；知识条目 {item.id}，版本 {tables.knowledge.version}）"
    return wo.AnsweredDirectly(
        public_text=cited, knowledge_item=item.id, knowledge_version=tables.knowledge.version, by=by
    )


def _direct(view: View, classified: ap.AppealClassified, tables: Tables) -> KnowledgeItem | None:
    limits = tables.limits
    plain = classified.urgency is Urgency.NORMAL and not classified.hazard and not view.accusing
    if classified.type is not AppealType.INQUIRY or not plain or len(view.text) > limits.direct_length:
        return None
    match = tables.knowledge.direct(view.text, classified.topic, limits.direct_score)
    return match.item if match is not None else None


def _major(classified: ap.AppealClassified, tables: Tables) -> str | None:
    if classified.hazard and len(set(classified.emergency_lines)) >= tables.limits.submit_lines:
        return f"hazard with {len(set(classified.emergency_lines))} emergency lines"
    return None


def waiting(choice: Choice, mode: AssignmentMode, reason: str) -> wo.AwaitingSignature:
    """The order waits on the duty desk, with who is proposed and why it waits."""
    return wo.AwaitingSignature(
        unit=choice.unit, mode=mode, reason=reason, rule=choice.rule, catalog_version=choice.catalog_version
    )
