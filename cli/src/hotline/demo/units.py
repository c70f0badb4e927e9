"""Players: the departments. Most are diligent, some are slow, a few let things lie until somebody asks."""

import asyncio
from dataclasses import dataclass
from typing import Any

from contracts.words import Role
from hotline.demo.door import Door
from hotline.demo.stage import Stage

WAIT_SECONDS = 25
"""Real seconds of a long poll: a department listens rather than asks."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How a department works: hours until it does something, and how often it does not."""

    confirm: tuple[float, float]
    contact: tuple[float, float]
    reply: tuple[float, float]
    forgets: float
    ignores_urges: float


DILIGENT = Temper((0.1, 1.5), (1, 20), (4, 80), 0.02, 0.05)
SLOW = Temper((0.5, 6), (10, 70), (60, 200), 0.1, 0.3)
CARELESS = Temper((2, 20), (40, 120), (120, 330), 0.3, 0.6)
TEMPERS = (DILIGENT, DILIGENT, DILIGENT, SLOW, SLOW, CARELESS)


class Unit:
    """One department behind its own door."""

    def __init__(self, stage: Stage, unit: str) -> None:
        self.unit = unit
        self._stage = stage
        self._door: Door = stage.door(f"unit.{unit}", Role.UNIT_HANDLER, unit=unit)
        self._temper = stage.chance.choice(TEMPERS)
        self._after = 0
        self._returned: set[str] = set()

    async def listen(self) -> None:
        """Read messages as they come, until cancelled."""
        while True:
            page = await self._door.read(
                f"/units/{self.unit}/messages", after=self._after, limit=200, wait=WAIT_SECONDS
            )
            with self._stage.activity.busy():
                self._after = page["next"]
                for message in page["items"]:
                    if self._stage.log.delivered(f"unit.{self.unit}", message["reference"] + message["type"]):
                        self._handle(message)
            # A breath between polls: what was planned is seen by the clock's keeper first.
            await asyncio.sleep(0)

    def _handle(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "assignment":
                self._assigned(message)
            case "sent_back":
                self._stage.at_work(self._stage.hours(2, 20), lambda: self._reply(message, "补充说明:"))
            case "return_decided" if not message["accepted"]:
                self._work(message)
            case "urge":
                self._urged(message)
            case "supervision":
                self._stage.at_work(self._stage.hours(1, 16), lambda: self._answer_supervision(message))
                self._stage.at_work(self._stage.hours(16, 30), lambda: self._reply(message, "经督办,"))
            case _:
                pass

    def _assigned(self, message: dict[str, Any]) -> None:
        chance, temper = self._stage.chance, self._temper
        if chance.random() >= temper.forgets:
            self._stage.at_work(self._stage.hours(*temper.confirm), lambda: self._tell(message, "confirm_receipt"))
        order = message["work_order"]
        if chance.random() < 0.06 and order not in self._returned:
            self._returned.add(order)
            ground = {"ground": "不属于本单位职责范围"}
            self._stage.at_work(self._stage.hours(2, 7), lambda: self._tell(message, "request_return", **ground))
            return
        self._work(message)

    def _work(self, message: dict[str, Any]) -> None:
        chance, temper = self._stage.chance, self._temper
        spoke = {"method": "电话", "result": "已与诉求人联系,了解情况"}
        if chance.random() >= temper.forgets:
            self._stage.at_work(
                self._stage.hours(*temper.contact), lambda: self._tell(message, "record_contact", **spoke)
            )
        if chance.random() < 0.08:
            more = {"working_days": chance.randint(2, 5), "reason": "涉及多个部门,需现场勘查"}
            self._stage.at_work(self._stage.hours(30, 60), lambda: self._tell(message, "request_extension", **more))
        if chance.random() >= temper.forgets:
            self._stage.at_work(self._stage.hours(*temper.reply), lambda: self._reply(message, ""))

    def _urged(self, message: dict[str, Any]) -> None:
        if self._stage.chance.random() < self._temper.ignores_urges:
            return
        self._stage.at_work(self._stage.hours(1, 14), lambda: self._answer_urge(message))
        self._stage.at_work(self._stage.hours(14, 30), lambda: self._reply(message, "经催办,"))

    async def _answer_urge(self, message: dict[str, Any]) -> None:
        await self._tell(message, "answer_urge", urge=message["urge"], text="正在办理,已安排专人跟进")

    async def _answer_supervision(self, message: dict[str, Any]) -> None:
        text = "已成立专班,限期办结"
        await self._tell(message, "answer_supervision", supervision=message["supervision"], text=text)

    async def _reply(self, message: dict[str, Any], opening: str) -> None:
        text = f"{opening}您反映的问题我单位已派人到现场核实并处理完毕,感谢您的监督。"
        measures = "现场核查;整改;告知诉求人"
        await self._tell(message, "reply", public_text=text, signer=f"{self.unit} 分管负责人", measures=measures)

    async def _tell(self, message: dict[str, Any], kind: str, **fields: Any) -> None:
        await self._door.tell(
            f"/units/{self.unit}/commands", {"type": kind, "work_order": message["work_order"], **fields}
        )
