"""``hotline units``: what operations do for member units that read their own queue on the broker."""

from typing import Annotated

import typer

from dispatcher.shipped_tables import directory
from hotline.broker_users import unit_enrolment
from hotline.enrol import AmqpUrl, AsJson, ManagementUrl, NewPassword, PasswordFile, Vhost, enrol, vhost_from

app = typer.Typer(help="Member units on the broker.", no_args_is_help=True)


@app.callback()
def units() -> None:
    """Member units on the broker."""


def member(unit: str) -> str:
    """The unit, if it is a member. Raises ``typer.BadParameter``."""
    known = directory()
    if unit not in known:
        raise typer.BadParameter(f"no such member unit in the directory (version {known.version})", param_hint="UNIT")
    return unit


@app.command("enrol")
def enrol_unit(
    unit: Annotated[str, typer.Argument(help="The member unit's id, as the directory names it.")],
    management_url: ManagementUrl = None,
    vhost: Vhost = None,
    amqp_url: AmqpUrl = None,
    password_file: PasswordFile = None,
    new_password: NewPassword = False,
    as_json: AsJson = False,
) -> None:
    """Give a unit its queue and a broker user that reads it and publishes under its own key; again changes nothing."""
    enrol(
        unit_enrolment(member(unit)),
        management_url=management_url,
        vhost=vhost_from(vhost, amqp_url),
        password_file=password_file,
        new_password=new_password,
        as_json=as_json,
    )
