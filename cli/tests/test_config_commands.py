"""``hotline config`` shows what is in force and hides what is secret."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chassis.crypto import MasterKey
from contracts.words import Service
from hotline.main import app

PASSWORDS = ("hunter2", "hunter3", "webhook-secret-of-119", "query-secret")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("AMQP_URL", "amqp://hotline:hunter2@broker:5672/city")
    monkeypatch.setenv(
        "MONGO_URL", "mongodb://hotline:hunter3@a:1,b:2/?replicaSet=rs0&tlsCertificateKeyFilePassword=query-secret"
    )
    webhook = {"119": {"url": "https://fire.test/in", "secret": "webhook-secret-of-119"}}
    monkeypatch.setenv("LINE_WEBHOOKS", json.dumps(webhook))
    monkeypatch.setenv("AREA_CODE", "460100")
    return CliRunner()


def test_json_names_every_service_and_setting_with_its_origin_and_no_secret(run: CliRunner) -> None:
    shown = run.invoke(app, ["config", "show", "--json"])
    found = json.loads(shown.stdout)
    assert set(Service) == set(found)
    assert found["intake"]["AREA_CODE"] == {"value": "460100", "from": "environment"}
    assert found["intake"]["HTTP_PORT"] == {"value": 8080, "from": "default"}
    assert found["revisit"]["AMQP_URL"]["value"] == "amqp://hotline:***@broker:5672/city"
    assert found["classifier"]["LINE_WEBHOOKS"]["value"] == {"119": {"url": "https://fire.test/in", "secret": "***"}}
    assert "LINE_WEBHOOKS" not in found["intake"]
    assert not [secret for secret in PASSWORDS if secret in shown.stdout]


def test_the_table_hides_secrets_too(run: CliRunner) -> None:
    shown = run.invoke(app, ["config", "show"])
    assert 0 == shown.exit_code
    assert not [secret for secret in PASSWORDS if secret in shown.stdout]


def test_a_wrong_setting_is_one_line_by_field_and_status_2(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AREA_CODE", "12")
    monkeypatch.setenv("HTTP_PORT", "high")
    shown = run.invoke(app, ["config", "show", "intake"])
    assert 2 == shown.exit_code
    assert ["AREA_CODE", "HTTP_PORT"] == sorted(line.split(": ")[1] for line in shown.stderr.splitlines())


def test_a_new_key_is_made_once_and_never_replaced(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.json"
    assert 0 == run.invoke(app, ["config", "new-key", str(path)]).exit_code
    before = path.read_bytes()
    MasterKey.load(path)
    again = run.invoke(app, ["config", "new-key", str(path)])
    assert (1, before) == (again.exit_code, path.read_bytes())
