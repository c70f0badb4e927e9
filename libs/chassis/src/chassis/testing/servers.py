"""Which broker and which store tests run on: what the environment names, else a container, else a local one.

The whole order stands here. Containers are RabbitMQ 4 and MongoDB 8 (a replica set of one) by testcontainers; local
ones are a RabbitMQ node of the machine's package and SecantusDB. The test run prints which it took.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chassis.embedded_mongo import SecantusServer
from chassis.testing.rabbitmq_node import RabbitNode

RABBITMQ_IMAGE = "rabbitmq:4-management"
MONGODB_IMAGE = "mongo:8"
PRIMARY_SECONDS = 60.0

Say = Callable[[str], None]


class Origin(StrEnum):
    """Where a server for tests comes from, in the order in which it is looked for."""

    ENVIRONMENT = "environment"
    CONTAINER = "container"
    LOCAL = "local"


def origin(variable: str, environment: Mapping[str, str], engine: Callable[[], bool]) -> Origin:
    """The first that is there. The engine is asked only where the environment names nothing."""
    if environment.get(variable):
        return Origin.ENVIRONMENT
    return Origin.CONTAINER if engine() else Origin.LOCAL


def engine_answers() -> bool:
    """Whether a Docker engine can be used from here."""
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=10, check=False).returncode == 0
    except (subprocess.TimeoutExpired, OSError):
        return False


@contextmanager
def broker(local: Callable[[], RabbitNode], say: Say) -> Iterator[str]:
    """The address of a RabbitMQ."""
    match origin("AMQP_URL", os.environ, engine_answers):
        case Origin.ENVIRONMENT:
            say("broker: AMQP_URL")
            yield os.environ["AMQP_URL"]
        case Origin.CONTAINER:
            with rabbitmq_container() as url:
                say(f"broker: a container of {RABBITMQ_IMAGE}")
                yield url
        case Origin.LOCAL:
            node = local()
            say("broker: the private node (no AMQP_URL, no Docker engine)")
            yield node.url()


@contextmanager
def store(folder: Callable[[], Path], say: Say) -> Iterator[str]:
    """The address of a server of MongoDB's protocol."""
    match origin("MONGO_URL", os.environ, engine_answers):
        case Origin.ENVIRONMENT:
            say("store: MONGO_URL")
            yield os.environ["MONGO_URL"]
        case Origin.CONTAINER:
            with mongodb_container() as url:
                say(f"store: a container of {MONGODB_IMAGE}")
                yield url
        case Origin.LOCAL:
            with SecantusServer(folder()) as server:
                say("store: SecantusDB (no MONGO_URL, no Docker engine)")
                yield server.url


@contextmanager
def rabbitmq_container() -> Iterator[str]:
    """RabbitMQ 4, fresh."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    ready = LogMessageWaitStrategy("Server startup complete")
    with DockerContainer(RABBITMQ_IMAGE).with_exposed_ports(5672).waiting_for(ready) as running:
        host, port = running.get_container_host_ip(), running.get_exposed_port(5672)
        yield f"amqp://guest:guest@{host}:{port}/"


@contextmanager
def mongodb_container() -> Iterator[str]:
    """MongoDB 8 as a replica set of one: without one the platform does not start."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    made = DockerContainer(MONGODB_IMAGE).with_exposed_ports(27017).with_command("--replSet tests --bind_ip_all")
    with made.waiting_for(LogMessageWaitStrategy("Waiting for connections")) as running:
        url = f"mongodb://{running.get_container_host_ip()}:{running.get_exposed_port(27017)}/?directConnection=true"
        initiate(url)
        yield url


def initiate(url: str) -> None:
    """Make the server a replica set of one and wait until it takes writes. Raises ``TimeoutError``."""
    member = {"_id": 0, "host": "127.0.0.1:27017"}  # the container's own view of itself
    deadline = time.monotonic() + PRIMARY_SECONDS
    with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=2_000) as client:
        client.admin.command("replSetInitiate", {"_id": "tests", "members": [member]})
        while time.monotonic() < deadline:
            try:
                if client.admin.command("hello").get("isWritablePrimary"):
                    return
            except PyMongoError:
                pass
            time.sleep(0.2)
    raise TimeoutError("the replica set of one has no primary")
