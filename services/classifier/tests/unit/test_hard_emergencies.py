"""The hard emergency set: dangers, and texts that only sound like one. Even entries were never tuned on."""

from pathlib import Path

from classifier.data.loading import shipped_tables
from classifier.domain.verdict import Context, classify
from classifier.model.starter import starter_models
from first_look import suspect_lines

TABLES = shipped_tables()
MODELS = starter_models()
LINES = (Path(__file__).parent / "hard_emergencies.txt").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split(" ", 1)) for line in LINES if line and not line.startswith("#")]
TEST_HALF = ROWS[1::2]


def raised(text: str) -> tuple[str, ...]:
    return classify(text, Context(), TABLES, MODELS).emergency_lines


def test_the_set_is_large_and_half_of_it_is_harmless() -> None:
    harmless = sum(wanted == "-" for wanted, _ in ROWS)
    assert len(ROWS) >= 300
    assert 0.45 <= harmless / len(ROWS) <= 0.55


def test_recall_precision_and_lines_on_the_untuned_half() -> None:
    dangers = [(wanted, raised(text)) for wanted, text in TEST_HALF if wanted != "-"]
    false_alarms = sum(bool(raised(text)) for wanted, text in TEST_HALF if wanted == "-")
    found = sum(bool(lines) for _, lines in dangers)
    right = sum(bool(set(lines) & set(wanted.replace("+", "/").split("/"))) for wanted, lines in dangers)
    assert found / len(dangers) >= 0.97
    assert found / (found + false_alarms) >= 0.90
    assert right / len(dangers) >= 0.95


def test_first_look_suspects_nearly_every_danger() -> None:
    dangers = [text for wanted, text in ROWS if wanted != "-"]
    assert sum(bool(suspect_lines(text)) for text in dangers) / len(dangers) >= 0.98
