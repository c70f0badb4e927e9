"""Applies the topology to a broker. Idempotent; what exists with other arguments is named, never changed."""

from aio_pika import ExchangeType
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed
from aiormq.exceptions import ChannelAccessRefused

from contracts.topology import Topology


class TopologyMismatch(Exception):
    """An exchange or queue exists with other arguments; RabbitMQ cannot change them in place (trap 14)."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"{kind} {name} exists with other arguments; stop its publishers, let it run empty, delete it "
            f"(management page, or rabbitmqctl delete_queue for a queue), then apply the topology again"
        )
        self.kind = kind
        self.name = name


class MayNotDeclare(Exception):
    """The broker user has no right to configure."""

    def __init__(self) -> None:
        super().__init__(
            "the broker user may not declare exchanges and queues; run `hotline topology apply` as one who may, "
            "and set DECLARE_TOPOLOGY=false"
        )


async def apply(connection: AbstractConnection, topology: Topology) -> None:
    """Declare exchanges, queues and bindings.

    Raises ``TopologyMismatch`` at the first that differs, ``MayNotDeclare`` where the user has no right to.
    """
    try:
        await _apply(connection, topology)
    except ChannelAccessRefused:
        raise MayNotDeclare from None


async def _apply(connection: AbstractConnection, topology: Topology) -> None:
    channel = await connection.channel()
    for exchange in topology.exchanges:
        try:
            await channel.declare_exchange(exchange.name, ExchangeType(exchange.kind), durable=True)
        except ChannelPreconditionFailed:
            raise TopologyMismatch("exchange", exchange.name) from None
    queues = {}
    for queue in topology.queues:
        try:
            queues[queue.name] = await channel.declare_queue(
                queue.name, durable=True, arguments=dict(queue.arguments())
            )
        except ChannelPreconditionFailed:
            raise TopologyMismatch("queue", queue.name) from None
    for binding in topology.bindings:
        await queues[binding.queue].bind(binding.exchange, binding.key)
    await channel.close()


async def missing(connection: AbstractConnection, topology: Topology) -> list[str]:
    """Names of queues and exchanges that the broker does not have. Needs no right to configure."""
    absent: list[str] = []
    for exchange in topology.exchanges:
        channel = await connection.channel()
        try:
            await channel.get_exchange(exchange.name)
            await channel.close()
        except ChannelNotFoundEntity:
            absent.append(exchange.name)
    for queue in topology.queues:
        channel = await connection.channel()
        try:
            await channel.get_queue(queue.name)
            await channel.close()
        except ChannelNotFoundEntity:
            absent.append(queue.name)
    return absent
