"""``hotline units enrol`` and ``hotline lines enrol``: a broker user with a queue of its own, and nothing else."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from chassis.private_file import create_private
from hotline.broker_users import BrokerRefused, Enrolment, Management, Password, rabbitmqctl_lines, shown, vhost_of

ManagementUrl = Annotated[
    str | None,
    typer.Option(
        envvar="AMQP_MANAGEMENT_URL",
        help="RabbitMQ's management API with an administrator, such as http://user:password@host:15672. "
        "Without it the rabbitmqctl lines are printed and nothing is done.",
    ),
]
Vhost = Annotated[str | None, typer.Option(help="Virtual host; by default the one of AMQP_URL, else /.")]
AmqpUrl = Annotated[str | None, typer.Option(envvar="AMQP_URL", help="Only its virtual host is looked at.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="Write the password there (mode 0600) instead of printing it; must not exist.")
]
NewPassword = Annotated[bool, typer.Option("--new-password", help="Give a known user a new password.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone.")]


def enrol(
    enrolment: Enrolment,
    *,
    management_url: str | None,
    vhost: str,
    password_file: Path | None,
    new_password: bool,
    as_json: bool,
) -> None:
    """Do it, or print how; the password is shown once or written to a file. ``typer.Exit`` 1 when it cannot be done."""
    if password_file is not None and password_file.exists():
        raise typer.BadParameter(f"{password_file} exists already", param_hint="--password-file")
    password = secrets.token_urlsafe(24)
    if management_url is None:
        _print_lines(enrolment, vhost, password, password_file, new_password, as_json)
        return
    try:
        with Management(management_url, vhost) as management:
            done = management.enrol(enrolment, password, new_password=new_password)
    except BrokerRefused as error:
        typer.echo(f"not enrolled: {error}", err=True)
        raise typer.Exit(1) from None
    given = None if done == "kept" else password
    if given is not None and password_file is not None:
        _keep(password_file, given)
    _tell(enrolment, vhost, done, given, password_file, as_json)


def _keep(file: Path, password: str) -> None:
    if not create_private(file, f"{password}\n".encode()):
        typer.echo(f"{file} exists now; run again with --new-password", err=True)
        raise typer.Exit(1)


def _print_lines(
    enrolment: Enrolment, vhost: str, password: str, file: Path | None, new_password: bool, as_json: bool
) -> None:
    lines = rabbitmqctl_lines(enrolment, vhost, password, known=new_password)
    if file is not None:
        _keep(file, password)
        lines = [line.replace(f"printf '%s\\n' {password}", f"cat {file}") for line in lines]
    if as_json:
        typer.echo(json.dumps({**shown(enrolment), "vhost": vhost, "done": False, "lines": lines}, ensure_ascii=False))
        return
    typer.echo("# AMQP_MANAGEMENT_URL is not set; nothing was done. On the broker's machine, in this order:")
    typer.echo("# (queues are declared by the dispatcher's start or by `hotline topology apply`)")
    for line in lines:
        typer.echo(line)


def _tell(
    enrolment: Enrolment, vhost: str, done: Password, password: str | None, file: Path | None, as_json: bool
) -> None:
    user, queue = enrolment.rights.user, enrolment.queue.name
    if as_json:
        told = {
            "vhost": vhost,
            "done": True,
            "password_is": done,
            "password": password if file is None else None,
            "password_file": str(file) if file is not None and password is not None else None,
        }
        typer.echo(json.dumps({**shown(enrolment), **told}, ensure_ascii=False))
        return
    typer.echo(f"user {user} on virtual host {vhost}: reads queue {queue}, publishes to commands under key {user}")
    if password is None:
        typer.echo("password: unchanged (--new-password makes a new one)")
    elif file is not None:
        typer.echo(f"password: in {file}")
    else:
        typer.echo(f"password: {password}   (shown once; it is kept nowhere)")


def vhost_from(vhost: str | None, amqp_url: str | None) -> str:
    """The virtual host that was asked for."""
    return vhost if vhost is not None else vhost_of(amqp_url)
