"""Players: the citizens and the agents who write down what they say."""

from datetime import timedelta
from typing import Any

from contracts.words import Channel, Role
from hotline.demo.bundled import Sendable
from hotline.demo.door import Door
from hotline.demo.stage import Stage

SURNAMES = "王李张刘陈杨赵黄周吴"
REMEMBERS = 400
"""How many earlier callers the impatient are drawn from."""


class Citizens:
    """Sends every appeal over HTTP, and now and then calls again or takes an appeal back."""

    def __init__(self, stage: Stage, address: str) -> None:
        self._stage = stage
        self._door = Door(address, stage.issuer, "agent", Role.AGENT)
        stage.doors.append(self._door)
        self.sent = 0

    def plan(self, appeals: list[Sendable], days: int) -> None:
        """Spread the appeals over ``days`` days: most by day, some at night, in bursts as phones ring."""
        chance = self._stage.chance
        bursts = max(1, len(appeals) // 8)
        minutes = sorted(chance.uniform(0, days * 24 * 60) for _ in range(bursts))
        for index, appeal in enumerate(appeals):
            at = timedelta(minutes=round(minutes[index * bursts // len(appeals)]))
            self._stage.later(at, lambda index=index, appeal=appeal: self._send(index, appeal))  # type: ignore[misc]

    async def _send(self, index: int, appeal: Sendable) -> None:
        chance = self._stage.chance
        key = f"demo-{index}"
        anonymous = chance.random() < 0.04
        body: dict[str, Any] = {"channel": appeal.channel, "message_id": key, "text": appeal.text}
        if anonymous:
            body["anonymous"] = True
        else:
            body["caller"] = {
                "name": chance.choice(SURNAMES) + chance.choice(("先生", "女士")),
                "phone": f"199{chance.randrange(10**8):08d}",
            }
        if appeal.place:
            body["place"] = {"text": appeal.place}
        answer = await self._door.tell("/appeals", body, key=key)
        self.sent += 1
        self._stage.log.sent_appeal(key, answer["number"], answer["query_code"], answer["incomplete"])
        dice = chance.random()
        if dice < 0.05:
            self._stage.later(self._stage.hours(20, 120), lambda: self._again(answer["number"]))
        elif dice < 0.07:
            self._stage.later(self._stage.hours(3, 60), lambda: self._withdraw(answer["number"]))

    async def _again(self, number: str) -> None:
        body = {"text": "我之前反映的问题还没有解决,再催一下", "repeat": True, "channel": Channel.PHONE}
        await self._door.tell(f"/appeals/{number}/supplements", body)

    async def _withdraw(self, number: str) -> None:
        await self._door.tell(f"/appeals/{number}/withdrawal", {"reason": "问题已自行解决"})
