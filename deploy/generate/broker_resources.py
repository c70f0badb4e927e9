"""The broker's topology as resources of RabbitMQ's messaging topology operator (rabbitmq.com/v1beta1).

One object for each exchange, queue, binding, policy, user, permission and topic permission. A user's name and password
come from a Secret of the cluster, ``broker-user-NAME`` with the keys ``username`` and ``password``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.permissions import Rights, ServiceRights, service_rights, unit_rights
from contracts.topology import EMERGENCY_LINES, POLICIES, Binding, Topology, line_queue, topology, unit_queue
from contracts.words import Service

VHOST = "/"
CLUSTER = {"name": "broker"}
"""The RabbitmqCluster in the same namespace."""

Resource = dict[str, Any]


def secret_of(user: str) -> str:
    """The Secret that holds a broker user's name and password."""
    return f"broker-user-{_slug(user)}"


def topology_resources(units: Sequence[str]) -> dict[str, list[Resource]]:
    """File name to resources: exchanges, queues, bindings and policies."""
    everything = topology(tuple(units))
    return {
        "exchanges": list(_exchanges(everything)),
        "queues": list(_queues(everything)),
        "bindings": [_binding(binding) for binding in everything.bindings],
        "policies": list(_policies()),
    }


def user_resources(units: Sequence[str], over_http: Sequence[str]) -> dict[str, list[Resource]]:
    """File name to resources: the users of the services, and of the ``units`` that read their own queue."""
    also_reads = {
        Service.DISPATCHER: tuple(unit_queue(unit) for unit in over_http),
        Service.CLASSIFIER: tuple(line_queue(line) for line in EMERGENCY_LINES),
    }
    services = [service_rights(service, also_reads.get(service, ())) for service in Service]
    return {
        "service-users": [resource for rights in services for resource in _user(rights)],
        "unit-users": [resource for unit in units for resource in _unit_user(unit_rights(unit))],
    }


def _exchanges(everything: Topology) -> Iterator[Resource]:
    for exchange in everything.exchanges:
        spec = {"name": exchange.name, "vhost": VHOST, "type": exchange.kind, "durable": True, "autoDelete": False}
        yield _resource("Exchange", exchange.name, spec)


def _queues(everything: Topology) -> Iterator[Resource]:
    for queue in everything.queues:
        arguments = {name: value for name, value in queue.arguments().items() if name != "x-queue-type"}
        kind = queue.arguments()["x-queue-type"]
        spec = {"name": queue.name, "vhost": VHOST, "type": kind, "durable": True, "autoDelete": False}
        yield _resource("Queue", queue.name, {**spec, "arguments": arguments})


def _binding(binding: Binding) -> Resource:
    spec = {
        "source": binding.exchange,
        "destination": binding.queue,
        "destinationType": "queue",
        "routingKey": binding.key,
        "vhost": VHOST,
    }
    return _resource("Binding", f"{binding.queue}.of.{binding.exchange}.{_slug(binding.key) or 'every'}", spec)


def _policies() -> Iterator[Resource]:
    for policy in POLICIES:
        spec = {"name": policy.name, "vhost": VHOST, "pattern": policy.pattern, "applyTo": "queues", "priority": 0}
        yield _resource("Policy", policy.name, {**spec, "definition": policy.definition})


def _unit_user(rights: Rights) -> Iterator[Resource]:
    name = _slug(rights.user)
    topic = {"exchange": rights.topic_exchange, "write": rights.topic_write, "read": rights.topic_read}
    spec = {"vhost": VHOST, "userReference": {"name": name}, "permissions": topic}
    user, permission = _user(rights)
    # Listed before the right to write: a user without a topic permission may publish under any key.
    yield from (user, _resource("TopicPermission", name, spec), permission)


def _user(rights: Rights | ServiceRights) -> tuple[Resource, Resource]:
    name = _slug(rights.user)
    granted = {"configure": rights.configure, "write": rights.write, "read": rights.read}
    spec = {"vhost": VHOST, "userReference": {"name": name}, "permissions": granted}
    return (
        _resource("User", name, {"importCredentialsSecret": {"name": secret_of(rights.user)}}),
        _resource("Permission", name, spec),
    )


def _resource(kind: str, name: str, spec: Mapping[str, Any]) -> Resource:
    return {
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": kind,
        "metadata": {"name": name.lower()},
        "spec": {**spec, "rabbitmqClusterReference": CLUSTER},
    }


def _slug(text: str) -> str:
    """``text`` as a part of an object's name: ``work_order.*`` becomes ``work-order.any``."""
    words = text.replace("*", "any").replace("#", "all").replace("_", "-")
    return re.sub(r"[^a-z0-9.-]", "-", words.lower())
