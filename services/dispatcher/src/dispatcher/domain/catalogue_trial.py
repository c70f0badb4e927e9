"""A new catalogue tried against appeals of the past: how many would go elsewhere, from whom to whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from dispatcher.domain.assignment import choose_unit
from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View

EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One appeal that would go elsewhere, by its public number, with the rows that decide."""

    number: str
    topic: str
    from_unit: str | None
    to_unit: str | None
    from_rule: str
    to_rule: str


@dataclass(slots=True)
class Trial:
    """What a trial found so far. ``moves`` counts (from, to)."""

    tried: int = 0
    elsewhere: int = 0
    moves: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    examples: list[Moved] = field(default_factory=list)

    def add(self, views: Iterable[View], tables: Tables, fresh: Catalogue, now: datetime) -> None:
        """Ask both catalogues about each appeal, as if it came at ``now``; sign-offs and knowledge play no part."""
        other = replace(tables, catalogue=fresh)
        for view in views:
            classified = view.judgement.classified
            if classified is None or not classified.work_order_follows:
                continue
            self.tried += 1
            before, after = choose_unit(view, tables, now), choose_unit(view, other, now)
            if before.unit == after.unit:
                continue
            self.elsewhere += 1
            self.moves[before.unit, after.unit] += 1
            if len(self.examples) < EXAMPLES:
                moved = Moved(
                    number=view.number or "",
                    topic=classified.topic,
                    from_unit=before.unit,
                    to_unit=after.unit,
                    from_rule=before.rule,
                    to_rule=after.rule,
                )
                self.examples.append(moved)

    def per_unit(self) -> dict[str | None, tuple[int, int]]:
        """Unit to what it would get more, and what it would get no more; most first."""
        gains: Counter[str | None] = Counter()
        losses: Counter[str | None] = Counter()
        for (before, after), count in self.moves.items():
            losses[before] += count
            gains[after] += count
        units = sorted({*gains, *losses}, key=lambda unit: (-gains[unit] - losses[unit], unit or ""))
        return {unit: (gains[unit], losses[unit]) for unit in units}
