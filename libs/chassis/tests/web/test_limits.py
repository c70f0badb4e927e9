"""Bodies have a size, and emergencies always find a place."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from chassis.limits import ATTACHMENT_LIMIT, JSON_LIMIT, BodyLimit, Capacity, LargerBody
from chassis.problems import Problem
from contracts.words import Lane


async def stream(size: int) -> AsyncIterator[bytes]:
    for _ in range(0, size, 65_536):
        yield b"x" * 65_536


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
async def test_a_body_is_refused_from_the_first_byte_above_the_limit(stage, extra, status):
    answer = await stage.client.post("/raw", content=b"x" * (JSON_LIMIT + extra))
    assert status == answer.status_code


async def test_a_stream_without_a_length_is_counted(stage):
    answer = await stage.client.post("/raw", content=stream(JSON_LIMIT + 65_536))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:hotline12345:problem:too-large")


async def test_a_declared_path_takes_attachments_up_to_their_own_limit(stage):
    fits = await stage.client.post("/attachments", content=b"x" * (JSON_LIMIT * 2))
    too_large = await stage.client.post("/attachments", headers={"Content-Length": str(ATTACHMENT_LIMIT + 1)})
    assert (fits.status_code, too_large.status_code) == (200, 413)


@pytest.mark.parametrize(
    ("path", "kind", "limit"),
    [
        ("/form", "multipart/form-data; boundary=x", 900_000),
        ("/form", "application/x-www-form-urlencoded", JSON_LIMIT),
        ("/form", "", JSON_LIMIT),
        ("/form/other", "multipart/form-data", JSON_LIMIT),
        ("/any", "text/plain", 500_000),
    ],
)
async def test_a_larger_body_may_be_for_one_kind_of_body_alone(path, kind, limit):
    larger = (LargerBody("/form", 900_000, "multipart/form-data"), LargerBody("/any", 500_000))
    app = Starlette(routes=[Route("/{rest:path}", lambda _: PlainTextResponse("fits"), methods=["POST"])])
    transport = httpx.ASGITransport(app=BodyLimit(app, larger=larger))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [
            await client.post(path, content=b"x" * size, headers={"Content-Type": kind}) for size in (limit, limit + 1)
        ]
    assert [200, 413] == [answer.status_code for answer in answers]


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "９"])
async def test_a_length_that_is_no_number_is_refused(stage, length):
    answer = await stage.client.post("/raw", headers={"Content-Length": length.encode()}, content=stream(1))
    assert answer.status_code == 400


async def test_ordinary_requests_leave_the_reserved_places_to_emergencies(stage):
    stage.capacity.take(Lane.ORDINARY)
    stage.capacity.take(Lane.ORDINARY)
    ordinary = await stage.client.get("/open")
    emergency = await stage.client.get("/lines/119")
    health = await stage.client.get("/livez")
    assert (
        ordinary.status_code,
        ordinary.headers["retry-after"],
        emergency.status_code,
        health.status_code,
    ) == (503, "1", 200, 200)
    # Refused before a route was chosen, and still counted against the door it was meant for.
    text = stage.app.state.metrics.collectors.text().decode()
    assert 'method="GET",route="/open",service="intake",status="503"} 1.0' in text
    stage.capacity.give_back()
    assert (await stage.client.get("/open")).status_code == 200


async def test_a_place_is_given_back_after_a_failure(stage):
    await asyncio.gather(*(stage.client.get("/fails") for _ in range(2)))
    assert stage.capacity.taken == 0


def test_a_door_that_learns_its_lane_from_the_body_holds_its_own_place():
    capacity = Capacity(ordinary=1, reserved=1)
    with capacity.place(Lane.ORDINARY):
        with pytest.raises(Problem) as full, capacity.place(Lane.ORDINARY):
            pass
        with capacity.place(Lane.EMERGENCY):
            assert capacity.taken == 2
    assert (full.value.status_code, capacity.taken) == (503, 0)
