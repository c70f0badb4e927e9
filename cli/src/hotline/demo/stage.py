"""What all players share: the clock, the agenda, chance, the log book, and ways in."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.types import ASGIApp

from chassis.activity import Activity
from chassis.clock import VirtualClock
from chassis.issuer import DevelopmentIssuer
from contracts.words import Role
from hotline.demo.agenda import Agenda
from hotline.demo.door import Door, Refused
from hotline.demo.log_book import LogBook
from hotline.demo.office_hours import next_at_work


@dataclass(slots=True)
class Stage:
    """One per demo run."""

    app: ASGIApp
    issuer: DevelopmentIssuer
    clock: VirtualClock
    agenda: Agenda
    activity: Activity
    chance: random.Random
    log: LogBook = field(default_factory=LogBook)
    refusals: Counter[str] = field(default_factory=Counter)
    doors: list[Door] = field(default_factory=list)

    def door(self, name: str, role: Role, **claims: str) -> Door:
        """A way in for a player, closed with the stage."""
        made = Door(self.app, self.issuer, name, role, **claims)
        self.doors.append(made)
        return made

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def later(self, delay: timedelta, deed: Callable[[], Awaitable[None]]) -> None:
        """Plan a deed at any hour; a refusal is counted, for players may be too late."""
        self.agenda.plan(self.now() + delay, self._tolerant(deed))

    def at_work(self, delay: timedelta, deed: Callable[[], Awaitable[None]]) -> None:
        """Plan a deed for when the office is open."""
        self.agenda.plan(next_at_work(self.now() + delay), self._tolerant(deed))

    def minutes(self, low: float, high: float) -> timedelta:
        """A random length of time."""
        return timedelta(minutes=self.chance.uniform(low, high))

    def hours(self, low: float, high: float) -> timedelta:
        """A random length of time."""
        return timedelta(hours=self.chance.uniform(low, high))

    def _tolerant(self, deed: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def tried() -> None:
            try:
                await deed()
            except Refused as refused:
                if refused.status not in (404, 409):
                    raise
                self.refusals[str(refused)] += 1

        return tried

    async def close(self) -> None:
        """Everybody goes home."""
        for door in self.doors:
            await door.close()
