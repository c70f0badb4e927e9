"""Every rule proves itself on its own sentences; a wrong table is refused with file, entry and reason."""

import shutil
from pathlib import Path

import pytest

import classifier.data
from classifier.data.loading import TableError, load_tables, shipped_tables
from classifier.domain.rule import Rule, first_match
from contracts.topology import EMERGENCY_LINES
from first_look import fold

TABLES = shipped_tables()
SETS = ("emergencies", "calm", "hazards", "urgent", "types", "exclusions", "accusations")
RULES = [rule for name in SETS for rule in getattr(TABLES, name).rules]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_fires_on_its_own_test_sentences(rule: Rule) -> None:
    silent = [text for text in rule.tests if first_match(rule, fold(text)) is None]
    assert [] == silent


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_silent_on_its_counter_examples(rule: Rule) -> None:
    fired = [text for text in rule.not_tests if first_match(rule, fold(text)) is not None]
    assert [] == fired


@pytest.mark.parametrize("name", SETS)
def test_no_rule_is_sifted_out_of_a_text_in_which_it_holds(name: str) -> None:
    rules = getattr(TABLES, name)
    texts = {fold(text) for rule in RULES for text in (*rule.tests, *rule.not_tests)}
    for text in texts:
        assert [rule.id for rule in rules.rules if first_match(rule, text)] == [f.rule.id for f in rules.fired(text)]


def test_every_leaf_of_the_taxonomy_has_three_levels_two_names_and_known_units() -> None:
    assert 111 == len(TABLES.topics)
    for topic in TABLES.topics.values():
        assert 3 == len(topic.id.split("."))
        assert topic.zh
        assert topic.en
        assert set(topic.units) <= set(TABLES.units)


def test_the_default_lines_are_those_of_the_topology() -> None:
    assert set(EMERGENCY_LINES) == set(TABLES.lines["default"].line_of.values())


def broken(folder: Path, file: str, old: str, new: str) -> Path:
    source = Path(str(classifier.data.__path__[0]))
    for table in source.glob("*.toml"):
        shutil.copy(table, folder / table.name)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("types.toml", 'then = "INQUIRY"', 'then = "QUESTION"', "'QUESTION' is not known"),
        ("types.toml", 'id = "inquiry.whether"', 'id = "inquiry.asks_how"', "used twice"),
        ("hazards.toml", "tests = ", "proofs = ", "unknown keys"),
        ("emergencies.toml", 'then = "fire"', 'then = "firemen"', "'firemen' is not known"),
        ("taxonomy.toml", 'units = ["water-group"', 'units = ["no-such-unit"', "unknown units"),
        ("units.toml", "water-group =", "Water_Group =", "ids are of a-z"),
        ("lines.toml", "version =", "version", "form"),
    ],
)
def test_a_wrong_table_is_refused_with_file_and_reason(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    with pytest.raises(TableError) as refused:
        load_tables(broken(tmp_path, file, old, new))
    assert str(refused.value).startswith(f"{file}: ")
    assert told in str(refused.value)


def test_a_changed_table_has_another_version(tmp_path: Path) -> None:
    changed = load_tables(broken(tmp_path, "policy.toml", "unit = 0.30", "unit = 0.31"))
    assert changed.version != TABLES.version
