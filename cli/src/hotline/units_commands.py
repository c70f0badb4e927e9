"""``hotline units``: what operations do for member units that read their own queue on the broker."""

import json
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import httpx
import typer

from contracts.words import Role
from hotline.broker_users import unit_enrolment
from hotline.enrol import AmqpUrl, AsJson, ManagementUrl, NewPassword, PasswordFile, Vhost, enrol, vhost_from
from hotline.member_units import member_units
from hotline.platform_client import DEFAULT_DATA_DIR, DEFAULT_URL, DataDir, TokenOption, Url, bearer, checked, reaching

app = typer.Typer(help="Member units on the broker.", no_args_is_help=True)


@app.callback()
def units() -> None:
    """Member units on the broker."""


def member(unit: str) -> str:
    """The unit, if it is a member. Raises ``typer.BadParameter``."""
    known = member_units()
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


def instant(text: str) -> datetime:
    """A date or an instant; without an offset it is Chinese time. Raises ``typer.BadParameter``."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("neither 2026-03-02 nor 2026-03-02T08:30", param_hint="--since") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@app.command("replay")
def replay_unit(
    unit: Annotated[str, typer.Argument(help="The member unit's id.")],
    since: Annotated[str, typer.Option(help="A date or an instant; without an offset Chinese time.")],
    page: Annotated[int, typer.Option(min=1, max=500, help="Orders in one request.")] = 100,
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Put a unit's messages since an instant into its queue again: same ids, in order per work order.

    Orders in which an accusation concerns the unit are withheld. Again is harmless: the unit knows the ids.
    """
    asked = {"since": instant(since).isoformat(), "limit": page}
    done = {"orders": 0, "messages": 0, "withheld": 0}
    after: str | None = None
    with reaching(url), httpx.Client(base_url=url, headers=bearer(token, data_dir, Role.OPERATOR), timeout=120) as door:
        while True:
            answer = checked(door.post(f"/units/{member(unit)}/replay", json={**asked, "after": after})).json()
            done = {name: count + answer[name] for name, count in done.items()}
            after = answer["next"]
            if after is None:
                break
    if as_json:
        typer.echo(json.dumps({"unit": unit, **asked, **done}))
        return
    typer.echo(f"{done['messages']} messages of {done['orders']} orders were sent again to {unit}")
    if done["withheld"]:
        typer.echo(f"{done['withheld']} orders were withheld: an accusation concerns this unit")
