"""Spans leave by OTLP where the environment says where to, and its machinery is not even loaded where it does not."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chassis import spans
from contracts.words import Service


class Collector(HTTPServer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.came = threading.Event()
        super().__init__(("127.0.0.1", 0), _Takes)


class _Takes(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.server.came.set()

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_a_span_arrives_at_the_collector_with_its_service_and_without_the_errors_text(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    try:
        assert spans.install_from_environment()
        with (
            pytest.raises(ValueError, match="13812345678"),
            spans.span(Service.REVISIT, "process revisit.facts", "consumer", None, {"hotline.attempt": 1}),
        ):
            raise ValueError("call 13812345678")
        assert collector.came.wait(20)
    finally:
        spans.install(None)
    ((path, body),) = collector.got
    assert path == "/v1/traces"
    assert all(word in body for word in (b"revisit", b"process revisit.facts", b"hotline12345", b"ValueError"))
    assert b"13812345678" not in body


@pytest.mark.parametrize("disabled", ["", "true"])
def test_it_is_off_without_an_endpoint_and_where_it_is_disabled(monkeypatch: pytest.MonkeyPatch, disabled: str) -> None:
    for name in spans.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    if disabled:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        monkeypatch.setenv("OTEL_SDK_DISABLED", disabled)
    assert (spans.install_from_environment(), spans.on()) == (False, False)


def test_off_means_that_neither_sdk_nor_exporter_is_loaded() -> None:
    # FastStream loads the bare interface wherever it is installed, and uses it only when asked to.
    code = "import sys, chassis.run, chassis.spans as s; s.install_from_environment(); "
    code += "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    done = subprocess.run([sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
