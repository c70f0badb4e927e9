"""Settings come from the environment, and a wrong one is one clear line."""

from pathlib import Path

import pytest

from chassis.settings import ServiceSettings, load


class DispatcherSettings(ServiceSettings):
    returns_before_designation: int = 2


def test_without_an_environment_the_platform_is_embedded(monkeypatch):
    monkeypatch.delenv("AMQP_URL", raising=False)
    monkeypatch.delenv("MONGO_URL", raising=False)
    settings = load(ServiceSettings)
    assert (settings.embedded, settings.area_code, settings.http_port) == (True, "410400", 8080)


def test_shared_names_have_no_prefix_and_options_win(monkeypatch):
    monkeypatch.setenv("HTTP_PORT", "9000")
    monkeypatch.setenv("AREA_CODE", "460100")
    monkeypatch.setenv("RETURNS_BEFORE_DESIGNATION", "3")
    settings = load(DispatcherSettings, http_port=9001)
    assert (settings.http_port, settings.area_code, settings.returns_before_designation) == (9001, "460100", 3)


def test_a_wrong_setting_is_one_line_that_names_it_and_not_its_value(monkeypatch, capsys):
    monkeypatch.setenv("HTTP_PORT", "seventy-secret")
    monkeypatch.setenv("AREA_CODE", "12")
    with pytest.raises(SystemExit) as left:
        load(ServiceSettings)
    lines = capsys.readouterr().err.splitlines()
    assert left.value.code == 2
    assert sorted((line.split(": ")[1] for line in lines), reverse=True) == ["HTTP_PORT", "AREA_CODE"]
    assert "seventy-secret" not in "".join(lines)


def test_two_sources_of_keys_are_refused(monkeypatch, capsys):
    monkeypatch.setenv("AUTH_JWKS_FILE", "keys.json")
    monkeypatch.setenv("AUTH_JWKS_URL", "https://idp.test/jwks")
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    assert "exclude each other" in capsys.readouterr().err


def test_addresses_with_passwords_are_hidden_in_every_text_form(monkeypatch):
    monkeypatch.setenv("AMQP_URL", "amqp://hotline:hunter2@broker/")
    settings = load(ServiceSettings)
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.amqp_url is not None
    assert settings.amqp_url.get_secret_value() == "amqp://hotline:hunter2@broker/"


def test_the_master_key_is_in_the_data_folder_unless_told(tmp_path: Path):
    assert load(ServiceSettings, data_dir=tmp_path).master_key_file == tmp_path / "keys" / "master.json"
    assert load(ServiceSettings, key_file=tmp_path / "k").master_key_file == tmp_path / "k"
