"""``hotline units enrol`` and ``lines enrol`` on a real broker: the user, its queue, its rights, and nothing more."""

import json
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from chassis.testing.rabbitmq_node import RabbitNode
from hotline.main import app

RUN = CliRunner()
USER, QUEUE = "unit.water-group", "assignments.water-group"


@pytest.fixture
def vhost(private_rabbitmq: RabbitNode) -> Any:
    name = private_rabbitmq.add_vhost()
    yield name
    private_rabbitmq.delete_vhost(name)
    for user in ("unit.water-group", "line.119"):
        httpx.delete(f"{private_rabbitmq.management_url}/users/{user}")


def enrol(node: RabbitNode, vhost: str, *more: str, what: tuple[str, str] = ("units", "water-group")) -> dict[str, Any]:
    asked = [what[0], "enrol", what[1], "--vhost", vhost, "--management-url", node.management_url, "--json", *more]
    result = RUN.invoke(app, asked)
    assert 0 == result.exit_code, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def rights(node: RabbitNode, vhost: str, user: str = USER) -> tuple[Any, Any]:
    plain = node.api("GET", f"/permissions/{vhost}/{user}").json()
    topic = node.api("GET", f"/topic-permissions/{vhost}/{user}").json()
    return plain, topic


def test_a_unit_gets_its_queue_and_the_rights_of_the_contract_and_no_others(
    private_rabbitmq: RabbitNode, vhost: str
) -> None:
    told = enrol(private_rabbitmq, vhost)
    plain, topic = rights(private_rabbitmq, vhost)
    assert (plain["configure"], plain["write"], plain["read"]) == ("^$", "^commands$", r"^assignments\.water\-group$")
    assert [(one["exchange"], one["write"], one["read"]) for one in topic] == [
        ("commands", r"^unit\.water\-group$", "^$")
    ]
    assert [] == private_rabbitmq.api("GET", f"/users/{USER}").json()["tags"]
    queue = private_rabbitmq.api("GET", f"/queues/{vhost}/{QUEUE}").json()
    assert ("quorum", True) == (queue["arguments"]["x-queue-type"], queue["durable"])
    bound = private_rabbitmq.api("GET", f"/queues/{vhost}/{QUEUE}/bindings").json()
    assert ("assignments", QUEUE) in {(one["source"], one["routing_key"]) for one in bound}
    assert ("new", True) == (told["password_is"], len(told["password"]) >= 24)


def test_enrolling_again_changes_nothing_and_keeps_the_password(private_rabbitmq: RabbitNode, vhost: str) -> None:
    enrol(private_rabbitmq, vhost)
    before = private_rabbitmq.api("GET", f"/users/{USER}").json()["password_hash"], rights(private_rabbitmq, vhost)
    again = enrol(private_rabbitmq, vhost)
    after = private_rabbitmq.api("GET", f"/users/{USER}").json()["password_hash"], rights(private_rabbitmq, vhost)
    assert before == after
    assert ("kept", None) == (again["password_is"], again["password"])


def test_rights_that_somebody_widened_are_what_they_must_be_again(private_rabbitmq: RabbitNode, vhost: str) -> None:
    enrol(private_rabbitmq, vhost)
    wide = {"configure": ".*", "write": ".*", "read": ".*"}
    private_rabbitmq.api("PUT", f"/permissions/{vhost}/{USER}", wide)
    enrol(private_rabbitmq, vhost)
    assert "^$" == rights(private_rabbitmq, vhost)[0]["configure"]


def test_a_new_password_goes_into_a_file_that_only_its_owner_reads(
    private_rabbitmq: RabbitNode, vhost: str, tmp_path: Path
) -> None:
    enrol(private_rabbitmq, vhost)
    before = private_rabbitmq.api("GET", f"/users/{USER}").json()["password_hash"]
    file = tmp_path / "password"
    told = enrol(private_rabbitmq, vhost, "--new-password", "--password-file", str(file))
    assert ("changed", None, str(file)) == (told["password_is"], told["password"], told["password_file"])
    assert 0o600 == file.stat().st_mode & 0o777
    assert before != private_rabbitmq.api("GET", f"/users/{USER}").json()["password_hash"]


def test_an_emergency_line_is_enrolled_the_same_way(private_rabbitmq: RabbitNode, vhost: str) -> None:
    enrol(private_rabbitmq, vhost, what=("lines", "119"))
    plain, topic = rights(private_rabbitmq, vhost, "line.119")
    assert (r"^emergency\.119$", r"^line\.119$") == (plain["read"], topic[0]["write"])


def test_the_printed_lines_do_the_same_and_give_the_topic_permission_before_the_right_to_write(
    private_rabbitmq: RabbitNode, vhost: str
) -> None:
    result = RUN.invoke(app, ["units", "enrol", "water-group", "--vhost", vhost], env={"AMQP_MANAGEMENT_URL": ""})
    lines = [line for line in result.stdout.splitlines() if not line.startswith("#")]
    verbs = []
    for line in lines:
        secret, piped, command = line.rpartition(" | ")
        arguments = shlex.split(command)[1:]
        verbs.append(arguments[0])
        private_rabbitmq.rabbitmqctl(*arguments, typed=shlex.split(secret)[-1] + "\n" if piped else None)
    assert ["add_user", "set_topic_permissions", "set_permissions"] == verbs
    printed = rights(private_rabbitmq, vhost)
    hashed = private_rabbitmq.api("GET", f"/users/{USER}").json()["password_hash"]
    enrol(private_rabbitmq, vhost)
    assert printed == rights(private_rabbitmq, vhost)
    assert hashed == private_rabbitmq.api("GET", f"/users/{USER}").json()["password_hash"]


@pytest.mark.parametrize("unit", ["nobody-of-ours", "Water Group", "../admin"])
def test_what_is_no_member_unit_is_refused_before_anything_is_asked(unit: str) -> None:
    result = RUN.invoke(app, ["units", "enrol", unit, "--management-url", "http://127.0.0.1:9"])
    assert (2, True) == (result.exit_code, "no such member unit" in " ".join(result.output.split()))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://guest:guest@127.0.0.1:9", "does not answer"),
        ("amqp://x", "must look like"),
    ],
)
def test_a_management_api_that_cannot_be_reached_is_named_in_one_line(url: str, said: str) -> None:
    result = RUN.invoke(app, ["units", "enrol", "water-group", "--management-url", url])
    assert 1 == result.exit_code
    assert said in result.output
    assert 1 == len(result.output.strip().splitlines())


def test_a_wrong_administrator_a_missing_host_and_a_user_with_tags_are_refused(
    private_rabbitmq: RabbitNode, vhost: str
) -> None:
    url = private_rabbitmq.management_url

    def said(*more: str) -> str:
        result = RUN.invoke(app, ["units", "enrol", "water-group", *more])
        assert 1 == result.exit_code
        return result.output

    wrong = url.replace("guest:guest", "guest:wrong")
    assert "does not accept" in said("--management-url", wrong, "--vhost", vhost)
    assert "no virtual host" in said("--management-url", url, "--vhost", "nowhere")
    private_rabbitmq.api("PUT", f"/users/{USER}", {"password": "p", "tags": "administrator"})
    assert "has tags (administrator)" in said("--management-url", url, "--vhost", vhost)
