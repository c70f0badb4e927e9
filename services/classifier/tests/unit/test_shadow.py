"""A model in shadow changes no verdict; replaced files come into force, broken ones do not."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from classifier.domain.verdict import Context, Verdict
from classifier.opinion_files import OpinionFiles
from classifier.opinions import OpinionsInForce, judge_by
from classifier.rules import ClassifierRules
from classifier.settings import ClassifierSettings
from classifier.shadow import Disagreement, Shadow
from contracts.words import AppealType

TEXT = "昨天小区停水"


@pytest.fixture
def tables_dir(tmp_path: Path) -> Path:
    """A copy of the shipped tables that a test may change."""
    with as_file(files("classifier.data")) as shipped:
        for path in shipped.glob("*.toml"):
            shutil.copy(path, tmp_path / path.name)
    return tmp_path


def test_the_shadow_disagrees_without_a_say() -> None:
    tables, models, _ = OpinionFiles(ClassifierSettings()).load()
    ours = judge_by(tables, models)

    def praise(text: str, context: Context) -> Verdict:
        return replace(ours(text, context), type=AppealType.PRAISE)

    shadow = Shadow()
    shadow.replace(praise, models)
    verdict = shadow.beside(ours)(TEXT, Context())
    assert verdict == ours(TEXT, Context())
    assert (shadow.judged, dict(shadow.disagreed)) == (1, {"type": 1})
    assert list(shadow.latest) == [Disagreement("type", TEXT, str(verdict.type), "PRAISE")]


def _opinions(files_: OpinionFiles) -> tuple[OpinionsInForce, Callable[[], str]]:
    tables, models, tried = files_.load()
    rules = ClassifierRules(judge_by(tables, models))
    opinions = OpinionsInForce(tables, models, rules, Shadow())
    opinions.swap(tables, models, tried)
    return opinions, lambda: rules.snapshot.judge(TEXT, Context()).versions.rules


def test_a_replaced_table_judges_from_now_on_and_a_broken_one_does_not(tables_dir: Path) -> None:
    source = OpinionFiles(ClassifierSettings(tables_dir=tables_dir))
    opinions, version = _opinions(source)
    before = version()
    assert not source.changed()
    table = tables_dir / "policy.toml"
    table.write_text(table.read_text(encoding="utf-8") + "\n# a new edition\n", encoding="utf-8")
    assert source.changed()
    opinions.swap(*source.load())
    assert version() != before
    table.write_text("[broken", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^policy\.toml"):
        source.load()
    assert not source.changed()
