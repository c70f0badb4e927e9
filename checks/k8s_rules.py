"""House rules for rendered manifests, beside their schemas: plain functions that name what is wrong."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from checks.k8s_render import Resource
from contracts.words import Service

IMAGES = {
    *(f"hotline12345/{service}" for service in Service),
    "docker.io/library/rabbitmq",
    "docker.io/library/mongo",
    "docker.io/percona/mongodb_exporter",
}
"""Every image that may run; a registry of the city's own may stand before ours."""

PORTS = {8080: "http", 5672: "amqp", 15672: "management", 15692: "prometheus", 27017: "mongodb", 9216: "metrics"}
"""Every port that a container may open, and its name."""

REACHED = {
    53: "names",
    443: "HTTPS",
    4317: "OTLP",
    4318: "OTLP",
    5671: "amqps",
    6443: "the cluster's API",
    4369: "epmd",
    25672: "rabbitmq nodes",
    35672: "rabbitmq tools",
}
"""What network policies may name besides."""

SCALERS = {
    "rabbitmq": {"protocol", "vhostName", "queueName", "mode", "value", "excludeUnacknowledged"},
    "cpu": {"value", "containerName"},
}
"""What KEDA's scalers that we use may be told: to the API server it is any text by any name."""

_SECRET_NAME = re.compile(r"PASSWORD|PASS$|SECRET|TOKEN|_KEY$|CREDENTIAL")
_CREDENTIALS = re.compile(r"://[^/\s:@]+:(?!\$\()[^/\s@]+@")


def violations(resource: Resource) -> Iterator[str]:
    """What one resource does that no resource of ours may."""
    if resource["kind"] == "Secret":
        yield "holds a secret in plain text; secrets are made in the cluster"
    yield from _plain_credentials(resource)
    for pod in _pods(resource):
        yield from _pod_violations(pod, ours=resource["kind"] in ("Deployment", "StatefulSet"))
    if resource["kind"] == "ServiceAccount" and resource.get("automountServiceAccountToken") is not False:
        yield "mounts a token that nobody needs"
    if resource["kind"] in ("Role", "ClusterRole"):
        yield from _right_violations(resource["kind"], resource["rules"])
    if resource["kind"] == "ScaledObject":
        yield from _trigger_violations(resource["spec"]["triggers"])
    if resource["kind"] == "NetworkPolicy":
        yield from _unknown_ports(resource["spec"])
    if resource["kind"] == "RabbitmqCluster":
        yield from _image_violations(resource["spec"]["image"])
        yield from _limit_violations("rabbitmq", resource["spec"]["resources"])


def violations_together(resources: Sequence[Resource]) -> Iterator[str]:
    """References that lead nowhere, and services of ours that lack what each must have."""
    named = {(one["kind"], one["metadata"]["name"]) for one in resources}
    if len(named) != len(resources):
        yield "two objects share a kind and a name"
    pods = [one["spec"]["template"] for one in resources if one["kind"] in ("Deployment", "StatefulSet")]
    for service in Service:
        for kind in ("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"):
            if (kind, f"hotline-{service}") not in named:
                yield f"{kind} hotline-{service} is missing"
    for one in resources:
        kind, name, spec = one["kind"], one["metadata"]["name"], one.get("spec", {})
        if kind == "ScaledObject" and ("Deployment", spec["scaleTargetRef"]["name"]) not in named:
            yield f"ScaledObject {name} scales nothing"
        if kind == "PodDisruptionBudget" and not _selected(spec["selector"]["matchLabels"], pods):
            yield f"PodDisruptionBudget {name} selects no pods"
        if kind == "Service":
            yield from _service_violations(name, spec, pods)
        for used in _config_maps(one):
            if ("ConfigMap", used) not in named and used != "hotline-jwks":
                yield f"{kind} {name} wants ConfigMap {used}, which nobody makes"


def _pods(resource: Resource) -> Iterator[Any]:
    spec = resource.get("spec", {})
    for holder in (spec, spec.get("override", {}).get("statefulSet", {}).get("spec", {}), _inner(spec)):
        if isinstance(holder.get("template"), dict) and "spec" in holder["template"]:
            yield holder["template"]["spec"]


def _inner(spec: Any) -> Any:
    return spec["statefulSet"].get("spec", {}) if isinstance(spec.get("statefulSet"), dict) else {}


