"""From HTTP acceptance to the emergency line's queue, idle and in a storm, beside the bare broker's time for the hops.

Run ``python -m benchmarks.bench_lane [--tries 200] [--waiting 20000] [--arriving 60] [--json]`` with AMQP_URL and
MONGO_URL. Six processes; the line reads its own queue on the broker. In the storm so many ordinary registrations wait
for the classifier all the time, while more arrive at intake's door at a given rate. The bare hops (publish, consume,
publish, consume; durable quorum queues, confirmed) take turns with the emergencies on the same broker in the same
seconds.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from typing import Any

from benchmarks.lane_probe import LINE, Probe, Times, probing
from benchmarks.lane_storm import Backlog, Flood, Storm
from benchmarks.six_processes import SixProcesses, running, virtual_host
from contracts.words import Service

WARM_UP = 20
ARRIVING = 60.0
"""Ordinary appeals a second: more than two processors sustain (``bench_units``' spell: flat at 45, growing at 60)."""
AIM_MS = 250.0
AIM_ABOVE_IDLE_MS = 100.0


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of them do not exceed (nearest rank), in their unit."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def figures(times: Times) -> dict[str, float]:
    """p50, p99 and the largest of each column, in milliseconds."""
    columns = {"accepted": times.accepted, "sent": times.sent, "bare": times.bare}
    return {
        f"{name}_{word}_ms": round(percentile(values, share), 1)
        for name, values in columns.items()
        for word, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    }


async def run(platform: SixProcesses, tries: int, waiting: int, arriving: float) -> dict[str, Any]:
    """Both conditions, one after the other. Raises ``TimeoutError`` when an emergency is lost."""
    intake = platform.urls[Service.INTAKE]
    async with probing(platform.amqp_url, intake, platform.data) as probe:
        say(f"warming up with {WARM_UP} emergencies")
        await probe.measure(WARM_UP)
        say(f"{tries} emergencies, idle")
        idle = figures(await probe.measure(tries))
        say(str(idle))
        storm = Storm(platform.amqp_url, intake, platform.data, waiting, arriving)
        return {"tries": tries, "idle": idle, **await _in_storm(probe, storm, tries)}


async def _in_storm(probe: Probe, storm: Storm, tries: int) -> dict[str, Any]:
    backlog = Backlog(storm.amqp_url)
    say(f"laying down {storm.waiting} ordinary appeals")
    with Flood(storm) as flood:
        began = time.monotonic()
        while await backlog.waiting() < 0.9 * storm.waiting:
            if time.monotonic() - began > 120:
                raise TimeoutError("the backlog does not come about")
            await asyncio.sleep(0.5)
        depths = [await backlog.waiting()]
        say(f"{tries} emergencies with {depths[0]} ordinary appeals waiting")
        times = Times()
        for _ in range(4):
            part = await probe.measure(-(-tries // 4))
            for name in ("accepted", "sent", "bare"):
                getattr(times, name).extend(getattr(part, name))
            depths.append(await backlog.waiting())
        rate = flood.rate()
    return {"storm": figures(times), "waiting_at_least": min(depths), "arriving_per_second": round(rate, 1)}


def judged(found: dict[str, Any]) -> dict[str, Any]:
    """With what was aimed at beside what was reached."""
    reached, idle = found["storm"]["accepted_p99_ms"], found["idle"]["accepted_p99_ms"]
    limit = min(AIM_MS, idle + AIM_ABOVE_IDLE_MS)
    return {**found, "line": LINE, "aim_p99_ms": round(limit, 1), "reached_aim": reached <= limit}


def show(found: dict[str, Any]) -> None:
    """As a table."""
    print(f"{'milliseconds':22}{'p50':>9}{'p99':>9}{'max':>9}")
    for when in ("idle", "storm"):
        for name, words in (("accepted", "acceptance to queue"), ("sent", "request to queue"), ("bare", "bare hops")):
            row = "".join(f"{found[when][f'{name}_{word}_ms']:9.1f}" for word in ("p50", "p99", "max"))
            print(f"{when:6}{words:20}{row}")
    print(
        f"{found['waiting_at_least']} or more ordinary appeals waited, {found['arriving_per_second']} arrived a second"
        f"; aim for p99: {found['aim_p99_ms']} ms, {'reached' if found['reached_aim'] else 'missed'}"
    )


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print. The exit code does not judge: a shared machine's figures are only indicative."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=200, help="emergencies in each condition (default 200)")
    parser.add_argument("--waiting", type=int, default=20_000, help="ordinary appeals that wait (default 20000)")
    parser.add_argument(
        "--arriving",
        type=float,
        default=ARRIVING,
        help="ordinary appeals a second over HTTP meanwhile (default 60); inf: 32 callers who never pause",
    )
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    amqp_url, mongo_url = os.environ.get("AMQP_URL"), os.environ.get("MONGO_URL")
    if not amqp_url or not mongo_url:
        parser.error("the lane needs AMQP_URL and MONGO_URL")
    own_queue = {"AMQP_LINES": json.dumps([LINE])}
    with virtual_host(amqp_url) as vhost, running(vhost, mongo_url, own_queue) as platform:
        found = judged(asyncio.run(run(platform, asked.tries, asked.waiting, asked.arriving)))
    if asked.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        show(found)


if __name__ == "__main__":
    main()
