"""The plugin's own promises: what a test asks for is there and answers."""

import aio_pika
from pymongo import AsyncMongoClient

from chassis.embedded_mongo import SecantusServer
from chassis.testing.rabbitmq_node import RabbitNode


async def test_some_broker_and_some_store_answer(rabbitmq_url: str, mongo_url: str) -> None:
    connection = await aio_pika.connect(rabbitmq_url)
    async with connection:
        assert connection.is_closed is False
    async with AsyncMongoClient[dict[str, object]](mongo_url) as client:
        assert 1 == (await client.admin.command("ping"))["ok"]


def test_the_private_node_obeys_its_own_control_program(private_rabbitmq: RabbitNode) -> None:
    assert "guest" in private_rabbitmq.rabbitmqctl("list_users")


def test_the_private_store_comes_back_after_a_kill(private_mongo: SecantusServer) -> None:
    before = private_mongo.pid
    private_mongo.kill()
    assert None is private_mongo.pid
    private_mongo.start()
    assert private_mongo.pid not in (None, before)
