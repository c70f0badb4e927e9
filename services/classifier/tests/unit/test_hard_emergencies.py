"""The hard emergency set: dangers, and texts that only sound like one. Who tunes reads neither test nor watched file.

The floors of the test file lie a little below what was measured (docs/classifier.md): they guard against a fall.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from classifier.data.loading import shipped_tables
from classifier.domain.verdict import Context, classify
from classifier.model.starter import starter_models
from first_look import suspect_lines

TABLES = shipped_tables()
MODELS = starter_models()


@dataclass(frozen=True)
class Figures:
    """Shares in 0..1."""

    recall: float
    precision: float
    right_line: float
    suspected: float


def rows(name: str) -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / f"hard_emergencies_{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    return [(wanted, text) for wanted, text in pairs]


def raised(text: str) -> tuple[str, ...]:
    return classify(text, Context(), TABLES, MODELS, explain=False).emergency_lines


def figures(name: str) -> Figures:
    dangers = [(set(wanted.replace("+", "/").split("/")), text) for wanted, text in rows(name) if wanted != "-"]
    lines = [raised(text) for _, text in dangers]
    found = sum(map(bool, lines))
    false_alarms = sum(bool(raised(text)) for wanted, text in rows(name) if wanted == "-")
    return Figures(
        recall=found / len(dangers),
        precision=found / (found + false_alarms),
        right_line=sum(bool(wanted & set(named)) for (wanted, _), named in zip(dangers, lines, strict=True))
        / len(dangers),
        suspected=sum(bool(suspect_lines(text)) for _, text in dangers) / len(dangers),
    )


@pytest.mark.parametrize(("name", "least"), [("tune", 500), ("watched", 200), ("test", 900)])
def test_the_set_is_large_and_half_of_it_is_harmless(name: str, least: int) -> None:
    harmless = sum(wanted == "-" for wanted, _ in rows(name))
    assert len(rows(name)) >= least
    assert 0.45 <= harmless / len(rows(name)) <= 0.55


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("tune", Figures(recall=0.98, precision=0.95, right_line=0.98, suspected=0.97)),
        ("watched", Figures(recall=0.97, precision=0.88, right_line=0.97, suspected=0.97)),
        ("test", Figures(recall=0.98, precision=0.90, right_line=0.97, suspected=0.98)),
    ],
    ids=["tune", "watched", "test"],
)
def test_recall_precision_lines_and_first_look_do_not_fall(name: str, floor: Figures) -> None:
    reached = vars(figures(name))
    print(name, reached)  # pytest -s shows the figures of docs/classifier.md
    fallen = {what: reached[what] for what, least in vars(floor).items() if reached[what] < least}
    assert {} == fallen
