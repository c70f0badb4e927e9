"""An appeal is followed as one trace, from its caller's request through every service."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis import spans
from contracts.words import Role, Service
from hotline.embedded import embedded

from .conftest import ORDINARY, Door, eventually

CALLERS = tuple(f"00-{digit * 32}-{digit * 16}-01" for digit in "abcdef")


@pytest.fixture
async def traced(tmp_path: Path) -> AsyncIterator[tuple[Door, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    spans.install(SimpleSpanProcessor(exporter))
    try:
        async with embedded(tmp_path) as platform:
            made = Door(platform, tmp_path)
            yield made, exporter
            await made.http.aclose()
    finally:
        spans.install(None)


def service_of(span: Any) -> str:
    return str(span.resource.attributes["service.name"])


async def test_every_service_joins_the_callers_trace_and_appeals_side_by_side_are_not_mixed(
    traced: tuple[Door, InMemorySpanExporter],
) -> None:
    door, exporter = traced
    told = await asyncio.gather(*(door.register(f"{ORDINARY}({one[3]})", traceparent=one) for one in CALLERS))

    async def of_trace(parent: str) -> list[Any]:
        trace_id = int(parent.split("-")[1], 16)
        return [one for one in exporter.get_finished_spans() if one.context.trace_id == trace_id]

    expected = {str(service) for service in Service}

    async def everybody() -> bool:
        return all([expected <= {service_of(span) for span in await of_trace(parent)} for parent in CALLERS])

    await eventually(everybody, "spans of all six services in each trace")

    async def whole() -> bool:
        # A publish ends after the deliveries that it causes.
        for parent in CALLERS:
            found = await of_trace(parent)
            known = {span.context.span_id for span in found} | {int(parent.split("-")[2], 16)}
            if not {span.parent.span_id for span in found} <= known:
                return False
        return True

    await eventually(whole, "traces in which every parent is known")
    for parent in CALLERS:
        found = await of_trace(parent)
        assert ["POST /appeals"] == [span.name for span in found if span.kind.name == "SERVER"]

    # The facts themselves say it too, whoever saved them together with others.
    headers = door.headers(Role.AUDITOR)
    for parent, one in zip(CALLERS, told, strict=True):
        facts = (await door.http.get(f"/journal/{one['number']}", headers=headers)).json()["items"]
        assert {fact["source"] for fact in facts} >= {"intake", "classifier"}
        caused = [fact for fact in facts if not fact["type"].startswith(("deadline", "urge"))]
        assert {parent.split("-")[1]} == {fact["traceparent"].split("-")[1] for fact in caused}


async def test_with_spans_off_the_trace_id_still_travels_with_the_facts(door: Door) -> None:
    told = await asyncio.gather(*(door.register(f"{ORDINARY}({one[3]})", traceparent=one) for one in CALLERS))
    headers = door.headers(Role.AUDITOR)
    for parent, one in zip(CALLERS, told, strict=True):

        async def classified(number: str = one["number"]) -> Any:
            facts = (await door.http.get(f"/journal/{number}", headers=headers)).json().get("items", [])
            return {fact["source"] for fact in facts} >= {"intake", "classifier", "dispatcher"} and facts

        facts = await eventually(classified, "facts of three services")
        assert {parent.split("-")[1]} == {
            fact["traceparent"].split("-")[1] for fact in facts if not fact["type"].startswith(("deadline", "urge"))
        }
