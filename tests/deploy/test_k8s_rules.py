"""The checks of the manifests see what they are for: each is shown a resource that breaks it."""

import copy
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from checks.k8s_render import K8S, combinations, components, overlays
from checks.k8s_rules import violations, violations_together
from checks.k8s_schemas import faults
from checks.kubectl_binary import NotTheSame, kubectl_of

from contracts.words import Service

Change = Callable[[Any], object]

DEPLOYMENT: Any = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "hotline-intake"},
    "spec": {
        "selector": {"matchLabels": {"app": "intake"}},
        "template": {
            "metadata": {"labels": {"app": "intake"}},
            "spec": {
                "automountServiceAccountToken": False,
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 10001,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "service",
                        "image": "registry.example.org/hotline12345/intake:0.1.0",
                        "env": [{"name": "KEY_FILE", "value": "/run/key"}],
                        "ports": [{"name": "http", "containerPort": 8080}],
                        "livenessProbe": {"httpGet": {"path": "/livez", "port": "http"}},
                        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "http"}},
                        "resources": {
                            "requests": {"cpu": "1", "memory": "1Gi"},
                            "limits": {"cpu": "1", "memory": "1Gi"},
                        },
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }
                ],
            },
        },
    },
}


def changed(change: Change) -> Any:
    """The good Deployment with its pod changed."""
    made = copy.deepcopy(DEPLOYMENT)
    change(made["spec"]["template"]["spec"])
    return made


def container(pod: Any) -> Any:
    return pod["containers"][0]


def test_a_good_deployment_breaks_nothing() -> None:
    assert ([], []) == (list(violations(DEPLOYMENT)), faults(DEPLOYMENT))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pod: container(pod).update(image="docker.io/hotline12345/intake:latest"), "no version"),
        (lambda pod: container(pod).update(image="hotline12345/intake"), "no version"),
        (lambda pod: container(pod).update(image="registry:5000/hotline12345/intake"), "no version"),
        (lambda pod: container(pod).update(image="docker.io/library/nginx:1.27"), "is not known"),
        (lambda pod: container(pod)["resources"].pop("limits"), "lacks limits"),
        (lambda pod: container(pod)["resources"]["requests"].pop("memory"), "lacks requests"),
        (lambda pod: container(pod)["ports"][0].update(containerPort=9999), "opens port 9999"),
        (lambda pod: container(pod).pop("readinessProbe"), "no readinessProbe"),
        (lambda pod: container(pod)["securityContext"].update(allowPrivilegeEscalation=True), "gain privileges"),
        (lambda pod: container(pod)["securityContext"].update(privileged=True), "gain privileges"),
        (lambda pod: container(pod)["securityContext"].pop("capabilities"), "keeps capabilities"),
        (lambda pod: container(pod)["securityContext"].pop("readOnlyRootFilesystem"), "write its root"),
        (lambda pod: container(pod)["env"].append({"name": "MONGO_PASSWORD", "value": "x"}), "plain text"),
        (lambda pod: container(pod)["env"].append({"name": "AMQP_URL", "value": "amqp://a:b@c/"}), "with a password"),
        (lambda pod: pod["securityContext"].update(runAsNonRoot=False), "run as root"),
        (lambda pod: pod["securityContext"].pop("runAsUser"), "run as root"),
        (lambda pod: pod["securityContext"].pop("seccompProfile"), "seccomp"),
        (lambda pod: pod.update(hostNetwork=True), "namespaces"),
        (lambda pod: pod.update(volumes=[{"name": "a", "hostPath": {"path": "/"}}]), "path of its node"),
        (lambda pod: pod.pop("automountServiceAccountToken"), "mounts a token"),
    ],
)
def test_each_broken_rule_is_named(change: Change, said: str) -> None:
    found = list(violations(changed(change)))
    assert [True] == [said in text for text in found]


def test_a_password_put_together_in_the_cluster_is_no_plain_secret() -> None:
    address = {"name": "AMQP_URL", "value": "amqp://$(USER):$(PASSWORD)@broker:5672/"}
    assert [] == list(violations(changed(lambda pod: container(pod)["env"].append(address))))


def test_a_secret_and_an_open_network_policy_are_refused() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"a": "b"}}
    assert ["holds a secret in plain text; secrets are made in the cluster"] == list(violations(secret))
    policy: Any = {"kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": {"egress": [{}]}}
    assert ["a rule opens every port"] == list(violations(policy))
    policy["spec"]["egress"] = [{"ports": [{"port": 22}]}]
    assert ["port 22 is not known"] == list(violations(policy))


