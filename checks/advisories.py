"""``python -m checks.advisories``: known vulnerabilities of everything in uv.lock, by pip-audit.

The advisory service is asked over the network. Where it cannot be reached the check says so and passes, so that a
machine without a network can still check its work; with ``AUDIT_REQUIRED=1`` (``make audit``, and where releases are
made) that is a failure. A vulnerability that is found is always one. ``OSV_URL`` names another service than PyPI's, one
that answers as api.osv.dev does: a city's own mirror.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED: dict[str, str] = {}
"""Advisory id to the reason why it does not touch us, with a date. Empty is how it should be."""
PROBE = "pip-audit"
"""Asked first, alone: an unreachable service is then known after one question, not after hundreds."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the audit saw: vulnerabilities as lines, packages that were and were not looked up."""

    vulnerable: tuple[str, ...]
    looked_up: int
    unknown: tuple[str, ...]


def locked(names: frozenset[str] | None = None) -> list[str]:
    """``name==version`` of every package in uv.lock that is not ours; or of these alone."""
    command = [str(ROOT / ".uv/bin/uv"), "export", "--frozen", "--all-packages", "--all-groups", "--no-emit-workspace"]
    command += ["--no-hashes", "--no-annotate", "--no-header", "--quiet"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    pinned = sorted({line.split(";")[0].strip() for line in lines if "==" in line})
    return [one for one in pinned if names is None or one.split("==")[0] in names]


def read(report: dict[str, Any]) -> Found:
    """pip-audit's JSON, less what was accepted with a reason."""
    vulnerable: list[str] = []
    unknown: list[str] = []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            unknown.append(package["name"])
        for one in package.get("vulns", ()):
            if one["id"] not in ACCEPTED:
                fixed = ", ".join(one["fix_versions"]) or "no version yet"
                vulnerable.append(f"{package['name']} {package['version']}: {one['id']}; fixed in {fixed}")
    return Found(tuple(vulnerable), len(report["dependencies"]) - len(unknown), tuple(unknown))


def ask(pinned: list[str]) -> Found:
    """Look these up. A service that does not answer knows none of them."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("\n".join(pinned) + "\n")
        command = [sys.executable, "-m", "pip_audit", "-r", str(listed), "--no-deps", "--disable-pip", "-f", "json"]
        if mirror := os.environ.get("OSV_URL"):
            command += ["--vulnerability-service", "osv", "--osv-url", mirror]
        done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True)
    try:
        return read(json.loads(done.stdout))
    except ValueError:
        return Found((), 0, tuple(pinned))


def verdict(found: Found, *, required: bool) -> tuple[int, str]:
    """Exit status and what to print."""
    if found.vulnerable:
        return 1, "\n".join(("vulnerable:", *found.vulnerable))
    if found.looked_up == 0:
        said = "NOT AUDITED: the advisory service does not answer; run `make audit` where it can be reached"
        return int(required), said
    if found.unknown and required:
        return 1, f"the advisory service does not know {', '.join(found.unknown)}"
    return 0, f"{found.looked_up} packages of uv.lock have no known vulnerability; not known: {len(found.unknown)}"


def main() -> int:
    """Print the verdict."""
    found = ask(locked(frozenset({PROBE})))
    if found.looked_up:
        found = ask(locked())
    status, text = verdict(found, required=os.environ.get("AUDIT_REQUIRED") == "1")
    print(text, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
