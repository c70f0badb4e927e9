import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.routing import Routing, matches
from contracts.topology import COMMANDS, FACTS, PARKING, topology

WORDS = st.lists(st.sampled_from(["a", "b", "", "*", "#"]), max_size=5)


@pytest.mark.parametrize(
    ("pattern", "key", "taken"),
    [
        ("#", "", True),
        ("#", "a.b.c", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "ab", False),
        ("#.b", "b", True),
        ("a.#.b", "a.b", True),
        ("a.#.b", "a.x.y.b", True),
        ("a.#.b", "a.x", False),
        ("*", "", False),
        ("*", "a", True),
        ("a.*", "a", False),
        ("a.*", "a.", True),
        ("a.*", "a.b.c", False),
        ("a.b", "a.b", True),
        ("a.b", "a.bc", False),
        ("", "", True),
    ],
)
def test_a_topic_pattern_takes_what_rabbitmq_says_it_takes(pattern: str, key: str, taken: bool) -> None:
    assert taken == matches(pattern, key)


@given(WORDS, st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=6))
def test_matching_agrees_with_a_regular_expression(pattern: list[str], key: list[str]) -> None:
    # Each word carries its own end mark, so that "any number of words" needs no care for the dots between them.
    parts = {"#": r"(?:[^.]*;)*", "*": r"[^.;]*;"}
    expression = "".join(parts.get(word, re.escape(word) + ";") for word in pattern)
    text = "".join(word + ";" for word in key)
    if pattern in ([], [""]) or key == [""]:
        return  # an empty text is no word at all, unlike an empty word among others
    assert (re.fullmatch(expression, text) is not None) == matches(".".join(pattern), ".".join(key))


def test_the_real_topology_routes_facts_commands_and_parking() -> None:
    routing = Routing(topology(("water-group",)))
    assert frozenset({"reporting.facts"}) == routing.reached(FACTS, "report.published")
    assert frozenset({"dispatcher.commands"}) == routing.reached(COMMANDS, "unit.water-group")
    assert frozenset({"intake.parking"}) == routing.reached(PARKING, "intake")
    assert frozenset() == routing.reached(PARKING, "nobody")
    assert frozenset({"assignments.water-group"}) == routing.reached("", "assignments.water-group")
    assert None is routing.reached("no-such-exchange", "a")
