"""Each service as a broker user of its own that may configure nothing, as the Kubernetes manifests set it up."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import ChannelClosed, DeliveryError
from appeals import EMERGENCIES, MATTERS, send
from books import named, parked, recorded
from eventually import eventually
from people import Town
from players import Centre
from running_platform import Platform

from chassis.amqp.amqp_bus import AmqpBus
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.permissions import service_rights
from contracts.topology import COMMANDS, EMERGENCY_LINES, facts_queue, line_queue, topology, unit_queue
from contracts.words import Lane, Role, Service
from dispatcher.shipped_tables import directory

UNITS = directory().units


class OwnRights(Platform):
    """One process of each service; the topology was declared by an administrator before."""

    each = 1

    def __init__(self, broker: RabbitNode, folder: Path) -> None:
        super().__init__(broker, folder)
        self._passwords = {service: secrets.token_urlsafe(12) for service in Service}

    def admit(self) -> None:
        """Declare everything as administrator, then make the users."""
        asyncio.run(self._declare())
        also_reads = {
            Service.DISPATCHER: [unit_queue(unit.id) for unit in UNITS.values() if unit.over_http],
            Service.CLASSIFIER: [line_queue(line) for line in EMERGENCY_LINES],
        }
        for service, password in self._passwords.items():
            rights = service_rights(service, also_reads.get(service, ()))
            self.broker.api("PUT", f"/users/{rights.user}", {"password": password, "tags": ""})
            granted = {"configure": rights.configure, "write": rights.write, "read": rights.read}
            self.broker.api("PUT", f"/permissions/{self.vhost}/{rights.user}", granted)

    def url(self, service: Service) -> str:
        """The broker as this service's user."""
        return self.broker.url(user=str(service), password=self._passwords[service], vhost=self.vhost)

    def environment(self, service: Service) -> dict[str, str]:
        """As everywhere, but for the user and the right to declare."""
        return {**super().environment(service), "AMQP_URL": self.url(service), "DECLARE_TOPOLOGY": "false"}

    async def _declare(self) -> None:
        bus = AmqpBus(self.broker.url(vhost=self.vhost), Service.DISPATCHER)
        await bus.declare(topology(tuple(UNITS)))
        await bus.stop()


@pytest.fixture(scope="module")
def limited(private_rabbitmq: RabbitNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnRights]:
    made = OwnRights(private_rabbitmq, tmp_path_factory.mktemp("limited"))
    try:
        made.admit()
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
async def quarter(limited: OwnRights) -> AsyncIterator[Town]:
    """Everybody at the doors of the limited platform."""
    made = Town(limited)
    yield made
    await made.leave()


async def test_an_appeal_and_an_emergency_go_their_whole_way(quarter: Town) -> None:
    numbers = [(await send(quarter, text))["number"] for text in (MATTERS[0], EMERGENCIES[0])]
    async with Centre(quarter, numbers).at_work(lines=("119", "120")):
        for number, last in zip(numbers, ("appeal.closed", "emergency.acknowledged"), strict=True):

            async def look(number: str = number, last: str = last) -> bool:
                return bool(named(await recorded(quarter.platform, number), last))

            await eventually(look, what=last, seconds=90)
    assert [] == await parked(quarter)


async def test_what_cannot_be_handled_is_parked_and_can_be_sent_back(quarter: Town) -> None:
    queue = facts_queue(Service.REVISIT, Lane.ORDINARY)
    async with await aio_pika.connect(quarter.platform.broker.url(vhost=quarter.platform.vhost)) as connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(aio_pika.Message(b"no fact", message_id="poison"), queue)

    async def replayed(times: int) -> bool:
        return times in [row["replay"] for row in await parked(quarter)]

    await eventually(lambda: replayed(0), what="parking")
    row = (await parked(quarter))[0]
    await quarter.person(Role.OPERATOR).tell(f"/parking/revisit/{row['id']}/replay", {})
    await eventually(lambda: replayed(1), what="parking of what was sent back")


@pytest.mark.parametrize("exchange", [COMMANDS, "assignments"])
async def test_a_service_cannot_publish_what_is_not_its_own(limited: OwnRights, exchange: str) -> None:
    async with await aio_pika.connect(limited.url(Service.REVISIT)) as connection:
        channel = await connection.channel()
        target = await channel.get_exchange(exchange, ensure=False)
        with pytest.raises((ChannelClosed, DeliveryError)):
            await target.publish(aio_pika.Message(b"{}"), "unit.water-group")


async def test_a_service_cannot_read_anothers_queue_or_declare_one(limited: OwnRights) -> None:
    async with await aio_pika.connect(limited.url(Service.REVISIT)) as connection:
        channel = await connection.channel()
        other = await channel.get_queue(facts_queue(Service.INTAKE, Lane.ORDINARY), ensure=False)
        with pytest.raises(ChannelClosed):
            await other.get(fail=False)
        channel = await connection.channel()
        with pytest.raises(ChannelClosed):
            await channel.declare_queue("revisit.mine", durable=True)
