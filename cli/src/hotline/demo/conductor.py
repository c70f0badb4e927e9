"""Keeps virtual time (rule 7): it stands still while anything is under way, then jumps to the next wake-up or deed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from chassis.clock import VirtualClock
from chassis.documents import Documents
from contracts.words import Service
from hotline.demo.agenda import Agenda, Deed
from hotline.embedded import Embedded

SIDE_BY_SIDE = 64
"""How many deeds of one instant run at once: a busy switchboard, not a flood."""


class Conductor:
    """Moves the clock of an embedded platform. ``look`` lets the players read their desks after each jump.

    ``grain`` rounds jumps up, so that many wake-ups close together are one jump; ``urgent`` says whether seconds count
    right now (an emergency waits), in which case nothing is rounded.
    """

    def __init__(
        self,
        platform: Embedded,
        clock: VirtualClock,
        agenda: Agenda,
        look: Callable[[], Awaitable[None]],
        urgent: Callable[[], bool],
        grain: timedelta = timedelta(minutes=60),
    ) -> None:
        self._platform = platform
        self._clock = clock
        self._agenda = agenda
        self._look = look
        self._urgent = urgent
        self._grain = grain
        self._wakes: list[tuple[datetime, Documents]] = []
        self.jumps = 0

    async def quiet(self) -> None:
        """Wait until outboxes, queues, retries, handlers and requests are all empty."""
        activity, bus = self._platform.activity, self._platform.bus
        calm, seen = 0, -1
        while calm < 3:
            still = activity.running == 0 and bus.busy() == 0 and activity.ever == seen
            calm, seen = (calm + 1 if still else 0), activity.ever
            await asyncio.sleep(0.0005 if still else 0.002)

    async def run(self, until: datetime, done: Callable[[], bool], progress: Callable[[datetime], None]) -> None:
        """Play until ``until`` (business time) or until ``done`` with nothing planned."""
        while True:
            await self.quiet()
            await self._look()
            await self.quiet()
            if done() and self._agenda.next() is None:
                return
            target = await self._next_instant()
            if target is None or target > until:
                return
            self.jumps += 1
            self._clock.advance_to(max(target, self._clock.now()))
            progress(self._clock.now())
            await self._do(self._agenda.due(self._clock.now()))
            await self._fire()

    async def _next_instant(self) -> datetime | None:
        timed = self._timed()
        found = await asyncio.gather(*(documents.wakes.next_wake() for documents in timed))
        self._wakes = [(at, documents) for at, documents in zip(found, timed, strict=True) if at is not None]
        instants = [at for at, _ in self._wakes]
        planned = self._agenda.next()
        if planned is not None:
            instants.append(planned)
        if not instants:
            return None
        first = min(instants)
        return first if self._urgent() else self._rounded(first)

    def _rounded(self, instant: datetime) -> datetime:
        over = timedelta(seconds=instant.timestamp() % self._grain.total_seconds())
        return instant if not over else instant + (self._grain - over)

    async def _do(self, deeds: Sequence[Deed]) -> None:
        room = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(deed: Deed) -> None:
            async with room:
                await deed()

        await asyncio.gather(*(one(deed) for deed in deeds))

    async def _fire(self) -> None:
        async def all_of(documents: Documents) -> None:
            while await documents.wakes.fire():
                pass

        now = self._clock.now()
        await asyncio.gather(*(all_of(documents) for at, documents in self._wakes if at <= now))

    def _timed(self) -> list[Documents]:
        hosted = self._platform.hosted
        return [
            documents
            for service in hosted
            if service is not Service.REPORTING
            for documents in hosted[service].built.documents
        ]
