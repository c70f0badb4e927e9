"""``python -m checks.licences [--write]``: the licence of every package, and that none binds whoever runs a service.

Services and the command may depend on permissive licences, and on those of ``REVIEWED`` for the reason given there.
What is only used to develop and check is neither listed nor judged: nobody is given it.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "licences.md"

PERMISSIVE = frozenset(
    {
        "0BSD",
        "3-Clause BSD License",
        "Apache",
        "Apache 2.0",
        "Apache Software License",
        "Apache-2.0",
        "BSD License",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "ISC License",
        "ISCL",
        "MIT",
        "MIT License",
        "MIT-0",
        "MIT-CMU",
        "OSI Approved",
        "PSF-2.0",
        "Python Software Foundation License",
        "Zlib",
    }
)
REVIEWED: Mapping[str, str] = {
    "certifi": "MPL-2.0 covers its own files, which we do not change",
    "orjson": "MPL-2.0 covers its own files, which we do not change",
    "python-stdnum": "LGPL: imported as it is, and replaceable in every installation",
    "secantusdb": "GPL-2.0: a separate process of the embedded extra; no service has it",
}
EMBEDDED_ONLY = "secantusdb"

PARTS = {
    "services": [
        f"hotline12345-{name}" for name in ("intake", "classifier", "dispatcher", "sla-monitor", "revisit", "reporting")
    ],
    "command": ["hotline12345-cli"],
    "department kit": ["hotline12345-department-kit"],
}
"""What is installed where; everything else is for development."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package that is not ours."""

    name: str
    licence: str
    used_by: tuple[str, ...]


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(found: Distribution) -> str:
    """What its metadata says: the SPDX expression, else the classifiers, else the first line of the text."""
    said = found.metadata
    for expression in said.get_all("License-Expression", []):
        return str(expression)
    classifiers = [one.split(" :: ")[-1] for one in said.get_all("Classifier", []) if one.startswith("License")]
    text = "\n".join(said.get_all("License", [])).strip().splitlines()
    return ", ".join(classifiers) or (text[0][:60] if text else "unknown")


def _locked(package: str, *more: str) -> frozenset[str]:
    command = [str(ROOT / ".uv/bin/uv"), "export", "--frozen", "--package", package, "--no-dev", "--no-emit-workspace"]
    command += ["--no-hashes", "--no-annotate", "--no-header", "--quiet", *more]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return frozenset(normal(line.split("==")[0]) for line in lines if "==" in line)


def used() -> dict[str, frozenset[str]]:
    """Names of the packages that each part installs."""
    made = {part: frozenset[str]().union(*map(_locked, names)) for part, names in PARTS.items()}
    return {**made, "embedded extra": _locked("hotline12345-cli", "--extra", "embedded") - made["command"]}


def packages(parts: Mapping[str, frozenset[str]]) -> list[Package]:
    """Every package that is installed here, not ours, and part of what we give away."""
    found = {normal(one.name): licence_of(one) for one in distributions()}
    return [
        Package(name, licence, tuple(part for part, names in parts.items() if name in names))
        for name, licence in sorted(found.items())
        if any(name in names for names in parts.values())
    ]


def faults(listed: list[Package]) -> Iterator[str]:
    """Licences that somebody must look at, and the GPL where it may not be."""
    for package in listed:
        words = {word.strip() for word in re.split(r"\bAND\b|\bOR\b|[,()]", package.licence)} - {""}
        if not words <= PERMISSIVE and package.name not in REVIEWED:
            yield f"{package.name} is under {package.licence}: not permissive, and nobody has looked at it"
        if package.name == EMBEDDED_ONLY and package.used_by != ("embedded extra",):
            yield f"{EMBEDDED_ONLY} belongs to the embedded extra alone, not to: {', '.join(package.used_by)}"


def page(listed: list[Package]) -> str:
    """The list as a document."""
    lines = ["# Licences of what we use", "", "Written by `make licences`; checked by `make check`.", ""]
    lines += ["| package | licence | used by | looked at |", "|---|---|---|---|"]
    lines += [
        f"| {one.name} | {one.licence} | {', '.join(one.used_by)} | {REVIEWED.get(one.name, '')} |" for one in listed
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the list, or compare it and print every fault."""
    listed = packages(used())
    if "--write" in sys.argv[1:]:
        LIST.write_text(page(listed), encoding="utf-8")
    found = [*faults(listed)]
    known = set(LIST.read_text(encoding="utf-8").splitlines()) if LIST.exists() else set()
    # Another platform installs fewer or other wheels, so what is here must be in the list, not the other way round.
    if missing := set(page(listed).splitlines()) - known:
        found.append(f"docs/licences.md lacks {len(missing)} lines, such as {min(missing)}; run `make licences`")
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"the licences of {len(listed)} packages are known and fit")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
