"""What processes cost, read from the kernel's own books (Linux)."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
LISTENING = "0A"


def cpu_seconds(pid: int) -> float:
    """Processor seconds, user and system, that a process has used until now; 0 when it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


def machine_seconds() -> float:
    """Processor seconds that everybody on this machine has used until now, the kernel included."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9])
    return (user + nice + system + sum(interrupts)) / TICKS


def resident_megabytes(pid: int) -> float:
    """Resident memory in MB (10^6 bytes); 0 when the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
    except OSError:
        return 0.0


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found


def listener(port: int) -> int | None:
    """The process that listens on a local TCP port; None when there is none or it is not ours to see."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == LISTENING and int(words[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{words[9]}]")
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(link.is_symlink() and str(link.readlink()) in inodes for link in folder.iterdir()):
                return int(folder.parent.name)
        except OSError:
            continue
    return None
