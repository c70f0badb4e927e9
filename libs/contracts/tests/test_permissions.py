import re

import pytest

from contracts.permissions import line_rights, service_rights, unit_rights
from contracts.words import Service


def test_a_unit_reads_its_own_queue_alone() -> None:
    read = re.compile(unit_rights("water-group").read)
    queues = (
        "assignments.water-group",
        "assignments.water-groups",
        "xassignments.water-group",
        "assignments.water.group",
    )
    assert [True, False, False, False] == [bool(read.search(name)) for name in queues]


def test_a_unit_publishes_under_its_own_key_alone() -> None:
    write = re.compile(unit_rights("water-group").topic_write)
    keys = ("unit.water-group", "unit.water-group2", "unit_water-group", "line.110")
    assert [True, False, False, False] == [bool(write.search(key)) for key in keys]


def test_nobody_may_declare_anything_or_use_another_exchange() -> None:
    rights = line_rights("119")
    assert (None, None) == (re.search(rights.configure, "anything"), re.search(rights.write, "amq.default"))


@pytest.mark.parametrize("name", ["", "a", "Water", ".*", "water-group\n", "a" * 41])
def test_what_is_no_unit_id_gets_no_rights(name: str) -> None:
    with pytest.raises(ValueError, match="unit id"):
        unit_rights(name)


def test_a_service_reads_its_own_queues_and_those_it_serves() -> None:
    read = re.compile(service_rights(Service.DISPATCHER, ("assignments.fire-brigade",)).read)
    queues = (
        "dispatcher.facts",
        "dispatcher.facts.emergency",
        "dispatcher.parking",
        "dispatcher.commands",
        "assignments.fire-brigade",
        "assignments.water-group",
        "classifier.facts",
        "dispatcherxfacts",
    )
    assert [True, True, True, True, True, False, False, False] == [bool(read.search(name)) for name in queues]


def test_only_who_hands_out_orders_writes_to_the_units() -> None:
    may = {service for service in Service if re.search(service_rights(service).write, "assignments")}
    assert {Service.DISPATCHER} == may


def test_no_service_publishes_commands_or_declares() -> None:
    rights = [service_rights(service) for service in Service]
    assert [None] * 6 == [re.search(one.write, "commands") for one in rights]
    assert [None] * 6 == [re.search(one.configure, f"{one.user}.facts") for one in rights]
