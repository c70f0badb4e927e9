"""What manifests, compose file and image say of the services is what these are: settings, paths, queues, times."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml
from deploy.generate.broker_resources import secret_of
from deploy.generate.connections import broker_patches, store_users

from chassis.amqp.consuming import GRACE_SECONDS
from chassis.server import GRACE_S
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, TokenVerifier
from chassis.web import build_app
from classifier.settings import ClassifierSettings
from contracts.topology import topology
from contracts.words import Service

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy/k8s"
SETTINGS = {name.upper() for settings in (ServiceSettings, ClassifierSettings) for name in settings.model_fields}
BROUGHT_BY_OPERATORS = {"BROKER_USER", "BROKER_PASSWORD"}


def documents(path: Path) -> list[Any]:
    return [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]


def deployment() -> Any:
    return documents(K8S / "base/service/deployment.yaml")[0]["spec"]["template"]["spec"]


def literals() -> Iterator[str]:
    for path in (K8S / "base/kustomization.yaml", *K8S.glob("overlays/*/kustomization.yaml")):
        for made in documents(path)[0].get("configMapGenerator", ()):
            yield from (literal.partition("=")[0] for literal in made["literals"])


def test_every_setting_that_is_given_is_one_that_services_know() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    given = {*literals(), *compose["x-service"]["environment"]}
    given |= {one["name"] for one in deployment()["containers"][0]["env"]}
    patches = [patch["spec"]["template"]["spec"]["containers"][0]["env"] for patch in broker_patches()]
    given |= {one["name"] for environment in patches for one in environment} - BROUGHT_BY_OPERATORS
    assert {"AMQP_URL", "MONGO_URL", "KEY_FILE", "AREA_CODE", "DECLARE_TOPOLOGY", "AUTH_JWKS_URL"} <= given
    assert set() == given - SETTINGS


async def test_probes_and_scrapes_ask_paths_that_every_service_has() -> None:
    container = deployment()["containers"][0]
    asked = {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    services = documents(K8S / "components/monitoring/pod-monitors.yaml")[0]
    asked |= {endpoint["path"] for endpoint in services["spec"]["podMetricsEndpoints"]}
    app = build_app(Service.REVISIT, [], verifier=TokenVerifier(KeyFile(Path("none")), "issuer", "audience"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service") as client:
        assert dict.fromkeys(asked, 200) == {path: (await client.get(path)).status_code for path in asked}


def test_a_pod_gets_longer_to_end_than_its_drain_takes() -> None:
    pod = deployment()
    before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = before + GRACE_S + GRACE_SECONDS
    assert pod["terminationGracePeriodSeconds"] >= 1.5 * drain
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert int(compose["x-service"]["stop_grace_period"].removesuffix("s")) >= 1.5 * (GRACE_S + GRACE_SECONDS)


def test_replicas_follow_queues_that_exist_and_unacknowledged_messages_count() -> None:
    known = {queue.name for queue in topology().queues}
    followed: dict[str, set[str]] = {}
    for scaled in documents(K8S / "components/keda/scaled-objects.yaml"):
        spec = scaled["spec"]
        assert spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"]
        queues = [trigger["metadata"] for trigger in spec["triggers"] if trigger["type"] == "rabbitmq"]
        assert {("http", "false")} == {(queue["protocol"], queue["excludeUnacknowledged"]) for queue in queues}
        followed[spec["scaleTargetRef"]["name"]] = {queue["queueName"] for queue in queues}
    assert {f"hotline-{service}" for service in Service} == followed.keys()
    assert all(names <= known for names in followed.values())
    assert all(name.startswith(target.removeprefix("hotline-")) for target, names in followed.items() for name in names)


def test_every_service_has_a_database_user_for_the_database_it_opens() -> None:
    roles = {user["name"]: user["roles"] for user in store_users()}
    prefix = ServiceSettings.model_fields["database_prefix"].default
    for service in Service:
        assert [{"name": "readWrite", "db": f"{prefix}_{service.replace('-', '_')}"}] == roles[service]
    script = (ROOT / "deploy/mongodb/users.js").read_text(encoding="utf-8")
    assert all(f'"{service.replace("-", "_")}"' in script for service in Service)


def test_every_secret_that_the_manifests_want_is_named_for_the_operator_who_makes_it() -> None:
    told = (K8S / "README.md").read_text(encoding="utf-8")
    assert "broker-user-unit.water-group" == secret_of("unit.water-group")
    families = ("broker-user-SERVICE", "broker-user-unit.UNIT", "store-user-SERVICE")
    names = ("hotline-master-key", "hotline-connections", "hotline-dev", "broker-scaler", "store-user-metrics")
    assert [] == [name for name in (*families, *names) if name not in told]


def test_an_image_is_built_by_the_uv_that_wrote_the_lock() -> None:
    required = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["required-version"]
    version = required.removeprefix("==")
    assert f"ARG UV_VERSION={version}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_a_build_sends_only_what_an_image_is_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert {"pyproject.toml", "uv.lock", "README.md", "LICENSE", "libs", "services", "cli", "deploy/image"} == sent
    assert [] == [name for name in sent if not (ROOT / name).exists()]
    assert "*" == lines[1]
