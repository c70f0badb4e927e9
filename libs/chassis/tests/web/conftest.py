"""A small service with one door of each kind, driven through ASGI."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.activity import Activity
from chassis.auth import Principal, allow, public
from chassis.health import Health
from chassis.issuer import DevelopmentIssuer
from chassis.limits import Capacity, LargerBody
from chassis.metrics import Metrics
from chassis.pages.shell import PageShell
from chassis.settings import ServiceSettings
from chassis.web import build_app, verifier_of
from contracts.words import Role, Service

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


class Caller(BaseModel):
    model_config = ConfigDict(extra="forbid")
    phone: str = Field(max_length=20)


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    count: int = 0
    caller: Caller | None = None
    extras: dict[str, int] = {}


@dataclass
class Stage:
    """What a test holds: the app, its parts, and a way to tokens."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: DevelopmentIssuer
    activity: Activity
    metrics: Metrics
    capacity: Capacity

    def bearer(self, *roles: Role, unit: str | None = None, line: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.issue(roles, unit=unit, line=line)}"}


def small_service(activity: Activity) -> APIRouter:
    router = APIRouter()

    @router.post("/messages/{number}")
    async def send(number: str, message: Message, principal: Annotated[Principal, allow(Role.AGENT)]) -> dict[str, str]:
        return {"user": principal.user}

    @router.get("/orders")
    async def orders(principal: Annotated[Principal, allow(Role.UNIT_HANDLER, Role.REVIEWER)]) -> dict[str, str | None]:
        return {"unit": principal.unit}

    @router.get("/open", dependencies=[public("for the test")])
    async def door(page: Annotated[int, Query(ge=1)] = 1) -> dict[str, int]:
        return {"page": page, "running": activity.running}

    @router.get("/fails", dependencies=[public("for the test")])
    async def fails() -> None:
        raise ValueError("caller Zhang San 13812345678")

    @router.post("/attachments", dependencies=[public("for the test")])
    async def attach(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @router.post("/raw", dependencies=[public("for the test")])
    async def raw(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @router.get("/lines/119", dependencies=[public("for the test")])
    async def line() -> dict[str, bool]:
        return {"served": True}

    return router


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    settings = ServiceSettings(data_dir=tmp_path)
    issuer = DevelopmentIssuer(tmp_path)
    activity, metrics, capacity = Activity(), Metrics(Service.INTAKE), Capacity(ordinary=2, reserved=1)
    app = build_app(
        Service.INTAKE,
        [small_service(activity)],
        verifier=verifier_of(settings),
        metrics=metrics,
        health=Health(Service.INTAKE),
        activity=activity,
        capacity=capacity,
        larger_bodies=[LargerBody("/attachments")],
        pages=PageShell(lambda: NOW),
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hotline.test") as client:
        yield Stage(app, client, issuer, activity, metrics, capacity)
