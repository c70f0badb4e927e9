"""What guards the supply notices a vulnerable package, a binding licence and a planted secret."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from checks.advisories import Found, ask, read, verdict
from checks.licences import Package, faults, used
from checks.sbom import bill
from checks.secret_scan import BASELINE, files, news, scan

VULNERABLE = {
    "dependencies": [
        {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"]}]},
        {"name": "sound", "version": "1.0", "vulns": []},
        {"name": "ours", "skip_reason": "not found"},
    ]
}


def test_a_vulnerable_package_fails_whether_or_not_the_audit_is_required() -> None:
    found = read(VULNERABLE)
    assert Found(("jinja2 2.4.1: PYSEC-1; fixed in 3.1.6",), 2, ("ours",)) == found
    assert (1, 1) == (verdict(found, required=False)[0], verdict(found, required=True)[0])


def test_an_unreachable_service_is_said_plainly_and_fails_only_where_the_audit_is_required() -> None:
    away = Found((), 0, ("pip-audit",))
    assert verdict(away, required=False) == (0, verdict(away, required=True)[1])
    assert "NOT AUDITED" in verdict(away, required=False)[1]
    assert 1 == verdict(away, required=True)[0]
    assert 0 == verdict(Found((), 9, ()), required=True)[0]
    assert 1 == verdict(Found((), 9, ("stranger",)), required=True)[0]


class _Advisories(BaseHTTPRequestHandler):
    """Answers as api.osv.dev does: one package has an advisory, the others have none."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(ADVISORY if asked["package"]["name"] == "jinja2" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


ADVISORY = {
    "vulns": [
        {
            "id": "PYSEC-1",
            "schema_version": "1.0.0",
            "affected": [
                {
                    "package": {"name": "jinja2", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.6"}]}],
                }
            ],
        }
    ]
}


@pytest.fixture
def advisories(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Advisories) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
        yield
        server.shutdown()


@pytest.mark.usefixtures("advisories")
def test_pip_audit_itself_fails_on_what_a_service_that_answers_knows_and_passes_on_what_it_does_not() -> None:
    assert Found(("jinja2 2.4.1: PYSEC-1; fixed in 3.1.6",), 2, ()) == ask(["jinja2==2.4.1", "idna==3.10"])
    assert Found((), 1, ()) == ask(["idna==3.10"])


def test_a_binding_licence_and_a_gpl_package_outside_the_embedded_extra_are_noticed() -> None:
    listed = [
        Package("fine", "MIT OR Apache-2.0", ("services",)),
        Package("viral", "AGPL-3.0-only", ("services",)),
        Package("nameless", "unknown", ("command",)),
        Package("secantusdb", "GPL-2.0-only AND CC-BY-4.0", ("services", "embedded extra")),
    ]
    assert ["viral", "nameless", "secantusdb"] == [line.split()[0] for line in faults(listed)]


def test_no_service_and_not_the_command_alone_brings_the_gpl_database_along() -> None:
    parts = used()
    assert {"embedded extra"} == {part for part, names in parts.items() if "secantusdb" in names}
    assert all(parts.values())


def test_a_planted_secret_is_found_and_one_that_was_looked_at_is_not_news(tmp_path: Path) -> None:
    planted = "-----BEGIN RSA PRIVATE " + "KEY-----\n"
    (tmp_path / "one.py").write_text(f'URL = "amqp://hotline:{"hunter" + "2"}@broker/"\n')
    (tmp_path / "two.pem").write_text(planted)
    (tmp_path / "three.md").write_text("AMQP_URL=amqp://user:password@host/ and amqp://guest:guest@127.0.0.1/\n")
    found = scan(["one.py", "two.pem", "three.md"], tmp_path)
    assert {"one.py": 1, "two.pem": 1} == {name: max(lines.values()) for name, lines in found.items()}
    known = {name: list(secrets) for name, secrets in found.items()}
    assert [] == news(found, known)
    assert [] != news(found, {"one.py": known["one.py"]})


def test_the_baseline_holds_hashes_only_and_of_files_that_are_there() -> None:
    kept = json.loads(BASELINE.read_text(encoding="utf-8"))
    assert set(kept) <= set(files())
    assert all(len(secret) == 40 for secrets in kept.values() for secret in secrets)


@pytest.mark.parametrize("name", ["intake", "cli"])
def test_a_bill_of_materials_names_what_is_installed_and_follows_its_schema(name: str) -> None:
    made = json.loads(bill(name))
    names = {component["name"] for component in made["components"]}
    assert {"pymongo", "fastapi"} <= names
    assert "secantusdb" not in names
    assert ("CycloneDX", "1.5") == (made["bomFormat"], made["specVersion"])
