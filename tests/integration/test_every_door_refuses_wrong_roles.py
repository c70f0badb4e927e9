"""Every endpoint of every service, tried without a token and with each role that it does not name."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from chassis.activity import Activity
from chassis.auth import Door, doors
from chassis.clock import SystemClock
from chassis.crypto import MasterKey
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.issuer import DevelopmentIssuer
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.presence import Presence
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.web import verifier_of
from contracts.words import Role, Service
from hotline.embedded import SERVICES

UNIT, LINE = "water-group", "119"
NOBODY_LISTENS = "mongodb://127.0.0.1:9/?directConnection=true"
"""A refusal may not need the store: here is none."""


@pytest.fixture
async def apps(tmp_path: Path) -> AsyncIterator[dict[Service, FastAPI]]:
    settings = ServiceSettings(data_dir=tmp_path)
    async with connect(NOBODY_LISTENS, time_limit_ms=100) as client:
        made: dict[Service, FastAPI] = {}
        for service, build in SERVICES.items():
            metrics = Metrics(service)
            store = Store(client, f"doors_{service.replace('-', '_')}", metrics)
            runtime = Runtime(
                service=service,
                settings=settings,
                store=store,
                bus=LocalBus(),
                clock=SystemClock(),
                ids=SystemIds(),
                metrics=metrics,
                activity=Activity(),
                keys=MasterKey.load_or_create(settings.master_key_file),
                presence=Presence(store, "doors"),
            )
            made[service] = Hosted(runtime, build).app(verifier_of(settings), Capacity())
        yield made


@pytest.fixture
def tokens(tmp_path: Path) -> dict[Role, str]:
    issuer = DevelopmentIssuer(tmp_path)
    return {role: issuer.issue(role, unit=UNIT, line=LINE) for role in Role}


def _address(door: Door) -> str:
    known = {"unit": UNIT, "line": LINE}
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: known.get(found[1], "20260101"), door.path)


async def _knock(http: httpx.AsyncClient, door: Door, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    method = "GET" if door.method == "*" else door.method
    return (await http.request(method, _address(door), headers=headers)).status_code


async def test_every_guarded_door_refuses_who_has_no_token_and_every_wrong_role(
    apps: dict[Service, FastAPI], tokens: dict[Role, str]
) -> None:
    opened: list[str] = []
    tried = 0
    for service, app in apps.items():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            for door in (one for one in doors(app) if not one.reason):
                if await _knock(http, door, None) != httpx.codes.UNAUTHORIZED:
                    opened.append(f"{service} {door.method} {door.path} without a token")
                for role in frozenset(Role) - door.roles:
                    tried += 1
                    if await _knock(http, door, tokens[role]) != httpx.codes.FORBIDDEN:
                        opened.append(f"{service} {door.method} {door.path} to {role}")
    assert [] == opened
    assert tried > 500


async def test_every_guarded_door_lets_the_right_roles_pass_the_guard(
    apps: dict[Service, FastAPI], tokens: dict[Role, str]
) -> None:
    shut: list[str] = []
    for service, app in apps.items():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test"
        ) as http:
            for door in (one for one in doors(app) if not one.reason and one.method in ("POST", "PUT")):
                for role in door.roles:
                    if await _knock(http, door, tokens[role]) in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                        shut.append(f"{service} {door.method} {door.path} to {role}")
    assert [] == shut


@pytest.mark.parametrize("path", [f"/units/power-supply/{what}" for what in ("messages", "work-orders")])
async def test_a_unit_does_not_open_the_door_of_another(
    apps: dict[Service, FastAPI], tokens: dict[Role, str], path: str
) -> None:
    app = apps[Service.DISPATCHER]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        answer = await http.get(path, headers={"Authorization": f"Bearer {tokens[Role.UNIT_HANDLER]}"})
    assert 403 == answer.status_code


async def test_a_line_does_not_open_the_door_of_another(apps: dict[Service, FastAPI], tokens: dict[Role, str]) -> None:
    app = apps[Service.CLASSIFIER]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        headers = {"Authorization": f"Bearer {tokens[Role.LINE_OPERATOR]}"}
        answer = await http.get("/lines/110/handovers", headers=headers)
    assert 403 == answer.status_code
