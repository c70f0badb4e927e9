"""Generated cases for the guard: a tree of units, somebody accused, and an order on its way."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.words import AppealType, Channel, Service, Urgency
from dispatcher import shipped_tables
from dispatcher.domain.member_unit import Directory, MemberUnit
from dispatcher.domain.reactions import react
from dispatcher.domain.sign_off import SignOff
from dispatcher.domain.tables import Tables

NOW = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


def tree(chance: random.Random) -> Directory:
    """Up to a dozen units below one another, beside the supervision office and the centre, with names of their own."""
    names = ["supervision-office", "hotline-center", *(f"unit-{at}" for at in range(chance.randint(3, 12)))]
    units = []
    for at, name in enumerate(names):
        parent = names[chance.randrange(at)] if at and chance.random() < 0.6 else None
        units.append(
            MemberUnit(
                id=name,
                zh=f"第{at}局",
                en=f"Bureau No. {at}",
                phone="0375-2600100",
                duty_phone="0375-2600101",
                parent=parent,
            )
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


class Case:
    """One order in one city. ``late``: the accusation becomes known only after the order was sent out.

    ``written``: the accused unit as people write it, by id or by a name, in any case. ``unnamed``: nobody says which
    unit it is, and no unit can be barred.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.directory = tree(self.chance)
        self.units = list(self.directory.units)
        self.accused = self.chance.choice(self.units)
        self.late = self.chance.random() < 0.5
        self.unnamed = self.chance.random() < 0.2
        unit = self.directory.units[self.accused]
        ways = (unit.id, unit.id.upper(), unit.id.replace("-", " "), unit.zh, f"市{unit.zh}执法科", unit.en.upper())
        self.written = None if self.unnamed else self.chance.choice(ways)
        standing = SignOff(
            name="all", by="o", topics=("*",), confidence=0, valid_from=NOW, valid_until=NOW + timedelta(days=9)
        )
        shipped = shipped_tables.tables()
        self.tables: Tables = replace(shipped, directory=self.directory, sign_offs=(standing,))
        self.facts: list[Fact[Event]] = []
        self.now = NOW
        told: dict[str, Any] = {"number": "1", "jurisdiction": "410400", "area": "410400", "channel": Channel.PHONE}
        form = None if self.late else self.written
        self.tell(ap.AppealRegistered(text_masked="窗口工作人员态度恶劣", accused_unit=form, **told))
        self.classify(None, "conduct" if self.unnamed and not self.late else None)
        self.rest()
        if self.late:
            self.classify(self.written, "conduct")

    def any_unit(self) -> str:
        """Somebody wants it to go there."""
        return self.chance.choice(self.units)

    def classify(self, accused: str | None, accusation: str | None = None) -> None:
        """The verdict: the matter lies with some unit, and perhaps somebody is accused."""
        likely = (ap.UnitScore(unit=self.any_unit(), score=0.9),)
        self.tell(
            ap.AppealClassified(
                type=AppealType.COMPLAINT, topic="nowhere.known", units=likely, urgency=Urgency.NORMAL, hazard=False,
                emergency_lines=(), work_order_follows=True, accused_unit=accused, accusation=accusation,
            )
        )  # fmt: skip

    def tell(self, *events: Event) -> None:
        """Facts, one after another."""
        for event in events:
            self.now += timedelta(minutes=1)
            sequence = sum(1 for fact in self.facts if fact.source is event.SOURCE) + 1
            self._add(event, f"{event.SOURCE}-{len(self.facts)}", sequence)

    def rest(self) -> None:
        """The dispatcher reacts until it has nothing new to say."""
        for _ in range(32):
            known = {fact.id for fact in self.facts}
            news = [
                (one, name)
                for one in react(self.facts, self.tables, self.now).decisions
                if (name := decision_id("s", one.event.NAME, one.key)) not in known
            ]
            if not news:
                return
            for decision, name in news:
                sequence = sum(1 for fact in self.facts if fact.source is Service.DISPATCHER) + 1
                self._add(decision.event, name, sequence)
        raise AssertionError("the rules do not come to rest")

    def since(self, at: int) -> Sequence[Event]:
        """What was told after the first ``at`` facts."""
        return [fact.data for fact in self.facts[at:]]

    def concerns(self, unit: str) -> bool:
        """Whether the accusation bars this unit."""
        return not self.unnamed and kin(self.directory, self.accused, unit)

    def _add(self, event: Event, name: str, sequence: int) -> None:
        fact: Fact[Event] = Fact(
            id=name, source=Service(event.SOURCE), subject="s", sequence=sequence, time=self.now, data=event
        )
        self.facts.append(fact)
