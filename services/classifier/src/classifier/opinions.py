"""The opinion in force: the shipped tables and models behind one name, with the vocabulary the desks need."""

from collections.abc import Mapping

from classifier.domain.accusation import kin
from classifier.domain.reactions import Judge, Snapshot
from classifier.domain.tables import Tables
from classifier.domain.text_model import Models
from classifier.domain.verdict import Context, Verdict, classify
from classifier.rules import ClassifierRules
from classifier.shadow import Shadow


def judge_by(tables: Tables, models: Models) -> Judge:
    """The classifier with these tables and models."""

    def judge(text: str, context: Context) -> Verdict:
        return classify(text, context, tables, models)

    return judge


class OpinionsInForce:
    """Implements ``ports.Opinions`` over the rules of this process."""

    def __init__(self, tables: Tables, models: Models, rules: ClassifierRules, shadow: Shadow) -> None:
        self._tables = tables
        self._judge = judge_by(tables, models)
        self._rules = rules
        self._shadow = shadow

    @property
    def snapshot(self) -> Snapshot:
        """See ``ports.Opinions``."""
        return self._rules.snapshot

    def preview(self, text: str, context: Context) -> Verdict:
        """See ``ports.Opinions``."""
        return self._judge(text, context)

    @property
    def shadow(self) -> Shadow:
        """The opinion that is tried beside this one."""
        return self._shadow

    def swap(self, tables: Tables, models: Models, tried: Models | None) -> None:
        """Judge by these from now on, and try ``tried`` beside them; what is decided stays."""
        self._tables, self._judge = tables, judge_by(tables, models)
        self._shadow.replace(judge_by(tables, tried) if tried is not None else None, tried)
        self._rules.swap_judge(self._shadow.beside(self._judge))

    def kin(self, unit: str) -> frozenset[str]:
        """See ``ports.Opinions``."""
        return kin(unit, self._tables)

    @property
    def units(self) -> Mapping[str, str]:
        """See ``ports.Opinions``."""
        return {unit.id: unit.zh for unit in self._tables.units.values()}

    @property
    def topics(self) -> Mapping[str, tuple[str, str]]:
        """See ``ports.Opinions``."""
        return {topic.id: (topic.zh, topic.en) for topic in self._tables.topics.values()}
