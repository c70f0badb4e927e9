"""The files made of contracts are as they would be made now, and a real broker takes them."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from deploy.generate.__main__ import DEPLOY, drift, files, write

from chassis.amqp.amqp_bus import AmqpBus
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.topology import topology
from contracts.words import Service
from dispatcher.shipped_tables import directory

UNITS = sorted(directory().units)


def test_no_file_drifts_from_what_it_is_made_of() -> None:
    assert [] == drift()


def test_a_changed_a_missing_and_a_forgotten_file_are_noticed(tmp_path: Path) -> None:
    write(tmp_path)
    assert [] == drift(tmp_path)
    generated = tmp_path / "k8s/components/rabbitmq-operator/generated"
    (generated / "queues.yaml").write_text("changed")
    (generated / "exchanges.yaml").unlink()
    (generated / "old.yaml").write_text("old")
    names = {Path(entry.split()[0]).name for entry in drift(tmp_path)}
    assert {"queues.yaml", "exchanges.yaml", "old.yaml"} == names


def test_prometheus_rules_and_dashboards_become_resources(tmp_path: Path) -> None:
    (tmp_path / "prometheus/rules").mkdir(parents=True)
    (tmp_path / "grafana/dashboards").mkdir(parents=True)
    groups = {"groups": [{"name": "one", "rules": [{"alert": "Late", "expr": "up == 0"}]}]}
    (tmp_path / "prometheus/rules/two_words.yml").write_text(yaml.safe_dump(groups))
    (tmp_path / "grafana/dashboards/city.json").write_text("{}")
    made = files(tmp_path)
    rule = yaml.safe_load(made[Path("k8s/components/monitoring/generated/prometheus-rules.yaml")])
    assert ("hotline-two-words", groups) == (rule["metadata"]["name"], rule["spec"])
    assert "city.json" in made[Path("grafana/dashboards/kustomization.yaml")]


def test_no_two_objects_share_a_kind_and_a_name() -> None:
    # Patches name objects that are made elsewhere.
    patches = ("connections.yaml", "users.yaml")
    texts = [text for path, text in files().items() if path.suffix == ".yaml" and path.name not in patches]
    objects = [item for text in texts for item in yaml.safe_load_all(text) if "metadata" in item]
    names = Counter((item["kind"], item["metadata"]["name"]) for item in objects)
    assert [] == [name for name, times in names.items() if times > 1]
    everything = topology(tuple(UNITS))
    kinds = Counter(item["kind"] for item in objects)
    found = (kinds["Exchange"], kinds["Queue"], kinds["Binding"])
    assert (len(everything.exchanges), len(everything.queues), len(everything.bindings)) == found


class DefinedNode(RabbitNode):
    """A node that loads definitions at its start, by the settings of the compose file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._settings = folder / "conf.d"
        loaded = folder / "definitions"
        for made in (self._settings, loaded):
            made.mkdir(parents=True)
        settings = (DEPLOY / "rabbitmq/10-hotline.conf").read_text().replace("/etc/rabbitmq/definitions", str(loaded))
        (self._settings / "90-hotline.conf").write_text(settings)
        (loaded / "10-topology.json").write_bytes((DEPLOY / "rabbitmq/definitions.json").read_bytes())
        compose = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text())
        users = compose["configs"]["broker-users"]["content"]
        (loaded / "20-users.json").write_text(users)
        guest = {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
        user = {"name": "guest", "password": "guest", "tags": ["administrator"]}
        (loaded / "30-guest.json").write_text(json.dumps({"users": [user], "permissions": [guest]}))

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "RABBITMQ_CONFIG_FILES": str(self._settings)}


@pytest.fixture(scope="module")
def defined_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DefinedNode]:
    node = DefinedNode(tmp_path_factory.mktemp("defined"))
    node.start()
    yield node
    node.stop()


async def test_a_broker_that_loaded_them_agrees_with_what_the_services_declare(defined_node: DefinedNode) -> None:
    everything = topology(tuple(UNITS))
    queues = {row["name"]: row["arguments"] for row in defined_node.api("GET", "/queues/%2F").json()}
    assert {queue.name: queue.arguments() for queue in everything.queues} == queues
    bindings = [
        (row["source"], row["routing_key"], row["destination"])
        for row in defined_node.api("GET", "/bindings/%2F").json()
        if row["source"]
    ]
    assert sorted((one.exchange, one.key, one.queue) for one in everything.bindings) == sorted(bindings)
    # Raises TopologyMismatch at the first difference.
    bus = AmqpBus(defined_node.url(), Service.DISPATCHER)
    await bus.declare(everything)
    await bus.stop()


def test_the_policy_is_in_force_on_every_queue(defined_node: DefinedNode) -> None:
    rows = [row.split("\t") for row in defined_node.rabbitmqctl("list_queues", "name", "policy").splitlines()[1:]]
    assert {"hotline-leaders"} == {policy for _, policy in rows}
    assert len(topology(tuple(UNITS)).queues) == len(rows)


def test_the_users_of_the_compose_file_are_there_and_only_one_administers(defined_node: DefinedNode) -> None:
    users = {row["name"]: row["tags"] for row in defined_node.api("GET", "/users").json()}
    assert {"hotline": [], "admin": ["administrator"], "guest": ["administrator"]} == users
