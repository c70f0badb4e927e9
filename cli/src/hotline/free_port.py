"""A port on this machine that nobody uses right now."""

import socket


def free_port() -> int:
    """Ask the operating system for one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
