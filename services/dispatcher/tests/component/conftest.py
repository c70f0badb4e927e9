"""The dispatcher behind its doors: HTTP, facts and commands in process, a virtual clock and a real store."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.activity import Activity
from chassis.bus import Consumer, Delivery, Outgoing
from chassis.clock import VirtualClock
from chassis.crypto import MasterKey
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.issuer import DevelopmentIssuer
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.retry import VERIFIED_USER
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, TokenVerifier
from contracts.codec import decode, encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.topology import COMMANDS, facts_exchange, facts_queue, unit_command_key
from contracts.words import AppealType, Channel, Clock, DeadlineKind, Lane, Role, Service, Urgency
from dispatcher.main import build
from dispatcher.repeat_finder import RepeatFinder
from dispatcher.use_cases.propose_repeats import RepeatSearch

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
UNIT = "water-group"


class Desk:
    """One running dispatcher. ``heard`` holds the facts it published."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.clock = VirtualClock(START)
        self.activity = Activity()
        self.bus = LocalBus(partial=True)
        self.heard: list[Fact[Event]] = []
        self._sequences: dict[tuple[str, Service], int] = {}
        settings = ServiceSettings(data_dir=folder)
        runtime = Runtime(
            service=Service.DISPATCHER,
            settings=settings,
            store=store,
            bus=self.bus,
            clock=self.clock,
            ids=SystemIds(),
            metrics=Metrics(Service.DISPATCHER),
            activity=self.activity,
            keys=MasterKey.load_or_create(settings.master_key_file),
            owner=secrets.token_hex(4),
            virtual_time=True,
        )
        self.hosted = Hosted(runtime, build)
        for lane in Lane:
            queue = facts_queue(Service.REPORTING, lane)
            self.bus.mount(Consumer(service=Service.REPORTING, queue=queue, lane=lane, handler=self._hear))
        self.issuer = DevelopmentIssuer(folder)
        verifier = TokenVerifier(KeyFile(self.issuer.jwks_file), "hotline-development", "hotline12345")
        self.app = self.hosted.app(verifier, Capacity())
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    async def _hear(self, delivery: Delivery) -> None:
        fact = decode(delivery.body)
        if fact.source is Service.DISPATCHER and fact.id not in {known.id for known in self.heard}:
            self.heard.append(fact)

    @property
    def orders(self) -> Any:
        """The orders' documents."""
        return self.hosted.built.documents[0]

    @property
    def search(self) -> RepeatSearch:
        """The search for repeats."""
        return next(part.search for part in self.hosted.built.parts if isinstance(part, RepeatFinder))

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
        message = Outgoing(
            id=fact.id,
            exchange=facts_exchange(fact.lane),
            routing_key=fact.type,
            body=encode(fact),
            stream="test",
            lane=fact.lane,
        )
        await self.bus.publisher(fact.lane).publish(message)
        await self.quiet()

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

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        seen = -1
        while self.activity.running or seen != self.activity.ever:
            seen = self.activity.ever
            await asyncio.sleep(0.01)

    async def later(self, time: timedelta) -> None:
        """Let business time pass and wake what is due."""
        self.clock.advance_to(self.clock.now() + time)
        for documents in self.hosted.built.documents:
            await documents.wakes.fire()
        await self.quiet()

    def token(self, role: Role, **more: Any) -> dict[str, str]:
        """The header of somebody with this role."""
        return {"Authorization": f"Bearer {self.issuer.issue(role, **more)}"}

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
    name = f"dispatcher_{secrets.token_hex(6)}"
    async with connect(mongo_url) as client:
        desk = Desk(Store(client, name, Metrics(Service.DISPATCHER)), tmp_path)
        await desk.hosted.prepare()
        await desk.bus.declare(desk.hosted.built.declares)
        await desk.bus.start()
        yield desk
        await desk.http.aclose()
        await desk.bus.stop()
        await desk.hosted.finish()
        await client.drop_database(name)
