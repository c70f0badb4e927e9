"""``hotline up`` on real parts: six processes on one machine."""

import os
import signal
from pathlib import Path

import pytest

from contracts.words import Service
from hotline import up

NAPPER = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(1.0)
pathlib.Path(os.environ["DATA_DIR"], os.environ["HTTP_PORT"]).write_text(str(os.nice(0)))
"""
"""Stands in for a service: writes down what priority it was given, and ends."""


def test_services_that_nobody_waits_for_give_way_to_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "napper.py").write_text(NAPPER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(up, "MODULES", dict.fromkeys(Service, "napper"))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        up._six_processes(tmp_path, "127.0.0.1", 20_000, "amqp://nowhere/", "mongodb://nowhere/", "INFO")
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    given = {service: int((tmp_path / str(20_000 + at)).read_text()) for at, service in enumerate(Service)}
    usual = os.nice(0)
    behind = {service: nice - usual for service, nice in given.items() if nice > usual}
    last = {Service.SLA_MONITOR, Service.REVISIT, Service.REPORTING}
    assert behind.keys() == {Service.DISPATCHER, *last}
    assert behind[Service.DISPATCHER] < min(behind[service] for service in last)
