"""An accusation never reaches the accused unit, its parent or its children: 1 000 generated trees, all paths."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.events import work_order as wo
from dispatcher import shipped_tables
from dispatcher.domain.assignment import choose_unit
from dispatcher.domain.decide_return import decide_return
from dispatcher.domain.guard import barred_units
from dispatcher.domain.member_unit import Directory, MemberUnit
from dispatcher.domain.reactions import react
from dispatcher.domain.refusal import Refusal
from dispatcher.domain.sign import sign
from dispatcher.domain.sign_off import SignOff
from dispatcher.domain.submission import designate, instruct
from dispatcher.domain.view import fold


def tree(chance: random.Random) -> Directory:
    """Up to a dozen units below one another, beside the supervision office and the centre."""
    names = ["supervision-office", "hotline-center", *(f"unit-{at}" for at in range(chance.randint(3, 12)))]
    units = []
    for at, name in enumerate(names):
        parent = names[chance.randrange(at)] if at and chance.random() < 0.6 else None
        units.append(
            MemberUnit(id=name, zh=name, en=name, phone="0375-2600100", duty_phone="0375-2600101", parent=parent)
        )
    return Directory.of("t", units)


def kin(directory: Directory, one: str, other: str) -> bool:
    """The same unit, or one above the other; written apart from the rule it checks."""
    for below, above in ((one, other), (other, one)):
        at: str | None = below
        while at is not None:
            if at == above:
                return True
            at = directory.units[at].parent
    return False


def test_no_path_leads_to_the_accused_in_a_thousand_generated_cases(told: Any) -> None:
    made = type(told)
    dispatched = 0
    for seed in range(1000):
        chance = random.Random(seed)
        directory = tree(chance)
        accused = chance.choice(list(directory.units))
        told = made().registered(accused_unit=accused).classified(topic="water.supply")
        standing = SignOff(
            name="all", by="o", topics=("*",), confidence=0, valid_from=told.now,
            valid_until=told.now + timedelta(days=9),
        )  # fmt: skip
        tables = replace(shipped_tables.tables(), directory=directory, sign_offs=(standing,))
        while told.decide(react(told.facts, tables, told.now).decisions):
            continue
        view = fold(told.facts)
        wish = chance.choice(list(directory.units))
        returned = [*told.facts]
        told.tell(
            wo.ReturnRequested(unit="supervision-office", round=1, number=1, ground="g", by="u", proposed_unit=wish)
        )
        pending = fold(told.facts)
        verdicts = [
            sign(view, tables, "o", told.now, wish, (chance.choice(list(directory.units)),)),
            designate(view, tables, "o", wish, ""),
            instruct(view, tables, "o", told.now, text="t", unit=wish),
            decide_return(pending, tables, "o", told.now, accepted=True, reason="", to_unit=wish),
            decide_return(pending, tables, "o", told.now, accepted=True, reason=""),
        ]
        events = [fact.data for fact in returned]
        events += [event for verdict in verdicts if not isinstance(verdict, Refusal) for event in verdict]
        for event in events:
            if isinstance(event, wo.Dispatched | wo.Signed | wo.Designated | wo.AwaitingSignature):
                assert event.unit is None or not kin(directory, accused, event.unit)
                dispatched += isinstance(event, wo.Dispatched)
        told_units = {m.routing_key.removeprefix("assignments.") for m in react(returned, tables, told.now).messages}
        assert not [unit for unit in told_units if kin(directory, accused, unit)]
        chosen = choose_unit(view, tables, told.now).unit
        assert chosen is None or chosen not in barred_units({accused}, directory)
    assert dispatched > 500
