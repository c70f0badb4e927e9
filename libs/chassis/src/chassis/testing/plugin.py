"""The pytest plugin: ``pytest_plugins = ["chassis.testing.plugin"]`` gives a broker and a store to any test.

Nothing is skipped where a server is missing: it is started, installed, or the test fails saying what to do.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from chassis.embedded_mongo import SecantusServer
from chassis.testing.rabbitmq_node import NoRabbitmq, RabbitNode
from chassis.testing.servers import broker, store


def _say(config: pytest.Config, text: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(text)


@pytest.fixture(scope="session")
def private_rabbitmq(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[RabbitNode]:
    """A node that belongs to this test run alone. Who stops or freezes it starts or thaws it again."""
    try:
        node = RabbitNode(Path(tmp_path_factory.mktemp("rabbitmq")))
        node.start()
    except NoRabbitmq as error:
        pytest.fail(str(error), pytrace=False)
    _say(request.config, f"broker for failure tests: a private node on port {node.port}")
    yield node
    node.thaw()
    node.stop()


@pytest.fixture
def vhost_url(private_rabbitmq: RabbitNode) -> Iterator[str]:
    """A virtual host of the private node for this test alone."""
    name = private_rabbitmq.add_vhost()
    yield private_rabbitmq.url(vhost=name)
    private_rabbitmq.delete_vhost(name)


@pytest.fixture(scope="session")
def rabbitmq_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Any RabbitMQ (``servers`` says in which order). What is declared there stays."""
    with broker(lambda: request.getfixturevalue("private_rabbitmq"), partial(_say, request.config)) as url:
        yield url


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """Any server of MongoDB's protocol (``servers`` says in which order). Use databases of your own."""
    with store(lambda: tmp_path_factory.mktemp("store"), partial(_say, request.config)) as url:
        yield url


@pytest.fixture
def private_mongo(tmp_path: Path) -> Iterator[SecantusServer]:
    """A store that this test alone may kill and start again."""
    with SecantusServer(tmp_path / "private-store") as server:
        yield server
