"""The check of the interface documents notices what it is there to notice."""

import copy
from pathlib import Path
from typing import Any

import pytest
from checks.documents import ROOT, drift, faults

from contracts.events import REGISTRY
from contracts.messages import TO_LINE, TO_UNIT
from contracts.topology import topology
from contracts.words import Service
from dispatcher.commands import UNIT_COMMAND
from hotline.documents.command import documents

Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def made() -> Documents:
    return documents()


def test_the_documents_in_the_repository_are_those_of_the_code_and_valid(made: Documents) -> None:
    assert [] == [*drift(made, ROOT), *faults(made)]


def test_a_changed_a_missing_and_a_leftover_file_are_noticed(made: Documents, tmp_path: Path) -> None:
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "intake.json").write_text("{}")
    (tmp_path / "openapi" / "gone.json").write_text("{}")
    found = [*drift({"openapi/intake.json": {"a": 1}, "openapi/new.json": {}}, tmp_path)]
    assert [
        "docs/openapi/intake.json is not",
        "docs/openapi/new.json is missing",
        "docs/openapi/gone.json is left",
    ] == [" ".join(line.split()[:3]).rstrip(";") for line in found]


def _broken(made: Documents, name: str, change: Any) -> list[str]:
    body = copy.deepcopy(made[name])
    change(body)
    return [*faults({name: body})]


def test_what_the_formats_forbid_is_noticed(made: Documents) -> None:
    assert _broken(made, "openapi/intake.json", lambda body: body.pop("info"))
    assert _broken(made, "asyncapi/platform.json", lambda body: body["channels"]["unit_commands"].update(adress="x"))
    assert _broken(made, "asyncapi/platform.json", lambda body: body["components"]["schemas"].pop("Envelope"))
    assert _broken(made, "schemas/to-units/closed.json", lambda body: body.update(type="objekt"))


def test_an_example_that_does_not_fit_is_noticed(made: Documents) -> None:
    def spoil(body: dict[str, Any]) -> None:
        body["components"]["messages"]["command.reply"]["examples"][0]["payload"].pop("signer")

    assert any("signer" in fault for fault in _broken(made, "asyncapi/departments.json", spoil))


def test_the_platform_document_names_every_event_queue_and_command(made: Documents) -> None:
    platform = made["asyncapi/platform.json"]
    emitted = {name.split(".emits.")[1] for name in platform["operations"] if ".emits." in name}
    assert set(REGISTRY) == emitted
    assert {queue.name for queue in topology(units=(), lines=()).queues} <= platform["channels"].keys()
    known = platform["components"]["messages"].keys()
    assert {f"unit.{name}" for name in TO_UNIT} | {f"line.{name}" for name in TO_LINE} <= known


def test_the_departments_document_takes_every_command_that_the_dispatcher_takes(made: Documents) -> None:
    kinds = set(UNIT_COMMAND.json_schema()["discriminator"]["mapping"])
    document = made["asyncapi/departments.json"]
    assert {f"command.{kind}" for kind in kinds} == set(document["channels"]["commands"]["messages"])
    assert {f"command.{kind}" for kind in kinds} == {
        name
        for name, message in document["components"]["messages"].items()
        if name.startswith("command.") and message.get("examples")
    }
    assert set(TO_UNIT) == set(document["channels"]["own_queue"]["messages"])


def test_every_operation_says_who_may_enter_and_refuses_with_a_problem(made: Documents) -> None:
    for service in Service:
        for path, operations in made[f"openapi/{service}.json"]["paths"].items():
            for method, operation in operations.items():
                guarded = bool(operation.get("x-roles")) and operation["security"] != []
                assert guarded != bool(operation.get("x-public-because")), (service, method, path)
                assert "503" in operation["responses"]
