"""What both AsyncAPI documents are put together from: schemas lifted into components, channels, messages, servers."""

from collections.abc import Iterable
from typing import Any

from contracts.topology import Exchange, Queue, Topology

JSON = "application/json"
VERSION = "0.1.0"

Part = dict[str, Any]


class Components:
    """The schemas and messages of one document; the same name with two meanings is refused."""

    def __init__(self) -> None:
        self.schemas: Part = {}
        self.messages: Part = {}

    def schema(self, name: str, schema: Part) -> Part:
        """Keep ``schema`` and what it defines; a reference to it."""
        whole = _lifted(schema)
        for inner, meaning in whole.pop("$defs", {}).items():
            self._keep(inner, meaning)
        whole.pop("$id", None)
        self._keep(name, whole)
        return {"$ref": f"#/components/schemas/{name}"}

    def message(self, name: str, payload: Part, title: str, summary: str, examples: Iterable[Part] = ()) -> None:
        """Keep a message under ``name``."""
        made: Part = {"name": name, "title": title, "summary": summary, "contentType": JSON, "payload": payload}
        shown = [{"payload": example} for example in examples]
        if shown:
            made["examples"] = shown
        self.messages[name] = made

    def body(self) -> Part:
        """As the document holds it."""
        return {"schemas": self.schemas, "messages": self.messages}

    def _keep(self, name: str, schema: Part) -> None:
        if self.schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two schemas are named {name}")


def _lifted(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref" and isinstance(value, str)
            else _lifted(value)
            for key, value in node.items()
            # OpenAPI's word; AsyncAPI reads JSON schema, where the constants of ``type`` already tell the shapes apart.
            if key != "discriminator"
        }
    return [_lifted(item) for item in node] if isinstance(node, list) else node


def first_line(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").strip().split("\n")[0].replace("``", "`")


def channel(address: str, binding: Part, messages: Iterable[str], **more: Any) -> Part:
    """One channel with its AMQP binding."""
    held = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {"address": address, **more, "messages": held, "bindings": {"amqp": {**binding, "bindingVersion": "0.3.0"}}}


def by_key(exchange: Exchange) -> Part:
    """The binding of what is published on ``exchange`` under the channel's address."""
    held = {"name": exchange.name, "type": exchange.kind, "durable": True, "autoDelete": False}
    return {"is": "routingKey", "exchange": held}


def from_queue(name: str) -> Part:
    """The binding of what is read from a queue."""
    return {"is": "queue", "queue": {"name": name, "durable": True, "exclusive": False, "autoDelete": False}}


def arguments(queue: Queue) -> Part:
    """The queue's arguments, as an extension: the binding knows no place for them."""
    return {"x-arguments": queue.arguments()}


def exchange_of(topology: Topology, name: str) -> Exchange:
    """The exchange of this name."""
    return next(one for one in topology.exchanges if one.name == name)


def subset(channel_name: str, messages: Iterable[str]) -> list[Part]:
    """References to some messages of a channel, as operations hold them."""
    return [{"$ref": f"#/channels/{_pointer(channel_name)}/messages/{_pointer(name)}"} for name in messages]


def to_channel(name: str) -> Part:
    """A reference to a channel."""
    return {"$ref": f"#/channels/{_pointer(name)}"}


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def server() -> Part:
    """RabbitMQ, wherever the city runs it."""
    return {
        "host": "{host}",
        "protocol": "amqps",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ. Messages are persistent JSON; publish with confirms and `mandatory`.",
        "variables": {"host": {"description": "Name and port.", "default": "broker.example:5671"}},
        "security": [{"$ref": "#/components/securitySchemes/user"}],
    }


SECURITY: Part = {
    "user": {"type": "userPassword", "description": "A broker user; the broker vouches for it in `user_id`."}
}


def document(title: str, description: str, channels: Part, operations: Part, components: Components) -> Part:
    """A whole AsyncAPI 3.0 document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": title,
            "version": VERSION,
            "description": description,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": JSON,
        "servers": {"broker": server()},
        "channels": channels,
        "operations": operations,
        "components": {**components.body(), "securitySchemes": SECURITY},
    }