def test_an_operators_pods_are_held_to_the_same_security() -> None:
    pod: Any = {"containers": [{"name": "mongod", "securityContext": {}}]}
    spec = {"statefulSet": {"spec": {"template": {"spec": pod}}}}
    store = {"kind": "MongoDBCommunity", "metadata": {"name": "store"}, "spec": spec}
    assert 4 == len(list(violations(store)))


def test_rights_on_everything_are_refused() -> None:
    role = {
        "kind": "Role",
        "metadata": {"name": "a"},
        "rules": [{"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}],
    }
    assert ["gives every right, or rights on everything"] == list(violations(role))
    assert ["gives rights on the whole cluster"] == list(violations({**role, "kind": "ClusterRole", "rules": []}))


def test_a_misspelt_word_to_a_scaler_is_named_though_the_api_server_would_take_it() -> None:
    trigger = {"type": "rabbitmq", "metadata": {"protocol": "http", "queue": "intake.facts"}}
    scaled = {"kind": "ScaledObject", "metadata": {"name": "a"}, "spec": {"triggers": [trigger]}}
    assert ["trigger rabbitmq is not known, or not with queue"] == list(violations(scaled))


def test_references_that_lead_nowhere_are_named() -> None:
    scaled = {"kind": "ScaledObject", "metadata": {"name": "a"}, "spec": {"scaleTargetRef": {"name": "nobody"}}}
    budget = {
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "b"},
        "spec": {"selector": {"matchLabels": {"x": "y"}}},
    }
    door = {
        "kind": "Service",
        "metadata": {"name": "c"},
        "spec": {"selector": {"app": "intake"}, "ports": [{"port": 80, "targetPort": "https"}]},
    }
    asking = changed(lambda pod: container(pod).update(envFrom=[{"configMapRef": {"name": "nothing"}}]))
    found = [text for text in violations_together([scaled, budget, door, asking]) if "is missing" not in text]
    assert [
        "ScaledObject a scales nothing",
        "PodDisruptionBudget b selects no pods",
        "Service c leads to port https, which no container opens",
        "Deployment hotline-intake wants ConfigMap nothing, which nobody makes",
    ] == found


def test_a_service_that_lacks_a_part_is_named() -> None:
    missing = [text for text in violations_together([DEPLOYMENT]) if "is missing" in text]
    assert 4 * len(Service) - 1 == len(missing)


@pytest.mark.parametrize(
    "change",
    [
        lambda pod: pod.update(terminationGracePeriodSecond=60),
        lambda pod: container(pod).update(readinesProbe={}),
        lambda pod: container(pod)["ports"][0].update(containerPort="http"),
        lambda pod: pod.pop("containers"),
    ],
)
def test_a_misspelt_or_missing_field_of_kubernetes_is_a_fault(change: Change) -> None:
    assert faults(changed(change))


@pytest.mark.parametrize("file", sorted((K8S / "schemas").glob("*.json")), ids=lambda file: file.stem)
def test_a_custom_resource_with_an_unknown_field_or_without_its_spec_is_a_fault(file: Any) -> None:
    group, version, kind = file.stem.rsplit("_", 2)
    resource: Any = {"apiVersion": f"{group}/{version}", "kind": kind, "metadata": {"name": "a"}, "spec": {}}
    found = faults({**resource, "spec": {"misspelt": 1}})
    assert any("misspelt" in text for text in found)
    assert faults({key: value for key, value in resource.items() if key != "spec"})


def test_a_kind_without_a_schema_is_a_fault() -> None:
    assert "no schema" in faults({"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "a"}})[0]


def test_every_overlay_and_every_combination_of_components_is_rendered() -> None:
    names = {name for name, _, _ in combinations()}
    assert {"dev", "prod"} == set(overlays())
    assert ["keda", "mongodb-operator", "monitoring", "network-policies", "rabbitmq-operator"] == components()
    assert {"overlay dev", "overlay prod", f"base + {', '.join(components())}"} <= names
    assert 2 + 2**5 + 2**3 - 1 == len(names)


def wheel_with(program: bytes) -> bytes:
    """A wheel made as the one that holds kubectl."""
    layer, package, wheel = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(layer, "w") as programs:
        programs.writestr("kubectl/kubectl", program)
    with tarfile.open(fileobj=package, mode="w:gz") as files:
        entry = tarfile.TarInfo("package/lib/layer.zip")
        entry.size = len(layer.getvalue())
        files.addfile(entry, io.BytesIO(layer.getvalue()))
    with zipfile.ZipFile(wheel, "w") as outer:
        outer.writestr("aws/layer.jsii.tgz", package.getvalue())
    return wheel.getvalue()


def test_kubectl_is_taken_only_with_the_pinned_hash() -> None:
    program = b"kubectl"
    assert program == kubectl_of(wheel_with(program), hashlib.sha256(program).hexdigest())
    with pytest.raises(NotTheSame):
        kubectl_of(wheel_with(program))
