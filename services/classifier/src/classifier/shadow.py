"""A new model first runs in shadow: it judges what is judged, decides nothing, and its disagreements can be read."""

from collections import Counter, deque
from dataclasses import dataclass

from classifier.domain.reactions import Judge
from classifier.domain.text_model import Models
from classifier.domain.verdict import Context, Verdict

KEPT = 500
"""Disagreements kept in this process, latest last; older ones are only counted."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One text on which the two part. ``part`` is type, topic or unit; the text is masked."""

    part: str
    text: str
    in_force: str
    tried: str


class Shadow:
    """The opinion that is tried, if any, and what it made of the texts of this process."""

    def __init__(self) -> None:
        self._judge: Judge | None = None
        self.version = ""
        self.judged = 0
        self.disagreed: Counter[str] = Counter()
        self.latest: deque[Disagreement] = deque(maxlen=KEPT)

    def replace(self, judge: Judge | None, models: Models | None) -> None:
        """Try another one, counting from nothing."""
        self._judge = judge
        self.version = models.version if models is not None else ""
        self.judged = 0
        self.disagreed = Counter()
        self.latest.clear()

    def beside(self, judge: Judge) -> Judge:
        """``judge``, whose verdicts are compared and given unchanged."""

        def compared(text: str, context: Context) -> Verdict:
            verdict = judge(text, context)
            if self._judge is not None:
                self._compare(text, verdict, self._judge(text, context))
            return verdict

        return compared

    def _compare(self, text: str, in_force: Verdict, tried: Verdict) -> None:
        self.judged += 1
        theirs = _parts(tried)
        for part, ours in _parts(in_force).items():
            if ours != theirs[part]:
                self.disagreed[part] += 1
                self.latest.append(Disagreement(part, text, ours, theirs[part]))


def _parts(verdict: Verdict) -> dict[str, str]:
    unit = verdict.units[0].unit if verdict.units else ""
    return {"type": str(verdict.type), "topic": verdict.topic, "unit": unit}
