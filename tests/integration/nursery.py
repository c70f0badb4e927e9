"""Starts service processes quickly: it has imported every service once, and each new process is a fork of it.

A process of its own (run as a script), so that nothing of the test's threads is forked. It reads a JSON object a line:
``{"package", "environment", "log"}``, and answers with the new process's id. What it started ends with it.
"""

import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path

PACKAGES = ("intake", "classifier", "dispatcher", "sla_monitor", "revisit", "reporting")


def _become(package: str, environment: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.environ.update(environment)
    importlib.import_module(f"{package}.main").main()


def main() -> None:
    """Serve until standard input ends."""
    for package in PACKAGES:
        importlib.import_module(f"{package}.main")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children, so a process id that ended is gone
    gc.freeze()
    print("ready", flush=True)
    children: list[int] = []
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _become(asked["package"], asked["environment"], asked["log"])
                status = 0
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stderr.flush()
                os._exit(status)
        children.append(child)
        print(child, flush=True)
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
