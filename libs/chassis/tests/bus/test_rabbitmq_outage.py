"""A broker that stays away longer than a message's time limit, while more and more wants to be published."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chassis.amqp import AmqpPublisher
from chassis.bus import ConnectionLost, Outgoing, PublishFailed
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.words import Lane

WAITING = 20


@pytest.fixture
async def impatient(private_rabbitmq: RabbitNode) -> AsyncIterator[AmqpPublisher]:
    """Its messages wait 1 s at most, less than it waits between attempts to connect."""
    made = AmqpPublisher(private_rabbitmq.url(), Lane.ORDINARY, "impatient", limit=1.0)
    yield made
    await made.close()


async def test_a_backlog_that_grew_during_an_outage_is_published_when_the_broker_is_back(
    private_rabbitmq: RabbitNode, impatient: AmqpPublisher
) -> None:
    lost: set[int] = set()

    async def publish(number: int) -> None:
        while True:
            message = Outgoing(id=f"m{number}", exchange="amq.fanout", routing_key="", body=b"x", stream="s")
            try:
                await impatient.publish(message)
            except ConnectionLost:
                lost.add(number)
                await asyncio.sleep(0.05)
            except PublishFailed:
                # Nobody is bound to this exchange: the broker returned the message, so it was there.
                return
            else:
                return

    await asyncio.to_thread(private_rabbitmq.stop)
    backlog = asyncio.gather(*(publish(number) for number in range(WAITING)))
    await asyncio.sleep(3)
    assert set(range(WAITING)) == lost
    await asyncio.to_thread(private_rabbitmq.start)
    await asyncio.wait_for(backlog, 10)
