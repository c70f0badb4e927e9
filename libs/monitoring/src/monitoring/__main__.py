"""``python -m monitoring DEPLOY`` writes the generated rules and dashboards; with ``--check`` it only compares."""

import argparse
from pathlib import Path

from monitoring.generated import drift, write


def main() -> int:
    """0 when written or unchanged, 1 when ``--check`` found a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deploy", type=Path, help="the folder deploy/ of the repository")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not as generated")
    asked = parser.parse_args()
    if not asked.check:
        write(asked.deploy)
        return 0
    changed = drift(asked.deploy)
    for name in changed:
        print(f"{name} is not as generated: python -m monitoring {asked.deploy}")
    return 1 if changed else 0


raise SystemExit(main())
