"""The whole HTTP side together: health, activity, traces, metrics, several services on one port."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI, Request

from chassis import tracing
from chassis.auth import public
from chassis.health import Health
from chassis.metrics import Metrics
from chassis.requests import waiting
from chassis.side_by_side import SideBySide
from chassis.web import build_app
from contracts.words import Role, Service

PHONE = "13812345678"


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def raises() -> bool:
    raise RuntimeError(PHONE)


async def behind() -> str | None:
    return "outbox 45 s behind"


async def on_time() -> str | None:
    return None


def client_of(app) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hotline.test")


def app_with(stage, health: Health, *routers: APIRouter, service: Service = Service.INTAKE, **more) -> FastAPI:
    return build_app(service, routers, verifier=stage.app.state.verifier, health=health, **more)


async def ask(app, path: str) -> tuple[int, dict]:
    async with client_of(app) as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


async def test_lag_is_shown_as_degraded_and_does_not_stop_a_service(stage):
    health = Health(Service.INTAKE, {"store": yes}, {"outbox": behind, "timers": on_time})
    status, body = await ask(app_with(stage, health), "/readyz")
    assert (status, body["status"], body["degraded"]) == (200, "degraded", ["outbox 45 s behind"])


async def test_a_service_that_cannot_do_its_next_step_is_not_ready_but_alive(stage):
    app = app_with(stage, Health(Service.INTAKE, {"store": no, "broker": raises, "clock": yes}))
    status, body = await ask(app, "/readyz")
    assert (status, body["checks"]) == (503, {"store": False, "broker": False, "clock": True})
    assert PHONE not in json.dumps(body)
    assert await ask(app, "/livez") == (200, {"status": "alive"})


async def test_a_running_request_holds_a_virtual_clock_back_and_health_does_not(stage):
    during = (await stage.client.get("/open")).json()["running"]
    before = stage.activity.ever
    await stage.client.get("/readyz")
    assert (1, 0, before) == (during, stage.activity.running, stage.activity.ever)


async def test_a_failed_request_does_not_hold_a_virtual_clock_back(stage):
    await stage.client.get("/fails")
    assert stage.activity.running == 0


async def test_a_waiting_long_poll_does_not_hold_a_virtual_clock_back(stage):
    seen: list[int] = []
    router = APIRouter()

    @router.get("/wait", dependencies=[public("for the test")])
    async def wait(request: Request) -> None:
        seen.append(request.app.state.activity.running)
        with waiting(request):
            seen.append(request.app.state.activity.running)
        seen.append(request.app.state.activity.running)

    async with client_of(app_with(stage, Health(Service.INTAKE), router)) as client:
        await client.get("/wait")
    assert seen == [1, 0, 1]


async def test_a_request_continues_its_callers_trace_inside(stage):
    router = APIRouter()

    @router.get("/trace", dependencies=[public("for the test")])
    async def trace() -> dict[str, str]:
        current = tracing.current()
        assert current is not None
        return {"trace": current.trace_id, "correlation": current.correlation_id}

    headers = {
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "X-Correlation-ID": "3f2a8f34-5f0e-4c1b-9d55-12345a12345b",
    }
    async with client_of(app_with(stage, Health(Service.INTAKE), router)) as client:
        answer = await client.get("/trace", headers=headers)
    expected = {"trace": "4bf92f3577b34da6a3ce929d0e0e4736", "correlation": "3f2a8f34-5f0e-4c1b-9d55-12345a12345b"}
    assert (expected, expected["correlation"]) == (answer.json(), answer.headers["x-correlation-id"])
    assert tracing.current() is None


async def test_metrics_count_requests_by_route_and_never_show_a_path(stage):
    await stage.client.post(f"/messages/{PHONE}", json={"text": "a"}, headers=stage.bearer(Role.AGENT))
    await stage.client.get(f"/{PHONE}")
    await stage.client.request(PHONE, "/open")
    exposed = (await stage.client.get("/metrics")).text
    assert 'route="/messages/{number}",service="intake",status="200"} 1.0' in exposed
    assert 'route="unmatched",service="intake",status="404"} 1.0' in exposed
    assert 'method="OTHER"' in exposed
    assert PHONE not in exposed


async def test_every_answer_is_protected_and_only_assets_are_kept_by_the_browser(stage):
    page, asset = await stage.client.get("/login"), await stage.client.get("/static/page.css")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert (page.headers["cache-control"], asset.headers["cache-control"]) == ("no-store", "public, max-age=86400")


def named(service: Service, path: str, method: str = "GET") -> APIRouter:
    router = APIRouter()

    @router.api_route(path, methods=[method], dependencies=[public("for the test")])
    async def route() -> str:
        return str(service)

    return router


async def test_services_side_by_side_each_answer_for_their_own_paths(stage):
    collectors = stage.metrics.collectors
    apps = [
        app_with(
            stage,
            Health(service, {"store": check}),
            named(service, f"/{service}"),
            named(service, "/shared", method),
            service=service,
            metrics=Metrics(service, collectors),
        )
        for service, check, method in ((Service.INTAKE, yes, "GET"), (Service.REVISIT, no, "POST"))
    ]
    async with client_of(SideBySide(apps)) as client:
        assert (await client.get("/intake")).json() == "intake"
        assert (await client.get("/revisit")).json() == "revisit"
        assert ((await client.get("/shared")).json(), (await client.post("/shared")).json()) == ("intake", "revisit")
        assert (await client.delete("/shared")).status_code == 405
        assert (await client.get("/nobody")).status_code == 404
        ready = await client.get("/readyz")
        exposed = (await client.get("/metrics")).text
    assert (ready.status_code, [s["service"] for s in ready.json()["services"]]) == (503, ["intake", "revisit"])
    assert 'route="/revisit",service="revisit"' in exposed


async def test_the_lives_of_all_services_begin_and_end_with_the_process(stage):
    lived: list[str] = []

    def life(name: str):
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            lived.append(f"{name} begins")
            yield
            lived.append(f"{name} ends")

        return lifespan

    apps = [app_with(stage, Health(Service.INTAKE), lifespan=life(name)) for name in ("a", "b")]
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    for kind in ("lifespan.startup", "lifespan.shutdown"):
        inbox.put_nowait({"type": kind})
    sent: list[str] = []

    async def send(message) -> None:
        sent.append(message["type"])

    await SideBySide(apps)({"type": "lifespan"}, inbox.get, send)
    assert lived == ["a begins", "b begins", "b ends", "a ends"]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
