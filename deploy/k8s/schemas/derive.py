"""Writes the schemas of KEDA's and the Prometheus operator's resources again, from their published models.

Not part of any check; run it by hand in an environment of its own when a newer operator is wanted:

    python3 -m venv /tmp/models
    /tmp/models/bin/pip install cloudcoil-models-keda==2.16.1.0 cloudcoil-models-prometheus-operator==0.80.1.0
    /tmp/models/bin/python deploy/k8s/schemas/derive.py

The models (Apache-2.0) are generated of the operators' custom resource definitions; the first three numbers of their
version are the operator's. Kept of them: names, types, patterns, bounds, enumerations, what is required. Left out:
descriptions, defaults, ``status``, and ``null``, which the API server would drop. Changed: what is not named is
refused, so that a misspelt field cannot be overlooked, and ``metadata`` is ours, the part of it that we write.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cloudcoil.models.keda import v1alpha1 as keda
from cloudcoil.models.prometheus_operator import v1 as monitoring

HERE = Path(__file__).parent
NAME = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "maxLength": 253}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
METADATA = {
    "type": "object",
    "properties": {"name": NAME, "namespace": NAME, "labels": TEXTS, "annotations": TEXTS},
    "required": ["name"],
    "additionalProperties": False,
}
KEPT = ("type", "enum", "const", "pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems")
SOURCES = (
    (keda.ScaledObject, "keda.sh/v1alpha1", "KEDA", "cloudcoil-models-keda"),
    (keda.TriggerAuthentication, "keda.sh/v1alpha1", "KEDA", "cloudcoil-models-keda"),
    (monitoring.PodMonitor, "monitoring.coreos.com/v1", "Prometheus operator", "cloudcoil-models-prometheus-operator"),
    (
        monitoring.PrometheusRule,
        "monitoring.coreos.com/v1",
        "Prometheus operator",
        "cloudcoil-models-prometheus-operator",
    ),
)


def reduced(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """One schema without references, ``null`` and words, closed against unknown fields."""
    if "$ref" in schema:
        return reduced(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in schema:
        choices = [reduced(one, definitions) for one in schema["anyOf"] if one.get("type") != "null"]
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    kept = {key: schema[key] for key in KEPT if key in schema}
    if "items" in schema:
        kept["items"] = reduced(schema["items"], definitions)
    if "properties" in schema:
        kept["properties"] = {name: reduced(one, definitions) for name, one in schema["properties"].items()}
        kept["additionalProperties"] = False
        if schema.get("required"):
            kept["required"] = schema["required"]
    elif isinstance(schema.get("additionalProperties"), dict):
        kept["additionalProperties"] = reduced(schema["additionalProperties"], definitions)
    return kept


def resource(model: Any, api: str, operator: str, package: str) -> dict[str, Any]:
    """The schema of one kind."""
    whole = model.model_json_schema(by_alias=True)
    kind, published = model.__name__, version(package)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"{operator} {published.rsplit('.', 1)[0]}: made by derive.py of {package} {published}, Apache-2.0",
        "title": f"{api} {kind}",
        "type": "object",
        "properties": {
            "apiVersion": {"const": api},
            "kind": {"const": kind},
            "metadata": METADATA,
            "spec": reduced(whole["properties"]["spec"], whole["$defs"]),
        },
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
    }


def main() -> None:
    """Write all."""
    for model, api, operator, package in SOURCES:
        made = resource(model, api, operator, package)
        file = HERE / f"{api.replace('/', '_')}_{model.__name__}.json"
        file.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
