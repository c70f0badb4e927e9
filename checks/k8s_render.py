"""Renders the manifests with kustomize: every overlay, and every combination of components on the base."""

import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
K8S = ROOT / "deploy/k8s"

Resource = dict[str, Any]


class DoesNotRender(Exception):
    """kustomize refuses; the text is its own."""


def components() -> list[str]:
    """Names of all components."""
    return sorted(path.parent.name for path in (K8S / "components").glob("*/kustomization.yaml"))


def overlays() -> list[str]:
    """Names of all overlays."""
    return sorted(path.parent.name for path in (K8S / "overlays").glob("*/kustomization.yaml"))


def combinations() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What is rendered: a name, the folder it starts from, and the components on top of it."""
    for overlay in overlays():
        yield f"overlay {overlay}", f"overlays/{overlay}", ()
    names = components()
    for size in range(len(names) + 1):
        for chosen in itertools.combinations(names, size):
            yield f"base + {', '.join(chosen) or 'nothing'}", "base", chosen
    # The dev overlay brings broker and database of its own.
    more = [name for name in names if not name.endswith("-operator")]
    for size in range(1, len(more) + 1):
        for chosen in itertools.combinations(more, size):
            yield f"overlay dev + {', '.join(chosen)}", "overlays/dev", chosen


def render(kubectl: str, start: str, chosen: Sequence[str]) -> list[Resource]:
    """The resources. Raises ``DoesNotRender``."""
    if not chosen:
        return _kustomize(kubectl, K8S / start)
    with tempfile.TemporaryDirectory(dir=K8S, prefix=".combination-") as folder:
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [os.path.relpath(K8S / start, folder)],
            "components": [os.path.relpath(K8S / "components" / name, folder) for name in chosen],
        }
        (Path(folder) / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return _kustomize(kubectl, Path(folder))


def _kustomize(kubectl: str, folder: Path) -> list[Resource]:
    done = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        raise DoesNotRender(done.stderr.strip() or f"status {done.returncode}")
    return [resource for resource in yaml.load_all(done.stdout, Loader=_LOADER) if resource]


# The parser in C where PyYAML has it: a render is tens of thousands of lines.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
