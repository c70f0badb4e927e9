"""``hotline lines``: what operations do for emergency lines that read their own queue on the broker."""

from typing import Annotated

import typer

from hotline.broker_users import line_enrolment
from hotline.enrol import AmqpUrl, AsJson, ManagementUrl, NewPassword, PasswordFile, Vhost, enrol, vhost_from

app = typer.Typer(help="Emergency lines on the broker.", no_args_is_help=True)


@app.callback()
def lines() -> None:
    """Emergency lines on the broker."""


@app.command("enrol")
def enrol_line(
    line: Annotated[str, typer.Argument(help="The line, such as 119.")],
    management_url: ManagementUrl = None,
    vhost: Vhost = None,
    amqp_url: AmqpUrl = None,
    password_file: PasswordFile = None,
    new_password: NewPassword = False,
    as_json: AsJson = False,
) -> None:
    """Give a line its queue and a broker user that reads it and publishes under its own key; again changes nothing."""
    try:
        wanted = line_enrolment(line)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="LINE") from None
    enrol(
        wanted,
        management_url=management_url,
        vhost=vhost_from(vhost, amqp_url),
        password_file=password_file,
        new_password=new_password,
        as_json=as_json,
    )
