import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bus_rig import Rig


@pytest.fixture(params=["local", "rabbitmq"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Each bus in turn."""
    made = Rig(request.param, request.getfixturevalue("vhost_url") if request.param == "rabbitmq" else "")
    yield made
    await made.stop()


@pytest.fixture
async def local() -> AsyncIterator[Rig]:
    made = Rig("local", "")
    yield made
    await made.stop()


@pytest.fixture
async def rabbitmq(vhost_url: str) -> AsyncIterator[Rig]:
    made = Rig("rabbitmq", vhost_url)
    yield made
    await made.stop()
