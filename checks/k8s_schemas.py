"""Validates rendered resources strictly: Kubernetes' own kinds by its schemas, custom ones by deploy/k8s/schemas."""

import json
import warnings
from functools import cache
from typing import Any

import kubernetes_validate
from jsonschema import Draft202012Validator

from checks.k8s_render import K8S, Resource

VERSIONS = ("1.32", "1.37")
"""The oldest Kubernetes that these manifests are for, and the newest that was known when they were last checked."""

_CORE = {"v1", "apps/v1", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1"}


def faults(resource: Resource) -> list[str]:
    """What is wrong with one resource by its schema; a kind without one is a fault."""
    if resource.get("apiVersion") in _CORE:
        return [fault for version in VERSIONS for fault in _core_faults(resource, version)]
    validator = _custom(str(resource.get("apiVersion")), str(resource.get("kind")))
    if validator is None:
        return [f"no schema for {resource.get('apiVersion')} {resource.get('kind')} in deploy/k8s/schemas"]
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(resource)]


def _core_faults(resource: Resource, version: str) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            kubernetes_validate.validate(resource, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(part) for part in error.path)
        return [f"Kubernetes {version}: {path}: {error.message[:200]}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [f"Kubernetes {version}: {error}"]
    return []


@cache
def _custom(api: str, kind: str) -> Any:
    file = K8S / "schemas" / f"{api.replace('/', '_')}_{kind}.json"
    if not file.exists():
        return None
    return Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))
