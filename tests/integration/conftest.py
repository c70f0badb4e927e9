"""The platform that all promises are tried on, and the people of each test."""

import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from dispatch_platform import DispatchPlatform
from line_receiver import LineReceiver, LinesPlatform
from people import Town
from running_platform import Platform

from chassis.testing.rabbitmq_node import RabbitNode


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who needs the platform runs where it is: side by side with other tests, never with a second platform."""
    for item in items:
        if "platform" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("platform"))


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


@pytest.fixture(scope="session")
def line_receiver() -> Iterator[LineReceiver]:
    """The server of line 110."""
    made = LineReceiver(secrets.token_urlsafe(24))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def lines_platform(
    private_rabbitmq: RabbitNode, line_receiver: LineReceiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """Intake and classifier as lines meet them."""
    made = LinesPlatform(private_rabbitmq, tmp_path_factory.mktemp("lines"), line_receiver)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
async def lines_town(lines_platform: Platform) -> AsyncIterator[Town]:
    """Everybody at the doors of the lines' platform."""
    made = Town(lines_platform)
    yield made
    await made.leave()


@pytest.fixture
def dispatch_platform(private_rabbitmq: RabbitNode, tmp_path: Path) -> Iterator[DispatchPlatform]:
    """The dispatcher alone, in two replicas."""
    made = DispatchPlatform(private_rabbitmq, tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()
