"""No name stands in the contract that nobody sets: a running platform exposes it, or the test moving it is named."""

import re
from pathlib import Path

from contracts.metric_names import METRICS

from .conftest import EMERGENCY, ORDINARY, Door, eventually

ROOT = Path(__file__).parents[2]
MOVED_ELSEWHERE = {
    "hotline_breaches_total": "services/sla-monitor/tests/component/test_deadline_metrics.py",
    "hotline_deadlines_met_total": "services/sla-monitor/tests/component/test_deadline_metrics.py",
    "hotline_unit_deadlines": "services/sla-monitor/tests/component/test_deadline_metrics.py",
    "hotline_publish_failures_total": "libs/chassis/tests/store/test_what_goes_wrong_is_counted.py",
    "hotline_stale_saves_total": "libs/chassis/tests/store/test_what_goes_wrong_is_counted.py",
}
"""Things that do not happen on a quiet platform in a minute, and where they do."""


def exposed(text: str) -> set[str]:
    return {re.sub(r"_(bucket|sum|count|created)$", "", match) for match in re.findall(r"^(hotline_\w+)", text, re.M)}


async def test_a_running_platform_exposes_every_metric_of_the_contract(door: Door) -> None:
    await door.register(ORDINARY)
    await door.register(EMERGENCY)
    expected = {metric.name for metric in METRICS} - set(MOVED_ELSEWHERE)

    async def all_there() -> bool:
        return expected <= exposed(await door.metrics())

    try:
        await eventually(all_there, "every metric")
    finally:
        missing = expected - exposed(await door.metrics())
        assert missing == set()

    async def fresh() -> bool:
        text = await door.metrics()
        now = ('hotline_emergencies_unacknowledged{line="119"} 1.0', 'hotline_ready{service="classifier"} 1.0')
        return all(line in text for line in now)

    await eventually(fresh, "the open hand-over, and ready services, on the gauges")
    text = await door.metrics()
    assert 'hotline_appeals_registered_total{channel="phone",lane="emergency"} 1.0' in text
    assert 'hotline_number_gaps{area="410400"} 0.0' in text
    assert re.search(r'hotline_emergency_handover_seconds_count\{line="119"\} 1\.0', text)
    assert re.search(r'hotline_delivery_seconds_count\{exchange="facts",lane="ordinary",service="intake"\} [1-9]', text)
    assert re.search(r'hotline_http_seconds_count\{method="POST",route="/appeals",service="intake"\} 2\.0', text)


def test_what_is_moved_elsewhere_is_moved_there() -> None:
    for name, where in MOVED_ELSEWHERE.items():
        assert name in (ROOT / where).read_text(encoding="utf-8")
