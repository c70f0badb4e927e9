"""``python -m checks.sbom FOLDER``: a bill of materials (CycloneDX 1.5) for each service and the command."""

import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("intake", "classifier", "dispatcher", "sla-monitor", "revisit", "reporting", "cli")


class BadBill(Exception):
    """The bill does not follow its own schema."""


def bill(name: str, *more: str) -> str:
    """The bill of one distribution, without what is only for development. Raises ``BadBill``."""
    command = [str(ROOT / ".uv/bin/uv"), "export", "--frozen", "--package", f"hotline12345-{name}", "--no-dev", *more]
    command += ["--format", "cyclonedx1.5", "--preview-features", "sbom-export", "--quiet"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    if wrong := JsonStrictValidator(SchemaVersion.V1_5).validate_str(text):
        raise BadBill(f"{name}: {wrong}")
    return text


def main() -> int:
    """Write one file for each."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.cdx.json").write_text(bill(name), encoding="utf-8")
    (folder / "cli-embedded.cdx.json").write_text(bill("cli", "--extra", "embedded"), encoding="utf-8")
    print(f"{len(NAMES) + 1} bills of materials in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
