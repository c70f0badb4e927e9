"""Players: operators of the emergency lines. Most acknowledge at once, some need a second page, a few decline."""

import asyncio
from typing import Any

from contracts.topology import EMERGENCY_LINES
from contracts.words import Role
from hotline.demo.door import Door
from hotline.demo.stage import Stage


class Lines:
    """Reads every line's list and acts on each hand-over once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._doors = {line: stage.door(f"line-{line}", Role.LINE_OPERATOR, line=line) for line in EMERGENCY_LINES}
        self._after = dict.fromkeys(EMERGENCY_LINES, 0)
        self._taken: set[str] = set()

    async def look(self) -> None:
        """Read what is new on each list."""
        await asyncio.gather(*(self._read(line, door) for line, door in self._doors.items()))

    async def _read(self, line: str, door: Door) -> None:
        while True:
            page = await door.read(f"/lines/{line}/handovers", after=self._after[line], limit=100)
            self._after[line] = page["next"]
            for message in page["items"]:
                self._handle(line, door, message)
            if len(page["items"]) < 100:
                return

    def _handle(self, line: str, door: Door, message: dict[str, Any]) -> None:
        reference = message["reference"]
        page = message.get("page", 1)
        self._stage.log.delivered(f"line.{line}", f"{reference}/{message['type']}/{page}")
        if message["type"] != "handover" or reference in self._taken:
            return
        dice = self._stage.chance.random()
        if page == 1 and dice < 0.1:
            # Nobody looks: the second page comes after 30 s.
            return
        self._taken.add(reference)
        if dice < 0.15:
            self._stage.later(self._stage.minutes(0.1, 0.4), lambda: self._decline(line, door, reference))
        else:
            self._stage.later(self._stage.minutes(0.05, 0.4), lambda: self._acknowledge(line, door, reference))

    async def _acknowledge(self, line: str, door: Door, reference: str) -> None:
        body = {"line_reference": f"{line}-{self._stage.chance.randrange(10**6):06d}"}
        await door.tell(f"/lines/{line}/handovers/{reference}/acknowledgement", body)

    async def _decline(self, line: str, door: Door, reference: str) -> None:
        await door.tell(f"/lines/{line}/handovers/{reference}/decline", {"reason": "不属于本线路职责,已电话告知"})
