"""One run of the demo: the embedded platform, its players, weeks of virtual time, and the reconciliation at the end."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from chassis.clock import VirtualClock
from chassis.issuer import DevelopmentIssuer
from chassis.server import server
from contracts.words import Role
from hotline.demo.agenda import Agenda
from hotline.demo.bundled import Sendable
from hotline.demo.centre import DutyOfficer, Reviewer, RevisitAgent, TriageOfficer
from hotline.demo.citizens import Citizens
from hotline.demo.conductor import Conductor
from hotline.demo.figures import figures
from hotline.demo.lines import Lines
from hotline.demo.office_hours import at_work
from hotline.demo.reconciliation import reconcile
from hotline.demo.sabotage import Sabotage, SabotagedBus
from hotline.demo.stage import Stage
from hotline.demo.units import Unit
from hotline.embedded import Embedded, embedded
from hotline.free_port import free_port

START = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday without a holiday near: what the players do is then easy to follow."""
ARRIVAL_DAYS = 5
WEEKS = 8
DESK_MINUTES = 60
"""How often, in virtual minutes, people at desks look at their lists."""

Progress = Callable[[datetime, int, int], None]
"""Called with the virtual instant, the appeals sent, and the platform's open work in flight."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came out: the figures, what the players were refused, and what the run cost."""

    figures: dict[str, float]
    unaccounted: list[str]
    refusals: dict[str, int]
    jumps: int
    round_trips: int
    writes: int


async def play(
    appeals: list[Sendable], data_dir: Path, seed: int, sabotage: Sabotage | None, progress: Progress
) -> Played:
    """Play everything through and reconcile."""
    began = time.monotonic()
    chance = random.Random(seed)
    clock = VirtualClock(START)
    bus = None
    if sabotage is not None:
        among = len(appeals) * (6 if sabotage is Sabotage.LOSE else 1) // 2
        bus = SabotagedBus(sabotage, among, random.Random())
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(embedded(data_dir, clock=clock, bus=bus))
        address = await _serve(platform, stack)
        stage = Stage(
            app=platform.app,
            issuer=DevelopmentIssuer(data_dir),
            clock=clock,
            agenda=Agenda(),
            activity=platform.activity,
            chance=chance,
        )
        stack.push_async_callback(stage.close)
        company = await Company.gather(stage, address, appeals)
        stack.push_async_callback(company.leave)
        conductor = Conductor(platform, clock, stage.agenda, company.look, lambda: company.red)
        await conductor.run(
            START + timedelta(weeks=WEEKS),
            lambda: company.citizens.sent == len(appeals),
            lambda now: progress(now, company.citizens.sent, platform.activity.ever),
        )
        journal = await reconcile(stage.door("auditor", Role.OPERATOR), stage.log)
        found = figures(journal, stage.log, company.duty.granted, time.monotonic() - began)
        return Played(
            found, journal.unaccounted, dict(stage.refusals), conductor.jumps, platform.round_trips(), platform.writes()
        )


class Company:
    """All players."""

    def __init__(self, stage: Stage, address: str, units: list[str]) -> None:
        self._stage = stage
        self.citizens = Citizens(stage, address)
        self.lines = Lines(stage)
        self.triage = TriageOfficer(stage)
        self.duty = DutyOfficer(stage)
        self.reviewer = Reviewer(stage)
        self.agent = RevisitAgent(stage)
        self.units = [Unit(stage, unit) for unit in units]
        self.red = False
        self._listening: list[asyncio.Task[None]] = []
        self._looked: datetime | None = None

    @classmethod
    async def gather(cls, stage: Stage, address: str, appeals: list[Sendable]) -> "Company":
        """Everybody takes their place; the appeals are planned."""
        directory = await stage.door("visitor", Role.DUTY_OFFICER).read("/units")
        company = cls(stage, address, [unit["id"] for unit in directory["items"]])
        await company.duty.give_standing_sign_offs()
        company.citizens.plan(appeals, ARRIVAL_DAYS)
        company._listening = [asyncio.create_task(unit.listen()) for unit in company.units]
        return company

    async def look(self) -> None:
        """Emergencies at every look; desks when people look at their lists."""
        for task in self._listening:
            if task.done():
                task.result()
        self.red = await self.duty.emergencies()
        if self.red:
            await self.lines.look()
        now = self._stage.now()
        # With nothing planned the desks are read at once: what still lies there is the only thing left to do.
        idle = self._stage.agenda.next() is None
        if not idle and self._looked is not None and now - self._looked < timedelta(minutes=DESK_MINUTES):
            return
        self._looked = now
        await self.triage.look()
        if idle or at_work(now):
            await asyncio.gather(self.duty.look(), self.reviewer.look(), self.agent.look())

    async def leave(self) -> None:
        """Stop listening."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)


async def _serve(platform: Embedded, stack: AsyncExitStack) -> str:
    port = free_port()
    serving = server(platform.app, "127.0.0.1", port)
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)

    async def end() -> None:
        serving.should_exit = True
        await task

    stack.push_async_callback(end)
    return f"http://127.0.0.1:{port}"
