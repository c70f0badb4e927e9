"""The dispatcher alone, in two replicas on real parts: a test tells it what the other services would."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import aio_pika
from people import Person
from running_platform import Platform

from contracts.codec import encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.topology import facts_exchange
from contracts.words import AppealType, Channel, Clock, DeadlineKind, Service, Urgency
from dispatcher.store import REFRESH_SECONDS


class DispatchPlatform(Platform):
    """No other service: what they say is said by the test, in whatever order it wants."""

    services = (Service.DISPATCHER,)

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._told: dict[tuple[str, Service], int] = {}

    async def tell(self, subject: str, source: Service, event: Event) -> None:
        """Publish a fact of another service, confirmed."""
        sequence = self._told[subject, source] = self._told.get((subject, source), 0) + 1
        fact: Fact[Event] = Fact(
            id=f"{subject}-{source}-{sequence}",
            source=source,
            subject=subject,
            sequence=sequence,
            time=datetime.now(UTC),
            data=event,
        )
        async with await aio_pika.connect(self.broker.url(vhost=self.vhost)) as connection:
            channel = await connection.channel(on_return_raises=True)
            exchange = await channel.get_exchange(facts_exchange(fact.lane), ensure=False)
            await exchange.publish(aio_pika.Message(encode(fact), message_id=fact.id, delivery_mode=2), fact.type)

    async def sign_for_everything(self, officer: Person) -> None:
        """A standing sign-off that both replicas follow: each reads them every few seconds."""
        await officer.tell("/sign-offs", {"name": "everything", "valid_until": "2099-01-01T00:00:00+08:00"})
        await asyncio.sleep(REFRESH_SECONDS + 1)

    async def due(self, subject: str, unit: str, at: datetime) -> None:
        """When the unit's result is due, as the monitor tells it."""
        event = dl.DeadlineSet(
            deadline=f"resolve-{unit}", kind=DeadlineKind.RESOLVE, clock=Clock.UNIT, unit=unit, round=1, number=1,
            due=at, provisional=False, policy_version="1", calendar_version="1",
            steps=(dl.Step(zh="起算", en="start"),),
        )  # fmt: skip
        await self.tell(subject, Service.SLA_MONITOR, event)

    async def register(self, subject: str, number: str, text: str) -> None:
        """An appeal, as intake tells it."""
        registered = ap.AppealRegistered(
            number=number, jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked=text
        )
        await self.tell(subject, Service.INTAKE, registered)

    async def classify(self, subject: str, unit: str, topic: str, accused: str | None = None) -> None:
        """A verdict, as the classifier tells it; ``accused`` makes it an accusation."""
        classified = ap.AppealClassified(
            type=AppealType.COMPLAINT if accused is None else AppealType.REPORT,
            topic=topic,
            units=(ap.UnitScore(unit=unit, score=0.9),),
            urgency=Urgency.NORMAL,
            hazard=False,
            emergency_lines=(),
            work_order_follows=True,
            accused_unit=accused,
        )
        await self.tell(subject, Service.CLASSIFIER, classified)
