"""What an image would hold is built without Docker and started as an image would start it.

It has no right to write anything but its data folder, no capabilities, and no environment but its settings.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chassis.crypto import MasterKey
from chassis.issuer import DevelopmentIssuer
from chassis.testing.ports import free_port

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy/image/build-tree.sh"


def build(service: str, tree: Path) -> "subprocess.CompletedProcess[str]":
    """As ``make image-tree`` does."""
    environment = {**os.environ, "UV": str(ROOT / ".uv/bin/uv"), "PYTHON": str(ROOT / ".venv/bin/python")}
    return subprocess.run([SCRIPT, service, tree], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Intake's tree; nobody may write in it."""
    tree = tmp_path_factory.mktemp("image") / "app"
    done = build("intake", tree)
    assert done.returncode == 0, done.stderr
    subprocess.run(["chmod", "-R", "a-w", tree], check=True)
    yield tree
    subprocess.run(["chmod", "-R", "u+w", tree], check=True)


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A working folder in which nothing can be written."""
    folder = tmp_path / "nowhere"
    folder.mkdir(mode=0o555)
    return folder


def started(tree: Path, nowhere: Path, settings: dict[str, str]) -> "subprocess.Popen[str]":
    """``bin/service`` with nothing but ``settings``; root gives up the capabilities that would let it write."""
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    return subprocess.Popen(
        [*powerless, tree / "bin/service"],
        cwd=nowhere,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def runs_until_told(tree: Path, nowhere: Path, settings: dict[str, str]) -> None:
    """Start it, see that it becomes ready, stop it. Fails with what it said."""
    port = free_port()
    alive = {"HTTP_PORT": str(port), "DATABASE_PREFIX": f"image_{port}", "PYTHONDONTWRITEBYTECODE": "1"}
    process = started(tree, nowhere, {"AMQP_URL": "amqp://nobody:nothing@127.0.0.1:1/", **alive, **settings})
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5)
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            if answer.is_success:
                break
            time.sleep(0.2)
        else:
            process.kill()
            pytest.fail(process.communicate()[0])
        # Intake is ready without a broker: it takes appeals.
        assert {"store": True} == answer.json()["checks"]
        assert httpx.get(f"http://127.0.0.1:{port}/livez").is_success
    finally:
        process.terminate()
    said = process.communicate(timeout=40)[0]
    assert "Traceback" not in said, said


def test_the_tree_of_a_service_becomes_ready_and_ends_on_sigterm(
    tree: Path, nowhere: Path, tmp_path: Path, mongo_url: str
) -> None:
    runs_until_told(tree, nowhere, {"MONGO_URL": mongo_url, "DATA_DIR": str(tmp_path / "data")})
    assert (tmp_path / "data/keys/master.json").exists()


def test_with_keys_from_outside_nothing_is_written_anywhere(
    tree: Path, nowhere: Path, tmp_path: Path, mongo_url: str
) -> None:
    MasterKey.load_or_create(tmp_path / "master.json")
    (tmp_path / "master.json").chmod(0o440)
    issuer = DevelopmentIssuer(tmp_path / "elsewhere")
    keys = {"KEY_FILE": str(tmp_path / "master.json"), "AUTH_JWKS_FILE": str(issuer.jwks_file)}
    runs_until_told(tree, nowhere, {"MONGO_URL": mongo_url, "DATA_DIR": str(nowhere / "data"), **keys})
    assert [] == list(nowhere.iterdir())


def test_without_settings_it_says_what_is_missing(tree: Path, nowhere: Path) -> None:
    process = started(tree, nowhere, {})
    said = process.communicate(timeout=40)[0]
    assert 2 == process.returncode
    assert said.startswith("configuration error: AMQP_URL and MONGO_URL")


def test_the_tree_holds_the_service_and_nothing_of_the_workshop(tree: Path) -> None:
    packages = {path.name for path in (tree / "lib").glob("python*/site-packages/*")}
    assert {"intake", "chassis", "contracts", "first_look"} <= packages
    strangers = {"classifier", "dispatcher", "pytest", "mypy", "secantus", "secantusdb", "pip", "setuptools", "uv"}
    assert set() == strangers & packages
    assert not any("intake" in path.read_text() for path in tree.glob("lib/*/*/*.pth")), "installed, not linked"


def test_the_tree_holds_our_packages_as_they_are_now(tree: Path) -> None:
    packages = next((tree / "lib").glob("python*/site-packages"))
    for source in (ROOT / "libs/contracts/src", ROOT / "libs/chassis/src", ROOT / "services/intake/src"):
        ours = {path.relative_to(source): path.read_bytes() for path in source.rglob("*.py")}
        assert ours == {path: (packages / path).read_bytes() for path in ours if (packages / path).exists()}


def test_an_unknown_service_is_refused_in_one_line(tmp_path: Path) -> None:
    done = build("intakes", tmp_path / "app")
    assert (2, "no such service: intakes\n") == (done.returncode, done.stderr)
