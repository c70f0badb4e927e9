"""Whatever is wrong around a service: it ends, or waits, with one line that names the cause and the remedy."""

import socket
from pathlib import Path

import aio_pika
import pytest
from one_service import OneService, started

from chassis.embedded_mongo import SecantusServer
from chassis.store_causes import NO_REPLICA_SET, NOT_INITIATED, Standing, standing
from chassis.testing.ports import free_port
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.topology import topology
from hotline.topology_commands import _apply

MONGO = "mongodb://127.0.0.1:9/?directConnection=true"
AMQP = "amqp://guest:guest@127.0.0.1:9/"


def refused(one: OneService, status: int) -> str:
    """The one line with which the process ended."""
    assert status == one.ended()
    (line,) = [line for line in one.lines if not line.startswith("{")]
    return line


def test_a_wrong_address_is_named_and_not_repeated(tmp_path: Path) -> None:
    with started(tmp_path, {"AMQP_URL": "http://hotline:hunter2@broker", "MONGO_URL": MONGO}) as one:
        line = refused(one, 2)
    assert line.startswith("configuration error: AMQP_URL: must be amqp://")
    assert "hunter2" not in line


def test_every_wrong_field_has_a_line_of_its_own(tmp_path: Path) -> None:
    wrong = {"AMQP_URL": AMQP, "MONGO_URL": "localhost", "AREA_CODE": "12", "LOG_LEVEL": "LOUD"}
    with started(tmp_path, wrong) as one:
        assert 2 == one.ended()
        assert ["AREA_CODE", "LOG_LEVEL", "MONGO_URL"] == sorted(line.split(": ")[1] for line in one.lines)


def test_a_missing_secret_is_named_and_no_new_key_takes_its_place(tmp_path: Path) -> None:
    missing = tmp_path / "secrets" / "master.json"
    with started(tmp_path, {"AMQP_URL": AMQP, "MONGO_URL": MONGO, "KEY_FILE": str(missing)}) as one:
        line = refused(one, 2)
    assert "KEY_FILE: there is no such file" in line
    assert "hotline config new-key" in line
    assert not missing.exists()


def test_a_key_that_cannot_be_written_because_the_disk_is_full_is_one_line(tmp_path: Path) -> None:
    with started(tmp_path, {"AMQP_URL": AMQP, "MONGO_URL": MONGO}, largest_file=0) as one:
        line = refused(one, 2)
    assert line.startswith("configuration error: DATA_DIR: ")
    assert "a folder that it may write to" in line


def test_a_port_that_somebody_else_has_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = {"AMQP_URL": AMQP, "MONGO_URL": MONGO, "HTTP_PORT": str(other.getsockname()[1])}
        with started(tmp_path, taken) as one:
            line = refused(one, 2)
    assert "HTTP_PORT: Address already in use; choose a free port" in line


async def test_a_queue_that_somebody_else_declared_with_other_arguments_ends_the_start(
    tmp_path: Path, vhost_url: str, mongo_url: str
) -> None:
    async with await aio_pika.connect(vhost_url) as connection:
        await (await connection.channel()).declare_queue("revisit.facts", durable=True)
    with started(tmp_path, {"AMQP_URL": vhost_url, "MONGO_URL": mongo_url}) as one:
        line = refused(one, 1)
    assert line.startswith("cannot start: queue revisit.facts exists with other arguments")
    assert "delete it" in line


def test_a_user_who_may_not_declare_is_told_who_may(
    tmp_path: Path, private_rabbitmq: RabbitNode, vhost_url: str, mongo_url: str
) -> None:
    vhost = vhost_url.rsplit("/", 1)[1]
    private_rabbitmq.add_user("reader", "made-up", vhost, configure="^$", write=".*", read=".*")
    url = private_rabbitmq.url("reader", "made-up", vhost)
    with started(tmp_path, {"AMQP_URL": url, "MONGO_URL": mongo_url}) as one:
        line = refused(one, 1)
    assert "may not declare" in line
    assert "hotline topology apply" in line


async def test_missing_queues_are_waited_for_where_declaring_is_left_to_others(
    tmp_path: Path, vhost_url: str, mongo_url: str
) -> None:
    world = {"AMQP_URL": vhost_url, "MONGO_URL": mongo_url, "DECLARE_TOPOLOGY": "false"}
    with started(tmp_path, world) as one:
        one.says("run `hotline topology apply`")
        assert not one.ready()
        await _apply(vhost_url, topology())
        one.wait_ready()


def test_a_broker_that_refuses_the_password_is_waited_for(
    tmp_path: Path, private_rabbitmq: RabbitNode, vhost_url: str, mongo_url: str
) -> None:
    vhost = vhost_url.rsplit("/", 1)[1]
    url = private_rabbitmq.url("late", "made-up", vhost)
    with started(tmp_path, {"AMQP_URL": url, "MONGO_URL": mongo_url}) as one:
        line = one.says("refuses user or password of AMQP_URL")
        assert "made-up" not in line
        assert one.alive
        assert not one.ready()
        private_rabbitmq.add_user("late", "made-up", vhost, configure=".*", write=".*", read=".*")
        one.wait_ready()


def test_a_service_that_is_up_before_broker_and_database_says_so_once_and_becomes_ready(
    tmp_path: Path, private_rabbitmq: RabbitNode
) -> None:
    store = SecantusServer(tmp_path / "store", port=free_port())
    vhost = "not-there-yet"
    world = {"AMQP_URL": private_rabbitmq.url(vhost=vhost), "MONGO_URL": store.url}
    with started(tmp_path, world) as one:
        one.says("no database answers at MONGO_URL")
        try:
            store.start()
            one.says("create the virtual host of AMQP_URL")
            assert not one.ready()
            private_rabbitmq.api("PUT", f"/vhosts/{vhost}")
            private_rabbitmq.api("PUT", f"/permissions/{vhost}/guest", {"configure": ".*", "write": ".*", "read": ".*"})
            one.wait_ready()
            assert 1 == sum("waiting for the store" in line for line in one.lines)
            assert 1 == sum("waiting for the broker" in line for line in one.lines)
        finally:
            one.stop()
            store.stop()
            private_rabbitmq.delete_vhost(vhost)


MONGOD = {"version": "8.0.4", "modules": []}


@pytest.mark.parametrize(
    ("hello", "build", "expected"),
    [
        ({"isWritablePrimary": True, "ok": 1.0}, MONGOD, Standing.LONE),
        ({"isWritablePrimary": False, "isreplicaset": True, "ok": 1.0}, MONGOD, Standing.NOT_INITIATED),
        ({"isWritablePrimary": True, "setName": "rs0", "ok": 1.0}, MONGOD, Standing.IN_A_SET),
        ({"isWritablePrimary": True, "msg": "isdbgrid", "ok": 1.0}, MONGOD, Standing.IN_A_SET),
        ({"isWritablePrimary": True, "ok": 1.0}, {**MONGOD, "secantusVersion": "0.7"}, Standing.IN_A_SET),
    ],
)
def test_a_database_without_a_replica_set_is_recognised(
    hello: dict[str, object], build: dict[str, object], expected: Standing
) -> None:
    assert expected is standing(hello, build)
    assert "rs.initiate()" in NO_REPLICA_SET
    assert "rs.initiate()" in NOT_INITIATED
