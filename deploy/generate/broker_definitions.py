"""RabbitMQ's definitions file, as the compose file's broker loads it at every start."""

from typing import Any

from contracts.topology import POLICIES, topology

VHOST = "/"


def definitions(units: tuple[str, ...]) -> dict[str, Any]:
    """Virtual host, exchanges, queues, bindings and policies. Users come from elsewhere: they have passwords."""
    everything = topology(units)
    return {
        "vhosts": [{"name": VHOST}],
        "policies": [
            {
                "vhost": VHOST,
                "name": policy.name,
                "pattern": policy.pattern,
                "apply-to": "queues",
                "definition": policy.definition,
                "priority": 0,
            }
            for policy in POLICIES
        ],
        "exchanges": [
            {
                "vhost": VHOST,
                "name": exchange.name,
                "type": exchange.kind,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for exchange in everything.exchanges
        ],
        "queues": [
            {
                "vhost": VHOST,
                "name": queue.name,
                "durable": True,
                "auto_delete": False,
                "arguments": queue.arguments(),
            }
            for queue in everything.queues
        ],
        "bindings": [
            {
                "vhost": VHOST,
                "source": binding.exchange,
                "destination": binding.queue,
                "destination_type": "queue",
                "routing_key": binding.key,
                "arguments": {},
            }
            for binding in everything.bindings
        ],
    }
