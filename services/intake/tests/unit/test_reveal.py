"""Who may learn who the caller is."""

from dataclasses import replace

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as w
from contracts.words import Role
from intake.domain.refusal import Refusal
from intake.domain.reveal import may_reveal
from intake.domain.view import fold

from ..facts import Teller

HANDLER = frozenset({Role.UNIT_HANDLER})


def asked(facts: list[Fact[Event]], roles: frozenset[Role], unit: str | None = None, line: str | None = None) -> str:
    """The refusal's code, or ``open``."""
    found = may_reveal(fold(facts), roles, "li.wei", unit, line)
    return found.code if isinstance(found, Refusal) else "open"


def test_the_accused_unit_learns_nothing_even_when_it_holds_the_order() -> None:
    tell = Teller("s")
    facts = [tell.registered(accused_unit="Lamps "), tell.dispatched("lamps")]

    assert "not-the-holder" == asked(facts, HANDLER, "lamps")
    verdict = replace(tell.classified().data, accused_unit="roads", further_accused=("lamps",))
    assert "not-the-holder" == asked(
        [tell.registered(), tell.dispatched("lamps"), tell.fact(verdict)], HANDLER, "lamps"
    )


def test_a_closed_appeal_is_closed_to_units_and_visitors_but_not_to_a_line_with_a_case() -> None:
    tell = Teller("s")
    facts = [tell.registered(), tell.dispatched("lamps"), tell.raised("119"), tell.closed()]

    assert "closed" == asked(facts, HANDLER, "lamps")
    assert "closed" == asked(facts, frozenset({Role.REVISIT_AGENT}))
    assert "open" == asked(facts, frozenset({Role.LINE_OPERATOR}), line="119")


def test_a_unit_name_without_a_units_role_opens_nothing() -> None:
    tell = Teller("s")
    facts = [tell.registered(), tell.dispatched("lamps")]

    assert "not-the-holder" == asked(facts, frozenset({Role.AGENT}), "lamps")
    assert "not-the-holder" == asked(facts, HANDLER)
    assert "open" == asked(facts, HANDLER, "lamps")
    assert "not-registered" == asked([], HANDLER, "lamps")


def test_who_recused_learns_nothing_until_it_is_lifted() -> None:
    tell = Teller("s")
    facts = [tell.registered(), tell.dispatched("lamps"), tell.fact(w.Recused(person="li.wei", by="duty", reason="r"))]
    told = "must-recuse"

    assert (told, told) == (asked(facts, HANDLER, "lamps"), asked(facts, frozenset({Role.REVISIT_AGENT})))
    facts.append(tell.fact(w.RecusalLifted(person="li.wei", by="duty", reason="r")))
    assert "open" == asked(facts, HANDLER, "lamps")


def test_what_a_unit_says_of_its_people_binds_them_there_alone() -> None:
    tell = Teller("s")
    said = w.Recused(person="li.wei", by="unit.lamps", reason="r", of_unit="lamps")
    facts = [tell.registered(), tell.dispatched("lamps"), tell.fact(said)]

    assert "must-recuse" == asked(facts, HANDLER, "lamps")
    assert "open" == asked(facts, frozenset({Role.REVISIT_AGENT}))


def test_nobody_of_the_accused_unit_its_parent_or_its_child_learns_anything_in_whatever_role() -> None:
    tell = Teller("s")
    units = ("lamps", "lamps-east", "urban-management")
    facts = [tell.registered(), tell.dispatched("supervision-office")]
    facts += [tell.fact(w.UnitsBarred(accused="lamps", units=units))]
    visitor = frozenset({Role.REVISIT_AGENT})

    assert ["not-the-holder"] * 3 == [asked(facts, visitor, unit) for unit in units]
    assert ("open", "open") == (asked(facts, visitor), asked(facts, visitor, "supervision-office"))
