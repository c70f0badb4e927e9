"""What people do at their desks, at once: the test's stand-ins for a centre, its units and its lines."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from people import Refused, Town

from contracts.words import Role

CONFLICT = 409


class Centre:
    """The hotline centre, its units and lines, each doing the next thing that waits for them."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._done: set[tuple[str, ...]] = set()
        self._read: dict[str, int] = {}
        self.opinions: dict[str, list[dict[str, Any]]] = {}
        self.triage = town.person(Role.TRIAGE_OFFICER)
        self.duty = town.person(Role.DUTY_OFFICER)
        self.reviewer = town.person(Role.REVIEWER)
        self.visitor = town.person(Role.REVISIT_AGENT)

    @contextlib.asynccontextmanager
    async def at_work(self, lines: tuple[str, ...] = ()) -> AsyncIterator[None]:
        """Everybody works while the block runs. An error of theirs fails the block."""
        desks = [self.decide_triage, self.sign, self.handle, self.approve, self.visit, self.audit]
        work = [asyncio.ensure_future(_again_and_again(desk)) for desk in desks]
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

    async def decide_triage(self) -> int:
        """The triage officer follows the machine's suggestion, and dispatches what it would have guided elsewhere."""
        items = (await self.triage.read("/triage", limit=100))["items"]
        return await self._each(items, "subject", "triage", self._decide)

    async def _decide(self, item: Mapping[str, Any]) -> None:
        suggested = item["suggestion"]
        units = suggested["units"]
        choice = {
            "type": suggested["type"],
            "topic": suggested["topic"],
            "unit": units[0]["unit"] if units else "urban-management",
            "work_order_follows": True,
        }
        await self.triage.tell(f"/triage/{item['subject']}/decision", choice)

    async def sign(self) -> int:
        """The duty officer signs what waits for a signature."""
        page = await self.duty.read("/work-orders", desk="signature", limit=100)
        return await self._each(page["items"], "subject", "sign", self._sign)

    async def _sign(self, item: Mapping[str, Any]) -> None:
        unit = (
            {} if item["proposed_unit"] and item["proposed_unit"] != "hotline-center" else {"unit": "urban-management"}
        )
        await self.duty.tell(f"/work-orders/{item['subject']}/signature", unit)

    async def handle(self) -> int:
        """Every unit confirms, calls the citizen and replies."""
        page = await self.duty.read("/work-orders", state="DISPATCHED", limit=100)
        return await self._each(page["items"], "subject", "handle", self._handle)

    async def _handle(self, item: Mapping[str, Any]) -> None:
        for commands in HANDLING:
            await self.command(item["unit"], item["subject"], **commands)

    async def command(self, unit: str, order: str, **asked: Any) -> Any:
        """One command of a unit over HTTP."""
        return await self._town.unit(unit).tell(f"/units/{unit}/commands", {"work_order": order, **asked})

    async def approve(self) -> int:
        """The reviewer approves every reply."""
        page = await self.duty.read("/work-orders", desk="review", limit=100)
        return await self._each(page["items"], "subject", "approve", self._approve)

    async def _approve(self, item: Mapping[str, Any]) -> None:
        await self.reviewer.tell(f"/work-orders/{item['subject']}/review", {"approve": True})

    async def visit(self) -> int:
        """The revisit agent reaches everybody; who has no opinion in ``opinions`` is satisfied."""
        page = await self.visitor.read("/visits", state="due", limit=100)
        return await self._each(page["items"], "visit", "visit", self._visit)

    async def _visit(self, item: Mapping[str, Any]) -> None:
        opinions = self.opinions.get(item["number"])
        await self.visitor.tell(f"/visits/{item['visit']}/answer", opinions.pop(0) if opinions else SATISFIED)

    async def audit(self) -> int:
        """The reviewer finds the unit to blame for every bad answer."""
        page = await self.reviewer.read("/audits", limit=100)
        return await self._each(page["items"], "visit", "audit", self._audit)

    async def _audit(self, item: Mapping[str, Any]) -> None:
        finding = {"unit_responsible": True, "reasons": ["问题没有解决"]}
        await self.reviewer.tell(f"/audits/{item['visit']}", finding)

    async def answer_line(self, line: str) -> int:
        """A line takes every case it is handed."""
        operator = self._town.person(Role.LINE_OPERATOR, line=line)
        page = await operator.read(f"/lines/{line}/handovers", after=self._read.get(line, 0))
        handed = [item for item in page["items"] if item["type"] == "handover"]

        async def take(item: Mapping[str, Any]) -> None:
            path = f"/lines/{line}/handovers/{item['reference']}/acknowledgement"
            await operator.tell(path, {"line_reference": f"{line}-{item['reference'][-12:]}"})

        done = await self._each(handed, "reference", line, take)
        self._read[line] = page["next"]
        return done

    async def _each(self, items: list[Any], name: str, desk: str, act: Any) -> int:
        # An order comes back to the same desk in its next round.
        new = [item for item in items if (desk, item[name], str(item.get("round"))) not in self._done]

        async def once(item: Mapping[str, Any]) -> None:
            try:
                await act(item)
            except Refused as error:
                # The list was read before somebody else's step; what still waits is listed again.
                if error.status != CONFLICT:
                    raise
            self._done.add((desk, item[name], str(item.get("round"))))

        await asyncio.gather(*(once(item) for item in new))
        return len(new)


HANDLING: tuple[dict[str, Any], ...] = (
    {"type": "confirm_receipt"},
    {"type": "record_contact", "method": "phone", "result": "已与来电人联系，约定今天上门"},
    {"type": "reply", "public_text": "已派人到现场处理，问题已经解决", "signer": "值班科长", "measures": "现场处置"},
)
SATISFIED = {"method": "phone", "satisfaction": "SATISFIED", "solved": True, "result_true": True}
DISSATISFIED = {"method": "phone", "satisfaction": "DISSATISFIED", "solved": False, "result_true": True}


async def _again_and_again(desk: Any, *arguments: str) -> None:
    while True:
        if not await desk(*arguments):
            await asyncio.sleep(0.3)
