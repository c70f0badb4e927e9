"""Writes the deployment files that are made of contracts and rules: ``python -m deploy.generate [--check]``.

With ``--check`` nothing is written: files that differ, are missing, or nobody generates any more are named, status 1.
"""

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from deploy.generate.broker_definitions import definitions
from deploy.generate.broker_resources import topology_resources, user_resources
from deploy.generate.connections import broker_patches, store_patches, store_users_patch
from deploy.generate.monitoring_resources import dashboards, prometheus_rules

from dispatcher.shipped_tables import directory

DEPLOY = Path(__file__).parents[1]
BROKER = Path("k8s/components/rabbitmq-operator/generated")
STORE = Path("k8s/components/mongodb-operator/generated")
RULES = Path("k8s/components/monitoring/generated")
MADE_BY = "# Made by `make deploy-files`; do not edit.\n"


class _Plain(yaml.SafeDumper):
    """Writes no anchors: every object stands for itself."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Plain.add_multi_representer(StrEnum, lambda dumper, word: dumper.represent_str(str(word)))


def files(deploy: Path = DEPLOY) -> dict[Path, str]:
    """Every generated file's content by its path below ``deploy``."""
    members = directory()
    units = sorted(members.units)
    over_http = [unit for unit in units if members.units[unit].over_http]
    own_queue = [unit for unit in units if unit not in over_http]
    made: dict[Path, str] = {
        Path("rabbitmq/definitions.json"): json.dumps(definitions(tuple(units)), indent=1, ensure_ascii=False) + "\n"
    }
    resources = {**topology_resources(units), **user_resources(own_queue, over_http)}
    for name, of_file in resources.items():
        made[BROKER / f"{name}.yaml"] = _documents(of_file)
    made[BROKER / "kustomization.yaml"] = _documents([_kustomization([f"{name}.yaml" for name in sorted(resources)])])
    made[BROKER / "connections.yaml"] = _documents(broker_patches())
    made[STORE / "connections.yaml"] = _documents(store_patches())
    made[STORE / "users.yaml"] = _documents([store_users_patch()])
    watched: list[str] = []
    if rules := prometheus_rules(deploy / "prometheus/rules"):
        made[RULES / "prometheus-rules.yaml"] = _documents(rules)
        watched.append("prometheus-rules.yaml")
    if (found := dashboards(deploy / "grafana/dashboards"))["configMapGenerator"]:
        made[Path("grafana/dashboards/kustomization.yaml")] = _documents([found])
        watched.append("../../../../grafana/dashboards")
    made[RULES / "kustomization.yaml"] = _documents([_kustomization(watched)])
    return made


def drift(deploy: Path = DEPLOY) -> list[str]:
    """What is not as it would be made now; empty when all is."""
    made = files(deploy)
    found = [str(path) for path, text in made.items() if not _same(deploy / path, text)]
    left = {path.relative_to(deploy) for folder in (BROKER, STORE, RULES) for path in (deploy / folder).glob("*.yaml")}
    return found + [f"{path} (no longer made)" for path in sorted(left - made.keys())]


def write(deploy: Path = DEPLOY) -> None:
    """Write everything, and remove what is no longer made."""
    for path, text in files(deploy).items():
        (deploy / path).parent.mkdir(parents=True, exist_ok=True)
        (deploy / path).write_text(text, encoding="utf-8")
    for folder in (BROKER, STORE, RULES):
        for path in (deploy / folder).glob("*.yaml"):
            if path.relative_to(deploy) not in files(deploy):
                path.unlink()


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _documents(resources: Sequence[dict[str, Any]]) -> str:
    texts = [
        yaml.dump(resource, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120) for resource in resources
    ]
    return MADE_BY + "---\n".join(texts)


def _kustomization(resources: Sequence[str]) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(resources),
    }


def main(arguments: Sequence[str]) -> int:
    """Exit status."""
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        write()
        return 0
    for name in (different := drift()):
        print(f"deploy/{name} is not as it would be made: run `make deploy-files`", file=sys.stderr)
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
