"""OpenAPI and AsyncAPI documents as Markdown pages."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Part = Mapping[str, Any]


def openapi_page(document: Part) -> str:
    """One service: every operation with who may enter, what it takes and what it answers, then the shapes."""
    lines = [f"# {document['info']['title']}", "", "Refusals are problem documents (RFC 9457). ", ""]
    lines += ["## Operations", ""]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            lines += _operation(method.upper(), path, operation)
    lines += ["## Shapes", ""]
    lines += _shapes(document["components"]["schemas"])
    return "\n".join(lines) + "\n"


def asyncapi_page(document: Part) -> str:
    """Description, operations, channels, messages with examples, then the shapes."""
    lines = [f"# {document['info']['title']}", "", document["info"]["description"], ""]
    lines += ["## Operations", ""]
    lines += ["| operation | action | channel | messages |", "|---|---|---|---|"]
    for name, operation in document["operations"].items():
        told = ", ".join(f"`{_last(message['$ref'])}`" for message in operation["messages"])
        lines.append(f"| {name} | {operation['action']} | `{_last(operation['channel']['$ref'])}` | {told} |")
    lines += ["", "## Channels", ""]
    for name, channel in document["channels"].items():
        lines += [f"### {name}", "", f"Address `{channel['address']}`. {channel.get('description', '')}", ""]
        lines += _json(channel["bindings"])
        if "x-arguments" in channel:
            lines += ["Arguments of the queue:", "", *_json(channel["x-arguments"])]
    lines += ["## Messages", ""]
    for name, message in document["components"]["messages"].items():
        lines += [f"### {name}", "", message["summary"], ""]
        if "$ref" in message["payload"]:
            lines += [f"Payload: {_type(message['payload'])}", ""]
        else:
            lines += _json(message["payload"])
        for example in message.get("examples", ()):
            lines += ["Example:", "", *_json(example["payload"])]
    lines += ["## Shapes", ""]
    lines += _shapes(document["components"]["schemas"])
    return "\n".join(lines) + "\n"


def _operation(method: str, path: str, operation: Part) -> Iterator[str]:
    yield from (f"### {method} `{path}`", "", operation.get("description") or operation.get("summary", ""), "")
    if operation["security"]:
        yield from ("Opens to: " + ", ".join(f"`{role}`" for role in operation["x-roles"]), "")
    else:
        yield from (f"Public: {operation['x-public-because']}", "")
    parameters = operation.get("parameters", ())
    if parameters:
        yield from ("| parameter | in | type | required | meaning |", "|---|---|---|---|---|")
        for one in parameters:
            needed = "yes" if one.get("required") else ""
            meaning = _cell(one.get("description", ""))
            yield f"| `{one['name']}` | {one['in']} | {_type(one['schema'])} | {needed} | {meaning} |"
        yield ""
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        yield from (f"Body ({media}): {_type(body.get('schema', {}))}", "")
    answers = ", ".join(f"{status}" for status in sorted(operation["responses"]))
    yield from (f"Answers: {answers}", "")


def _shapes(schemas: Part) -> Iterator[str]:
    for name, schema in sorted(schemas.items()):
        # "Shape" keeps its anchor apart from that of an event or a message of the same name.
        yield from (f"### Shape {name}", "", schema.get("description", ""), "")
        if "enum" in schema:
            yield from (", ".join(f"`{value}`" for value in schema["enum"]), "")
        properties = schema.get("properties", {})
        if properties:
            yield from ("| field | type | required | meaning |", "|---|---|---|---|")
            for field, kind in properties.items():
                needed = "yes" if field in schema.get("required", ()) else ""
                yield f"| `{field}` | {_type(kind)} | {needed} | {_cell(kind.get('description', ''))} |"
            yield ""


def _type(schema: Part) -> str:
    if "$ref" in schema:
        return f"[{_last(schema['$ref'])}](#shape-{_last(schema['$ref']).lower()})"
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(_type(one) for one in schema[word])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    limits = [f"{word} {schema[word]}" for word in ("format", "minimum", "maximum", "maxLength") if word in schema]
    return " ".join([str(schema.get("type", "any")), *([f"({', '.join(limits)})"] if limits else [])])


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")


def _json(body: Any) -> Iterator[str]:
    yield from ("```json", json.dumps(body, ensure_ascii=False, indent=2), "```", "")
