"""Players: the hotline centre's own people, each with one role and one desk."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from contracts.words import Role
from hotline.demo.door import Refused
from hotline.demo.stage import Stage

RIGHT = 0.85
"""How often a person at triage takes the machine's proposal."""


class TriageOfficer:
    """Decides what the machine was unsure of; dangerous ones first, at any hour."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._door = stage.door("triage-officer", Role.TRIAGE_OFFICER)
        self._seen: set[str] = set()

    async def look(self) -> None:
        """Plan a decision for everything new on the desk."""
        async for item in self._door.pages("/triage", limit=100):
            if item["subject"] not in self._seen:
                self._seen.add(item["subject"])
                self._stage.later(self._stage.minutes(2, 25), lambda item=item: self._decide(item))  # type: ignore[misc]

    async def _decide(self, item: dict[str, Any]) -> None:
        proposal = item["suggestion"]
        body: dict[str, Any] = {"type": proposal["type"], "topic": proposal["topic"]}
        units = proposal.get("units") or []
        if units:
            body["unit"] = units[0]["unit"]
        if proposal.get("exclusion") and self._stage.chance.random() < RIGHT:
            body["exclusion"] = proposal["exclusion"]
        elif not units:
            body["unit"] = "hotline-center"
        await self._door.tell(f"/triage/{item['subject']}/decision", body)


class DutyOfficer:
    """Signs, decides returns and extensions, and takes emergencies that no line has taken."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._door = stage.door("duty-officer", Role.DUTY_OFFICER)
        self._seen: set[str] = set()
        self.granted = 0

    async def give_standing_sign_offs(self) -> None:
        """Named, dated, scoped: automatic forwarding where the machine is sure enough."""
        until = (self._stage.now() + timedelta(days=365)).isoformat()
        forwarding = {"name": "值班长长期签批", "topics": ["*"], "confidence": 0.5, "valid_until": until}
        await self._door.tell("/sign-offs", forwarding)

    async def emergencies(self) -> bool:
        """Take what a line declined or nobody took; True while any case is still red."""
        page = await self._door.read("/emergencies", limit=100)
        red = False
        for item in page["items"]:
            for case in item["cases"]:
                red |= case["state"] in ("red", "declined")
                mine = case["state"] == "declined" or (case["state"] == "red" and case["duty_officer_paged"])
                if mine and case["reference"] not in self._seen:
                    self._seen.add(case["reference"])
                    self._stage.later(
                        self._stage.minutes(0.1, 1),
                        lambda reference=case["reference"]: self._take(reference),  # type: ignore[misc]
                    )
        return red

    async def look(self) -> None:
        """Read the lists of the duty desk."""
        await self._desk("signature", self._sign)
        await self._desk("return", self._decide_return)
        await self._desk("extension", self._decide_extension)

    async def _take(self, reference: str) -> None:
        await self._door.tell(f"/emergencies/{reference}/take", {})

    async def _desk(self, desk: str, deed: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        async for item in self._door.pages("/work-orders", desk=desk, limit=200):
            key = f"{item['subject']}/{desk}/{item['unit']}/{item['pending']}"
            if key not in self._seen:
                self._seen.add(key)
                self._stage.at_work(self._stage.minutes(5, 120), lambda item=item: deed(item))  # type: ignore[misc]

    async def _sign(self, item: dict[str, Any]) -> None:
        body = {} if item["proposed_unit"] else {"unit": "hotline-center"}
        await self._door.tell(f"/work-orders/{item['subject']}/signature", body)

    async def _decide_return(self, item: dict[str, Any]) -> None:
        accepted = self._stage.chance.random() < 0.7
        body: dict[str, Any] = {"accepted": accepted, "reason": "经核实属实" if accepted else "属于本单位职责"}
        if accepted:
            body["to_unit"] = self._stage.chance.choice(("urban-management", "east-district", "west-district"))
            if body["to_unit"] == item["unit"]:
                body["to_unit"] = "hotline-center"
        await self._door.tell(f"/work-orders/{item['subject']}/return-decision", body)

    async def _decide_extension(self, item: dict[str, Any]) -> None:
        granted = self._stage.chance.random() < 0.8
        body = {"granted": granted, "reason": "情况属实" if granted else "理由不足"}
        await self._door.tell(f"/work-orders/{item['subject']}/extension-decision", body)
        self.granted += granted


class Reviewer:
    """Examines every result, and audits what callers complain of."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._door = stage.door("reviewer", Role.REVIEWER)
        self._checklist: list[str] = []
        self._seen: set[str] = set()

    async def look(self) -> None:
        """Plan a look at everything new."""
        async for item in self._door.pages("/work-orders", desk="review", limit=200):
            key = f"{item['subject']}/{item['pending']}"
            if key not in self._seen:
                self._seen.add(key)
                self._stage.at_work(self._stage.hours(0.2, 6), lambda item=item: self._review(item))  # type: ignore[misc]
        async for item in self._door.pages("/audits", limit=200):
            if item["visit"] not in self._seen:
                self._seen.add(item["visit"])
                self._stage.at_work(self._stage.hours(1, 8), lambda item=item: self._audit(item))  # type: ignore[misc]

    async def _review(self, item: dict[str, Any]) -> None:
        approve = self._stage.chance.random() < 0.92
        if not self._checklist:
            self._checklist = [point["id"] for point in (await self._door.read("/review-checklist"))["items"]]
        body: dict[str, Any] = {"approve": approve, "reasons": [] if approve else ["未说明处理依据"]}
        body["checklist"] = self._checklist if approve else []
        await self._door.tell(f"/work-orders/{item['subject']}/review", body)

    async def _audit(self, item: dict[str, Any]) -> None:
        blamed = self._stage.chance.random() < 0.6
        body = {"unit_responsible": blamed, "reasons": ["处理结果与群众反映不符"] if blamed else []}
        await self._door.tell(f"/audits/{item['visit']}", body)


class RevisitAgent:
    """Calls citizens back. Some are out, some are content, some are not."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._door = stage.door("revisit-agent", Role.REVISIT_AGENT)
        self._seen: set[str] = set()

    async def look(self) -> None:
        """Plan a call for every new visit."""
        for state in ("due", "link_sent"):
            async for item in self._door.pages("/visits", state=state, limit=200):
                key = f"{item['visit']}/{state}"
                if key not in self._seen:
                    self._seen.add(key)
                    self._call_later(item["visit"], 1)

    def _call_later(self, visit: str, attempt: int) -> None:
        self._stage.at_work(self._stage.hours(2, 26), lambda: self._call(visit, attempt))

    async def _call(self, visit: str, attempt: int) -> None:
        chance = self._stage.chance
        self._stage.log.delivered(f"caller.{visit}", f"visit/{attempt}/{self._stage.now().isoformat()}")
        if chance.random() < 0.2:
            try:
                await self._door.tell(f"/visits/{visit}/attempts", {"method": "phone"})
            except Refused as refused:
                if refused.status != 409:
                    raise
                return
            if attempt < 3:
                self._call_later(visit, attempt + 1)
            return
        mood = chance.random()
        satisfaction = "SATISFIED" if mood < 0.6 else "BASICALLY_SATISFIED" if mood < 0.85 else "DISSATISFIED"
        content = satisfaction != "DISSATISFIED"
        body = {
            "method": "phone",
            "satisfaction": satisfaction,
            "solved": content or chance.random() < 0.3,
            "result_true": content or chance.random() < 0.7,
        }
        await self._door.tell(f"/visits/{visit}/answer", body)
