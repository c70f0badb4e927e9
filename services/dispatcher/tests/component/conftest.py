"""The dispatcher behind its doors: HTTP, facts and commands in process, a virtual clock and a real store."""

import json
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from chassis.bus import Outgoing
from chassis.mongo import Store
from chassis.retry import VERIFIED_USER
from chassis.testing.service_rig import START, ServiceRig, running
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.topology import COMMANDS, unit_command_key
from contracts.words import AppealType, Channel, Clock, DeadlineKind, Lane, Role, Service, Urgency
from dispatcher.domain.tables import Tables
from dispatcher.main import build
from dispatcher.repeat_finder import RepeatFinder
from dispatcher.shipped_tables import tables
from dispatcher.store import SignOffs
from dispatcher.use_cases.propose_repeats import RepeatSearch

UNIT = "water-group"


class Desk(ServiceRig):
    """One running dispatcher."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(Service.DISPATCHER, build, store, folder)
        self._sequences: dict[tuple[str, Service], int] = {}

    approval: ClassVar[dict[str, Any]] = {"approve": True, "checklist": [point.id for point in tables().checklist]}
    """A reviewer's answer that finds every point good."""

    @property
    def orders(self) -> Any:
        """The orders' documents."""
        return self.hosted.built.documents[0]

    @property
    def search(self) -> RepeatSearch:
        """The search for repeats."""
        return next(part.search for part in self.hosted.built.parts if isinstance(part, RepeatFinder))

    def standing_tables(self) -> Tables:
        """The tables in force."""
        return next(part for part in self.hosted.built.parts if isinstance(part, SignOffs)).tables()

    def types(self, subject: str) -> list[str]:
        """The types of the facts that were published about an order, in sequence."""
        mine = [fact for fact in self.heard if fact.subject == subject]
        return [fact.type.removeprefix("work_order.") for fact in sorted(mine, key=lambda fact: fact.sequence)]

    async def tell(self, subject: str, source: Service, event: Event, at: datetime | None = None) -> None:
        """Publish a fact of another service."""
        sequence = self._sequences[subject, source] = self._sequences.get((subject, source), 0) + 1
        fact: Fact[Event] = Fact(
            id=f"{subject}-{source}-{sequence}",
            source=source,
            subject=subject,
            sequence=sequence,
            time=at or self.clock.now(),
            data=event,
        )
        await self.publish(fact)

    async def appeal(self, subject: str, text: str = "小区停水两天了", **verdict: Any) -> str:
        """Register and classify an appeal; returns its public number."""
        number = f"410400{int.from_bytes(subject.encode(), 'big') % 10**15:015d}"
        registered = ap.AppealRegistered(
            number=number,
            jurisdiction="410400",
            area="410400",
            channel=Channel.PHONE,
            text_masked=text,
            accused_unit=verdict.pop("form_accused", None),
            caller_ref=verdict.pop("caller_ref", None),
            attachments=verdict.pop("attachments", ()),
        )
        await self.tell(subject, Service.INTAKE, registered)
        told: dict[str, Any] = {
            "type": AppealType.COMPLAINT,
            "topic": "water.supply.outage",
            "units": (ap.UnitScore(unit=UNIT, score=0.9),),
            "urgency": Urgency.NORMAL,
            "hazard": False,
            "emergency_lines": (),
            "work_order_follows": True,
            **verdict,
        }
        await self.tell(subject, Service.CLASSIFIER, ap.AppealClassified(**told))
        return number

    async def due(self, subject: str, kind: DeadlineKind, unit: str, at: datetime, round: int = 1) -> None:
        """A deadline of a unit, as the monitor tells it."""
        event = dl.DeadlineSet(
            deadline=f"{kind}-{unit}-{round}",
            kind=kind,
            clock=Clock.UNIT,
            unit=unit,
            round=round,
            number=1,
            due=at,
            provisional=False,
            policy_version="1",
            calendar_version="1",
            steps=(dl.Step(zh="起算", en="start"),),
        )
        await self.tell(subject, Service.SLA_MONITOR, event)

    async def later(self, time: timedelta) -> None:
        """Let business time pass and wake what is due."""
        await self.wake_at(self.clock.now() + time)

    async def centre(
        self, path: str, body: dict[str, Any] | None = None, role: Role = Role.DUTY_OFFICER, key: str | None = None
    ) -> httpx.Response:
        """A command of the centre."""
        headers = {**self.token(role), "Idempotency-Key": key or secrets.token_hex(8)}
        answer = await self.http.post(path, json=body or {}, headers=headers)
        await self.quiet()
        return answer

    async def standing(self, **more: Any) -> None:
        """A standing sign-off for everything."""
        until = (START + timedelta(days=365)).isoformat()
        body = {"name": "routine-2026", "valid_until": until, **more}
        assert (await self.centre("/sign-offs", body)).status_code == 201

    async def unit(
        self, order: str, type: str, unit: str = UNIT, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """A command of a unit over HTTP."""
        body = {"command_id": key or secrets.token_hex(8), "type": type, "work_order": order, **more}
        answer = await self.http.post(
            f"/units/{unit}/commands", json=body, headers=self.token(Role.UNIT_HANDLER, unit=unit)
        )
        await self.quiet()
        return answer

    async def queue(
        self,
        unit: str | None,
        body: dict[str, Any],
        raw: bytes | None = None,
        message_id: str | None = None,
        traceparent: str | None = None,
    ) -> None:
        """A command of a unit over the broker, with its validated user."""
        message = Outgoing(
            id=message_id or secrets.token_hex(8),
            exchange=COMMANDS,
            routing_key=unit_command_key(unit or UNIT),
            body=raw if raw is not None else json.dumps(body).encode(),
            stream="test",
            headers={
                **({VERIFIED_USER: f"unit.{unit}"} if unit else {}),
                **({"traceparent": traceparent} if traceparent else {}),
            },
        )
        await self.bus.publisher(Lane.ORDINARY).publish(message)
        await self.quiet()

    async def messages(self, unit: str = UNIT, after: int = 0, **params: Any) -> list[dict[str, Any]]:
        """What the unit has got."""
        answer = await self.http.get(
            f"/units/{unit}/messages",
            params={"after": after, **params},
            headers=self.token(Role.UNIT_HANDLER, unit=unit),
        )
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def order(self, order: str) -> dict[str, Any]:
        """The order as the centre reads it."""
        answer = await self.http.get(f"/work-orders/{order}", headers=self.token(Role.DUTY_OFFICER))
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def desk(mongo_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """One running dispatcher on a database of its own."""
    async with running(Desk, Service.DISPATCHER, mongo_url, tmp_path) as desk:
        yield desk
