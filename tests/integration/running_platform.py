"""The whole platform as production runs it: six services in two replicas each, RabbitMQ, a MongoDB-protocol server."""

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from replica import Nursery, Replica

from chassis.embedded_mongo import SecantusServer
from chassis.issuer import DevelopmentIssuer
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.topology import TIERS, parking_queue
from contracts.words import Service

REPLICAS = 2


class Platform:
    """Twelve processes on one broker and one store, both of this run alone. Who breaks something mends it again.

    A smaller one is a subclass with ``services`` and ``each`` of its own.
    """

    services: Sequence[Service] = tuple(Service)
    each = REPLICAS

    def __init__(self, broker: RabbitNode, folder: Path) -> None:
        self.broker = broker
        self.folder = folder
        self.store = SecantusServer(folder / "store", cache="512M")
        self.vhost = broker.add_vhost()
        self.prefix = f"t{secrets.token_hex(3)}"
        self.data = folder / "data"
        self.issuer = DevelopmentIssuer(self.data)
        self.replicas: dict[Service, list[Replica]] = {}
        self._nursery = Nursery()
        self._born = self.each

    def environment(self, _: Service) -> dict[str, str]:
        """The settings of a service's processes, but for the port."""
        return {
            "AMQP_URL": self.broker.url(vhost=self.vhost),
            "MONGO_URL": self.store.url,
            "DATA_DIR": str(self.data),
            "DATABASE_PREFIX": self.prefix,
            "LOG_LEVEL": "INFO",
        }

    def start(self) -> None:
        """Start everything side by side and wait until all of it is ready."""
        self.store.start()
        self.replicas = {
            service: [
                Replica(service, number, self._nursery, self.environment(service), self.folder)
                for number in range(1, self.each + 1)
            ]
            for service in self.services
        }
        self.start_again(*self.services)

    def stop(self) -> None:
        """Stop everything."""
        everybody = [replica for of_service in self.replicas.values() for replica in of_service]
        _side_by_side(replica.kill for replica in everybody)
        with self._nursery:
            self.store.stop()

    def kill(self, *services: Service) -> None:
        """SIGKILL every replica of these services."""
        for service in services:
            for replica in self.replicas[service]:
                replica.kill()

    def start_again(self, *services: Service) -> None:
        """Start the replicas that do not run, and wait until they are ready."""
        wanted = [replica for service in services for replica in self.replicas[service]]
        for replica in wanted:
            if not replica.alive:
                replica.start()
        _side_by_side(replica.wait for replica in wanted)

    def add(self, service: Service, count: int = 1) -> None:
        """So many more replicas of ``service``, ready to work."""
        there = self.replicas[service]
        self._born += count
        more = [
            Replica(service, self._born - at, self._nursery, self.environment(service), self.folder)
            for at in range(count)
        ]
        for replica in more:
            replica.start()
        _side_by_side(replica.wait for replica in more)
        there += more

    def lose(self, service: Service, count: int = 1) -> None:
        """SIGKILL the eldest replicas of ``service``, for good."""
        lost = self.replicas[service][:count]
        del self.replicas[service][:count]
        _side_by_side(replica.kill for replica in lost)

    def wait_ready(self) -> None:
        """Until every replica is ready again after an outage."""
        _side_by_side(replica.wait for of_service in self.replicas.values() for replica in of_service)

    @contextlib.contextmanager
    def database(self, service: Service) -> Iterator[Any]:
        """One service's database, read past its doors."""
        with MongoClient[dict[str, Any]](self.store.url, tz_aware=True) as client:
            yield client[f"{self.prefix}_{service.replace('-', '_')}"]

    def messages(self) -> dict[str, int]:
        """Messages, ready and unacked, of every queue of ours that holds any."""
        queues = self.broker.api("GET", f"/queues/{self.vhost}?columns=name,messages").json()
        return {queue["name"]: queue["messages"] for queue in queues if queue.get("messages")}

    def under_way(self) -> dict[str, int]:
        """Messages in the services' own queues and in the retry tiers; those for units to fetch are not ours."""
        tiers = {tier.exchange for ladder in TIERS.values() for tier in ladder}
        ours = {"dispatcher.commands", "classifier.commands"} | {parking_queue(service) for service in Service}
        held = self.messages()
        return {name: n for name, n in held.items() if ".facts" in name or name in tiers | ours}

    def logs(self) -> str:
        """Everything that any process wrote."""
        return "\n".join(replica.tail(10**9) for of_service in self.replicas.values() for replica in of_service)


def _side_by_side(calls: Iterable[Any]) -> None:
    with ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()
