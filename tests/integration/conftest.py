"""The platform that all promises are tried on, and the people of each test."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from people import Town
from running_platform import Platform

from chassis.testing.rabbitmq_node import RabbitNode


@pytest.fixture(scope="session")
def platform(private_rabbitmq: RabbitNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Six services in two replicas each, on real parts."""
    made = Platform(private_rabbitmq, tmp_path_factory.mktemp("platform"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
async def town(platform: Platform) -> AsyncIterator[Town]:
    """Everybody at the doors of the platform."""
    made = Town(platform)
    yield made
    await made.leave()
