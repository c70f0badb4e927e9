"""What people do about a test's own appeals, at once: stand-ins for a centre, its units and its lines.

Each looks at the journal for what is next; a step has one command id, so that doing it twice does it once.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from books import Facts, named
from people import Refused, Town

from contracts.words import Role
from dispatcher.shipped_tables import tables

NOT_FOUND, CONFLICT = 404, 409

HANDLING: tuple[dict[str, Any], ...] = (
    {"type": "confirm_receipt"},
    {"type": "record_contact", "method": "phone", "result": "已与来电人联系，约定今天上门"},
    {"type": "reply", "public_text": "已派人到现场处理，问题已经解决", "signer": "值班科长", "measures": "现场处置"},
)
APPROVED = {"approve": True, "checklist": [point.id for point in tables().checklist]}
SATISFIED = {"method": "phone", "satisfaction": "SATISFIED", "solved": True, "result_true": True}
DISSATISFIED = {"method": "phone", "satisfaction": "DISSATISFIED", "solved": False, "result_true": True}
TO_BLAME = {"unit_responsible": True, "reasons": ["问题没有解决"]}

Act = tuple[Role, str, Mapping[str, Any], str]
"""Who does it, the door, the body, and the command id."""


class Centre:
    """The hotline centre and its units. ``numbers`` may grow while they work."""

    def __init__(self, town: Town, numbers: Sequence[str]) -> None:
        self._town = town
        self._numbers = numbers
        self._closed: set[str] = set()
        self._read: dict[str, int] = {}
        self.opinions: dict[str, list[dict[str, Any]]] = {}

    @contextlib.asynccontextmanager
    async def at_work(self, lines: tuple[str, ...] = ()) -> AsyncIterator[None]:
        """Everybody works while the block runs. An error of theirs fails the block."""
        work = [asyncio.ensure_future(_again_and_again(self.step))]
        work += [asyncio.ensure_future(_again_and_again(self.answer_line, line)) for line in lines]
        try:
            yield
        finally:
            for task in work:
                task.cancel()
            ended = await asyncio.gather(*work, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def step(self) -> int:
        """One next step for every appeal that is open; how many there were."""
        left = [number for number in self._numbers if number not in self._closed]
        room = asyncio.Semaphore(8)

        async def one(number: str) -> int:
            async with room:
                return await self._advance(number)

        return sum(await asyncio.gather(*(one(number) for number in left)))

    async def _advance(self, number: str) -> int:
        try:
            facts = (await self._town.person(Role.OPERATOR).read(f"/journal/{number}"))["items"]
        except Refused as error:
            if error.status == NOT_FOUND:
                return 0
            raise
        if named(facts, "appeal.closed"):
            self._closed.add(number)
        acts = self._next(number, facts)
        for role, door, body, key in acts:
            unit = door.split("/")[2] if role is Role.UNIT_HANDLER else None
            try:
                await self._town.person(role, unit=unit).tell(door, body, key=f"{number}-{key}")
            except Refused as error:
                # The journal runs ahead of a service that has not heard of the step before yet.
                if error.status not in (NOT_FOUND, CONFLICT):
                    raise
                return 0
        return len(acts)

    def _next(self, number: str, facts: Facts) -> list[Act]:
        subject = facts[0]["subject"]
        round_ = max((fact["data"]["round"] for fact in named(facts, "work_order.dispatched")), default=0)
        if _more(facts, "triage.requested", "triage.decided") and not named(facts, "appeal.classified"):
            return [(Role.TRIAGE_OFFICER, f"/triage/{subject}/decision", TRIAGE, "triage")]
        if named(facts, "work_order.awaiting_signature") and not round_:
            return [(Role.DUTY_OFFICER, f"/work-orders/{subject}/signature", {"unit": "urban-management"}, "sign")]
        if round_ and _of(facts, "work_order.replied", round_) is None:
            unit = named(facts, "work_order.dispatched")[-1]["data"]["unit"]
            door = f"/units/{unit}/commands"
            commands = [{"work_order": subject, **command} for command in HANDLING]
            return [(Role.UNIT_HANDLER, door, body, f"{at}-{round_}") for at, body in enumerate(commands)]
        if round_ and _of(facts, "work_order.approved", round_) is None:
            return [(Role.REVIEWER, f"/work-orders/{subject}/review", APPROVED, f"review-{round_}")]
        return self._visited(number, facts)

    def _visited(self, number: str, facts: Facts) -> list[Act]:
        if named(facts, "appeal.closed"):
            return []
        answered = len(named(facts, "revisit.answered"))
        visits = named(facts, "revisit.scheduled")
        if answered < len(visits):
            said = [*self.opinions.get(number, []), *[SATISFIED] * len(visits)][answered]
            return [(Role.REVISIT_AGENT, f"/visits/{visits[-1]['data']['visit']}/answer", said, f"visit-{answered}")]
        if visits and len(named(facts, "redo.ordered")) < answered:
            return [(Role.REVIEWER, f"/audits/{visits[-1]['data']['visit']}", TO_BLAME, f"audit-{answered}")]
        return []

    async def answer_line(self, line: str) -> int:
        """A line takes every case it is handed."""
        operator = self._town.person(Role.LINE_OPERATOR, line=line)
        page = await operator.read(f"/lines/{line}/handovers", after=self._read.get(line, 0))
        for item in page["items"]:
            if item["type"] == "handover" and item["page"] == 1:
                path = f"/lines/{line}/handovers/{item['reference']}/acknowledgement"
                with contextlib.suppress(Refused):
                    # Refused: an earlier test's case, which somebody else has taken.
                    await operator.tell(path, {"line_reference": f"{line}-1"}, key=f"take-{item['reference']}")
        self._read[line] = page["next"]
        return len(page["items"])


TRIAGE = {"type": "HELP", "topic": "roads.light.out", "unit": "urban-management", "work_order_follows": True}


def _more(facts: Facts, asked: str, given: str) -> bool:
    return len(named(facts, asked)) > len(named(facts, given))


def _of(facts: Facts, name: str, round_: int) -> Mapping[str, Any] | None:
    return next((fact for fact in named(facts, name) if fact["data"]["round"] == round_), None)


async def _again_and_again(desk: Callable[..., Awaitable[int]], *arguments: str) -> None:
    while True:
        if not await desk(*arguments):
            await asyncio.sleep(0.3)