def _pod_violations(pod: Any, *, ours: bool) -> Iterator[str]:
    security = pod.get("securityContext", {})
    if security.get("runAsNonRoot") is not True or not security.get("runAsUser"):
        yield "a pod may run as root, or names no numeric user"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "a pod has no seccomp profile"
    if ours and pod.get("automountServiceAccountToken") is not False:
        yield "a pod mounts a token that it does not need"
    if any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
        yield "a pod shares its node's namespaces"
    if any("hostPath" in volume for volume in pod.get("volumes", ())):
        yield "a pod mounts a path of its node"
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        yield from _container_violations(container, ours)


def _container_violations(container: Any, ours: bool) -> Iterator[str]:
    name, security = container["name"], container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield f"container {name} may gain privileges"
    if security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield f"container {name} keeps capabilities"
    if not ours:
        return
    yield from _image_violations(container["image"])
    yield from _limit_violations(name, container.get("resources", {}))
    if "hotline12345/" in container["image"] and security.get("readOnlyRootFilesystem") is not True:
        yield f"container {name} may write its root filesystem"
    for probe in ("livenessProbe", "readinessProbe"):
        if probe not in container:
            yield f"container {name} has no {probe}"
    for port in container.get("ports", ()):
        if PORTS.get(port["containerPort"]) != port.get("name"):
            yield f"container {name} opens port {port['containerPort']} as {port.get('name')}, which is not known"


def _image_violations(image: str) -> Iterator[str]:
    name, _, tag = image.partition("@")[0].rpartition(":")
    if not name or "/" in tag or tag == "latest":
        yield f"image {image} has no version"
    elif name not in IMAGES and not any(name.endswith(f"/{known}") for known in IMAGES if known.startswith("hotline")):
        yield f"image {image} is not known"


def _limit_violations(name: str, resources: Any) -> Iterator[str]:
    for part in ("requests", "limits"):
        if not {"cpu", "memory"} <= resources.get(part, {}).keys():
            yield f"container {name} lacks {part} of cpu or memory"


def _right_violations(kind: str, rules: Any) -> Iterator[str]:
    if kind == "ClusterRole":
        yield "gives rights on the whole cluster"
    for rule in rules:
        if "*" in (*rule.get("apiGroups", ()), *rule.get("resources", ()), *rule["verbs"]):
            yield "gives every right, or rights on everything"


def _trigger_violations(triggers: Any) -> Iterator[str]:
    for trigger in triggers:
        unknown = set(trigger["metadata"]) - SCALERS.get(trigger["type"], set())
        if trigger["type"] not in SCALERS or unknown:
            yield f"trigger {trigger['type']} is not known, or not with {', '.join(sorted(unknown)) or 'this'}"


def _plain_credentials(node: Any, name: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        if _SECRET_NAME.search(str(node.get("name", ""))) and isinstance(node.get("value"), str):
            yield f"{node['name']} is a secret in plain text"
        for key, value in node.items():
            yield from _plain_credentials(value, str(key))
    elif isinstance(node, list):
        for value in node:
            yield from _plain_credentials(value, name)
    elif isinstance(node, str) and _CREDENTIALS.search(node):
        yield f"{name} holds an address with a password"


def _unknown_ports(spec: Any) -> Iterator[str]:
    for rule in (*spec.get("ingress", ()), *spec.get("egress", ())):
        if not rule.get("ports"):
            yield "a rule opens every port"
        for port in rule.get("ports", ()):
            if port["port"] not in PORTS and port["port"] not in REACHED:
                yield f"port {port['port']} is not known"


def _service_violations(name: str, spec: Any, pods: Sequence[Any]) -> Iterator[str]:
    chosen = _selected(spec["selector"], pods)
    if not chosen:
        yield f"Service {name} selects no pods"
    offered = {
        offer
        for pod in chosen
        for container in pod["spec"]["containers"]
        for port in container.get("ports", ())
        for offer in (port["name"], port["containerPort"])
    }
    for port in spec["ports"]:
        if port.get("targetPort", port["port"]) not in offered:
            yield f"Service {name} leads to port {port.get('targetPort', port['port'])}, which no container opens"


def _selected(labels: Any, pods: Sequence[Any]) -> list[Any]:
    return [pod for pod in pods if labels.items() <= pod["metadata"]["labels"].items()]


def _config_maps(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("configMapRef", "configMap", "configMapKeyRef") and isinstance(value, dict):
                yield value["name"]
            else:
                yield from _config_maps(value)
    elif isinstance(node, list):
        for value in node:
            yield from _config_maps(value)
