"""The compose file, by its schema and by our house rules. No Docker engine is asked."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.words import Service

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
REQUIRED = re.compile(r"\$\{(\w+):\?")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def test_it_is_valid_by_the_compose_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout + done.stderr


def test_all_six_services_are_there_with_a_health_check_and_an_image_of_their_own(compose: dict[str, Any]) -> None:
    for service in Service:
        part = compose["services"][service]
        assert service == part["build"]["args"]["SERVICE"]
        assert f"hotline12345/{service}:0.1.0" == part["image"]
        assert "readyz" in part["healthcheck"]["test"][-1]


def test_no_order_of_starting_is_needed(compose: dict[str, Any]) -> None:
    assert [] == [name for name, part in compose["services"].items() if "depends_on" in part]


def test_everything_has_limits_and_may_gain_no_privileges(compose: dict[str, Any]) -> None:
    for name, part in compose["services"].items():
        assert {"cpus", "memory"} <= part["deploy"]["resources"]["limits"].keys(), name
        assert ["no-new-privileges:true"] == part["security_opt"], name
        assert "privileged" not in part, name


def test_what_we_wrote_runs_read_only_without_capabilities_and_longer_than_its_drain(compose: dict[str, Any]) -> None:
    for name in (*Service, "feeder"):
        part = compose["services"][name]
        assert (True, ["ALL"]) == (part["read_only"], part["cap_drop"])
        assert int(part["stop_grace_period"].removesuffix("s")) > 25


def test_ports_are_open_on_this_machine_alone(compose: dict[str, Any]) -> None:
    ports = [port for part in compose["services"].values() for port in part.get("ports", ())]
    assert ports
    assert [] == [port for port in ports if not port.startswith("127.0.0.1:")]


def test_every_image_has_a_version(compose: dict[str, Any]) -> None:
    for name, part in compose["services"].items():
        image = re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", part["image"])
        assert re.search(r":v?\d", image), name


def test_every_secret_comes_from_the_environment_and_is_named_in_the_example() -> None:
    text = FILE.read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    asked = dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))
    assert set(REQUIRED.findall(text)) == {name for name, value in asked.items() if not value}
    secrets = re.findall(r"(?m)(?:(?:PASSWORD|KEY|URL|URI): |\"password\": \")(.+)", text)
    assert secrets
    assert [] == [value for value in secrets if "${" not in value]
    # Of an address with a user and a password, the password.
    credentials = re.findall(r"://\w+:(.{2}).*@", text)
    assert ["${"] * len(credentials) == credentials != []


def test_appeals_are_fed_only_on_demand(compose: dict[str, Any]) -> None:
    assert ["feeder"] == [name for name, part in compose["services"].items() if "profiles" in part]


def test_data_lies_in_named_volumes_and_files_come_from_the_repository(compose: dict[str, Any]) -> None:
    for name, part in compose["services"].items():
        for volume in part.get("volumes", ()):
            source, _, mode = volume.partition(":")[0], *volume.rpartition(":")[1:]
            if source.startswith("./"):
                assert "ro" == mode, f"{name} could write {source}"
                assert (ROOT / source).exists(), f"{name} mounts {source}, which is not there"
            else:
                assert source in compose["volumes"], name


def test_what_the_broker_loads_is_well_formed(compose: dict[str, Any]) -> None:
    users = json.loads(REQUIRED.sub("{x", compose["configs"]["broker-users"]["content"]))
    assert {"hotline", "admin"} == {user["name"] for user in users["users"]}
    for part in compose["configs"].values():
        assert "content" in part or (ROOT / part["file"]).is_file()


def test_prometheus_finds_every_target_it_names_on_a_network_they_share(compose: dict[str, Any]) -> None:
    scraping = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    targets = {
        target.partition(":")[0]
        for job in scraping["scrape_configs"]
        for static in job["static_configs"]
        for target in static["targets"]
    }
    ours = set(compose["services"]["prometheus"]["networks"])
    assert set(Service) | {"rabbitmq", "mongodb-exporter"} == targets
    assert [] == [name for name in targets if ours.isdisjoint(compose["services"][name]["networks"])]
