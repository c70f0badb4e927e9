"""A broker that closes the connection in the middle of a declaration is asked again; one that refuses is not."""

from typing import Any

import pytest
from aiormq.exceptions import ConnectionInternalError

from chassis.amqp import amqp_bus
from chassis.amqp.amqp_bus import AmqpBus
from chassis.amqp.declare import TopologyMismatch
from contracts.topology import topology
from contracts.words import Lane, Service


class Connected:
    """Stands in for a connection: nothing is sent."""

    async def __aenter__(self) -> "Connected":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


def bus(monkeypatch: pytest.MonkeyPatch, answers: list[Exception | None]) -> AmqpBus:
    async def connect(*_: Any) -> Connected:
        return Connected()

    async def apply(*_: Any) -> None:
        if (answer := answers.pop(0)) is not None:
            raise answer

    monkeypatch.setattr(amqp_bus, "connect", connect)
    monkeypatch.setattr(amqp_bus, "apply", apply)
    monkeypatch.setattr(amqp_bus, "RECONNECT_SECONDS", dict.fromkeys(Lane, 0.0))
    return AmqpBus("amqp://nowhere/", Service.INTAKE)


async def test_a_connection_that_is_closed_in_the_middle_is_made_again_until_all_is_declared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[Exception | None] = [ConnectionInternalError("INTERNAL_ERROR"), RuntimeError("closed"), None]
    await bus(monkeypatch, answers).declare(topology())
    assert answers == []


async def test_a_queue_that_exists_with_other_arguments_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Exception | None] = [TopologyMismatch("queue", "q"), None]
    with pytest.raises(TopologyMismatch):
        await bus(monkeypatch, answers).declare(topology())
    assert answers == [None]
