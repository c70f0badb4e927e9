"""``python -m checks.secret_scan [--write]``: nothing that looks like a secret is in the files, by detect-secrets.

``.secrets.baseline`` holds the hashes of what a person has looked at (made-up passwords of tests). A new finding is
named by file and line; who has looked at it writes the baseline again.
"""

import json
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / ".secrets.baseline"
GENERATED = ("uv.lock", ".secrets.baseline", "checks/vendor/", "docs/openapi/", "docs/asyncapi/", "docs/schemas/")
NOT_TEXT = (".npz", ".min.js", ".svg", ".png", ".ico")
PLUGINS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
    "StripeDetector",
    "TwilioKeyDetector",
)
EXAMPLE = r"^(guest|password|PASSWORD|secret|\{.*\}?|\$.*)$"
"""What examples write in the place of a password."""


def files() -> list[str]:
    """Every file of the repository that a person writes."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in listed if not name.startswith(GENERATED) and not name.endswith(NOT_TEXT)]


def scan(names: list[str], root: Path) -> dict[str, dict[str, int]]:
    """Hash to line of every finding, by file."""
    settings = {
        "plugins_used": [{"name": name} for name in PLUGINS],
        "filters_used": [
            {"path": "detect_secrets.filters.heuristic.is_potential_uuid"},
            {"path": "detect_secrets.filters.heuristic.is_templated_secret"},
            {"path": "detect_secrets.filters.heuristic.is_sequential_string"},
            {"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": [EXAMPLE]},
        ],
    }
    with transient_settings(settings):
        found = SecretsCollection(root=str(root))
        for name in names:
            if (root / name).is_file():
                found.scan_file(name)
    return {
        name: {secret.secret_hash: secret.line_number for secret in sorted(secrets, key=lambda one: one.line_number)}
        for name, secrets in sorted(found.data.items())
        if secrets
    }


def news(found: dict[str, dict[str, int]], known: dict[str, list[str]]) -> list[str]:
    """Findings that nobody has looked at."""
    return [
        f"{name}:{line} looks like a secret; if it is none, run `make secrets-baseline`"
        for name, secrets in found.items()
        for secret, line in secrets.items()
        if secret not in known.get(name, ())
    ]


def main() -> int:
    """Write the baseline, or print what is new."""
    found = scan(files(), ROOT)
    if "--write" in sys.argv[1:]:
        kept = {name: sorted(secrets) for name, secrets in found.items()}
        BASELINE.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    fresh = news(found, json.loads(BASELINE.read_text(encoding="utf-8")))
    for line in fresh:
        print(line, file=sys.stderr)
    if not fresh:
        print("no file holds what looks like a new secret")
    return int(bool(fresh))


if __name__ == "__main__":
    sys.exit(main())
