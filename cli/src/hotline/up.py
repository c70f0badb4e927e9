"""``hotline up``: the platform, embedded in one process or as six processes on real parts."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from chassis import garbage, spans
from chassis.embedded_mongo import EmbeddedMongoFailed
from chassis.logging import configure
from chassis.server import server
from contracts.words import Service
from hotline.embedded import embedded

MODULES = {service: f"{service.replace('-', '_')}.main" for service in Service}
NICENESS = {Service.DISPATCHER: 5, Service.SLA_MONITOR: 10, Service.REVISIT: 10, Service.REPORTING: 10}
"""Services that give way on one machine: a caller waits for intake and an emergency for the classifier; a unit gets its
work orders after those; what the others do nobody waits for."""


def up(
    use_embedded: Annotated[
        bool, typer.Option("--embedded", help="One process with its own database and bus; nothing to install.")
    ] = False,
    data_dir: Annotated[Path, typer.Option(help="Where data and keys are kept.")] = Path("hotline-data"),
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port; with six processes the first of six ports.")
    ] = 12345,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    amqp_url: Annotated[str | None, typer.Option(envvar="AMQP_URL", help="RabbitMQ.")] = None,
    mongo_url: Annotated[str | None, typer.Option(envvar="MONGO_URL", help="MongoDB.")] = None,
    log_level: Annotated[str, typer.Option(envvar="LOG_LEVEL", help="DEBUG, INFO, WARNING or ERROR.")] = "INFO",
) -> None:
    """Run the platform until Ctrl-C. Without AMQP_URL and MONGO_URL it runs embedded."""
    if use_embedded or (amqp_url is None and mongo_url is None):
        configure("hotline", log_level)
        spans.install_from_environment()
        # Told to stop, the HTTP server ends in order, then raises the signal again: as Ctrl-C it lets the rest end too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            garbage.collect_seldom()
            uvloop.run(_embedded(data_dir, host, port))
        except KeyboardInterrupt:
            raise typer.Exit(0) from None
        except EmbeddedMongoFailed as error:
            typer.echo(f"cannot start: {error}", err=True)
            raise typer.Exit(1) from None
        return
    if amqp_url is None or mongo_url is None:
        raise typer.BadParameter("set both AMQP_URL and MONGO_URL, or neither and use --embedded")
    raise typer.Exit(_six_processes(data_dir, host, port, amqp_url, mongo_url, log_level))


async def _embedded(data_dir: Path, host: str, port: int) -> None:
    async with embedded(data_dir) as platform:
        typer.echo(f"the platform is at http://{host}:{port}/desk/dashboard (data in {data_dir})", err=True)
        await server(platform.app, host, port).serve()


def _six_processes(data_dir: Path, host: str, port: int, amqp_url: str, mongo_url: str, log_level: str) -> int:
    data_dir.mkdir(parents=True, exist_ok=True)
    shared = {
        **os.environ,
        "AMQP_URL": amqp_url,
        "MONGO_URL": mongo_url,
        "DATA_DIR": str(data_dir),
        "HTTP_HOST": host,
        "LOG_LEVEL": log_level,
    }
    running: dict[Service, subprocess.Popen[bytes]] = {}
    for offset, service in enumerate(Service):
        environment = {**shared, "HTTP_PORT": str(port + offset)}
        running[service] = subprocess.Popen([sys.executable, "-m", MODULES[service]], env=environment)
        if service in NICENESS:
            os.setpriority(os.PRIO_PROCESS, running[service].pid, NICENESS[service])
        typer.echo(f"{service} at http://{host}:{port + offset} (process {running[service].pid})", err=True)
    stopping = failed = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for process in running.values():
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while any(process.poll() is None for process in running.values()):
        time.sleep(0.2)
        ended = {service: process.returncode for service, process in running.items() if process.poll() is not None}
        if ended and not stopping:
            for service, status in ended.items():
                typer.echo(f"{service} ended with status {status}; stopping the others", err=True)
            failed = True
            stop()
    # A service that was told to stop ends by that signal; only one that ended by itself is a failure.
    return int(failed)


def temporary_data_dir() -> Path:
    """A fresh folder for a run that keeps nothing."""
    return Path(tempfile.mkdtemp(prefix="hotline-"))
