"""SecantusDB's server as a child that never outlives its parent: when standard input ends, it stops at once.

A parent killed by SIGKILL closes nothing by itself, but its end of the pipe goes with it; a server left behind would
hold the lock of the folder that the next start needs. Run as ``python -m chassis.secantus_child ARGUMENTS``.
"""

import os
import sys
import threading

from chassis import garbage, secantus_catalogue, secantus_pages


def _leave_with_parent() -> None:
    while os.read(0, 4096):
        pass
    # No orderly end: nobody is left to wait, and with --sync-on-commit what was acknowledged is on disk.
    os._exit(70)


def run() -> int:
    """Serve until SIGTERM or until the parent is gone; the exit status."""
    from secantus.cli import main
    from secantus.storage import Storage

    secantus_catalogue.keep(Storage)
    secantus_pages.read_pages_in_order(Storage)
    garbage.collect_seldom()
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    return int(main() or 0)


if __name__ == "__main__":
    sys.exit(run())
