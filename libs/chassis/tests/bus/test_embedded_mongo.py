import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import MongoClient

from chassis.embedded_mongo import EmbeddedMongoFailed, SecantusServer


def _count(url: str) -> int:
    with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=5_000) as client:
        return client.db.rows.count_documents({})


def _insert(url: str) -> None:
    with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=5_000) as client:
        client.db.rows.insert_one({"text": "kept"})


def test_acknowledged_writes_survive_a_kill_and_come_back_at_the_same_address(tmp_path: Path) -> None:
    server = SecantusServer(tmp_path)
    first = server.start()
    try:
        _insert(first)
        server.kill()
        assert server.alive() is False
        second = server.start()
        assert (second, _count(second)) == (first, 1)
    finally:
        server.stop()


_PARENT = """
import sys, time
from pathlib import Path
from chassis.embedded_mongo import SecantusServer
server = SecantusServer(Path(sys.argv[1]))
print(server.start(), flush=True)
time.sleep(600)
"""


def test_a_killed_platform_leaves_no_server_behind_that_locks_its_folder(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        orphan = parent.stdout.readline().strip()
        _insert(orphan)
        parent.kill()
        parent.wait()
    with SecantusServer(tmp_path) as server:
        assert 1 == _count(server.url)


def test_two_servers_never_share_a_folder(tmp_path: Path) -> None:
    with SecantusServer(tmp_path) as server:
        with pytest.raises(EmbeddedMongoFailed, match="does not answer; see"):
            SecantusServer(tmp_path, patience=3).start()
        assert server.alive() is True
