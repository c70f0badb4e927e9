"""A person decides an appeal on the triage desk."""

from datetime import datetime

from chassis.document import Change, Command, Document, Step
from classifier.domain.reactions import context_of
from classifier.domain.refusal import Refusal
from classifier.domain.triage import NOT_REGISTERED, Choice, decide
from classifier.domain.view import fold
from classifier.ports import Opinions
from classifier.use_cases.answering import changed
from classifier.use_cases.claim_triage import CLAIM, CLAIMED, held_by_other

UNKNOWN_UNIT = Refusal(code="unknown_unit", text_zh="没有这个单位", text_en="Unknown unit", field="unit", status=422)
UNKNOWN_TOPIC = Refusal(
    code="unknown_topic", text_zh="没有这个主题", text_en="Unknown topic", field="topic", status=422
)


def decide_triage(command: Command, choice: Choice, opinions: Opinions, now: datetime, at: datetime) -> Step:
    """``now`` is business time, ``at`` infrastructure time (for the claim). The desk's decision ends the claim."""

    def step(document: Document) -> Change:
        view = fold(document.subject, document.facts)
        if view.registered is None:
            return changed(NOT_REGISTERED, {})
        if held_by_other(document.private, command.user, at):
            return changed(CLAIMED, {})
        if any(unit is not None and unit not in opinions.units for unit in _units(choice)):
            return changed(UNKNOWN_UNIT, {})
        if choice.topic not in opinions.topics:
            return changed(UNKNOWN_TOPIC, {})
        verdict = opinions.snapshot.judge(view.registered.data.text_masked, context_of(view.registered.data))
        key = ("command", command.user, command.command_id)
        result = decide(view, verdict, choice, kin=opinions.kin, by=command.user, now=now, key=key)
        if isinstance(result, Refusal):
            return changed(result, {})
        body = {"subject": document.subject, "number": view.number, "decided_by": command.user}
        return changed(result, body, private={CLAIM: None})

    return step


def _units(choice: Choice) -> tuple[str | None, ...]:
    return (*choice.units, choice.subject_unit, choice.accused_unit)
