"""Who looks at the answers only, as the batch command does, gets the verdicts that the service gives."""

from dataclasses import replace
from pathlib import Path

from classifier.data.loading import shipped_tables
from classifier.domain.verdict import Context, classify
from classifier.model.starter import starter_models
from classifier.training.texts import danger_texts, written_texts

HARD = [
    line.partition(" ")[2]
    for file in sorted(Path(__file__).parent.glob("hard_emergencies_*.txt"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
FRAMED = [f"市民来电反映:{text.text}请城管局核实处理。请按规定在30分钟内联系市民。" for text in written_texts()[::40]]
ODD = ["", "。。。", "a", "民警打击报复我", "工作人员态度恶劣", "着火了" * 200, "\ud800", "𠮷家着火"]


def test_leaving_the_evidence_out_changes_no_verdict() -> None:
    tables, models = shipped_tables(), starter_models()
    texts = [*ODD, *HARD, *FRAMED, *(text for text, _ in danger_texts()[::8]), *(w.text for w in written_texts()[::20])]
    for text in texts:
        explained = classify(text, Context(), tables, models)
        assert replace(explained, evidence=()) == classify(text, Context(), tables, models, explain=False)
