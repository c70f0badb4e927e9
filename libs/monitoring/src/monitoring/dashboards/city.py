"""What a leader and the duty desk see: is the city heard, in time, and is nothing lost."""

from monitoring.dashboards.board import Board, Panel
from monitoring.objectives import OBJECTIVES

_TARGETS = tuple(
    Panel(
        f"{one.slo} ≥ {one.target:.4g}",
        [("3 d", f'1 - hotline:slo_errors:ratio_rate3d{{slo="{one.slo}"}}')],
        unit="percentunit",
        kind="number",
        width=4,
        description=f"Not kept: {one.summary.lower()}.",
        red_below=one.target,
    )
    for one in OBJECTIVES
)

BOARD = Board(
    "hotline-city",
    "12345 全市总览 City overview",
    [
        (
            "此刻 Now",
            [
                Panel(
                    "今日受理 Appeals in 24 h",
                    [("", "sum(increase(hotline_appeals_registered_total[24h]))")],
                    kind="number",
                    width=4,
                ),
                Panel(
                    "未确认紧急 Emergencies not taken",
                    [("", "sum(max by (line) (hotline_emergencies_unacknowledged))")],
                    kind="number",
                    width=4,
                    red_from=1,
                ),
                Panel(
                    "超期事项 Overdue at units",
                    [("", 'sum(max by (unit) (hotline_unit_deadlines{state="overdue"}))')],
                    kind="number",
                    width=4,
                    red_from=1,
                ),
                Panel(
                    "编号缺口 Numbers missing",
                    [("", "sum(max by (area) (hotline_number_gaps))")],
                    kind="number",
                    width=4,
                    red_from=1,
                ),
                Panel(
                    "台账校验 Journal verifies",
                    [("", "min(hotline_journal_chain_ok)")],
                    kind="number",
                    width=4,
                    red_below=1,
                ),
                Panel(
                    "待人工处理消息 Parked messages",
                    [("", "sum(max by (service) (hotline_parked_messages))")],
                    kind="number",
                    width=4,
                    red_from=1,
                ),
            ],
        ),
        ("目标 Objectives, last 3 days", _TARGETS),
        (
            "流量与期限 Volume and deadlines",
            [
                Panel(
                    "每分钟受理,按渠道 Appeals a minute, by channel",
                    [
                        (
                            "{{channel}}",
                            "60 * sum by (channel) (rate(hotline_appeals_registered_total[$__rate_interval]))",
                        )
                    ],
                ),
                Panel(
                    "受理用时 Time to a number",
                    [
                        (
                            f"p{share}",
                            f"histogram_quantile(0.{share}, sum by (le) (rate(hotline_http_seconds_bucket"
                            '{service="intake",route="/appeals",method="POST"}[$__rate_interval])))',
                        )
                        for share in (50, 95, 99)
                    ],
                    unit="s",
                ),
                Panel(
                    "在办期限,按种类 Open deadlines, by kind",
                    [("{{kind}}", "max by (kind) (hotline_open_deadlines)")],
                ),
                Panel(
                    "每小时超期与按期 Missed and kept deadlines an hour",
                    [
                        ("超期 missed", "3600 * sum(rate(hotline_breaches_total[1h]))"),
                        ("按期 kept", "3600 * sum(rate(hotline_deadlines_met_total[1h]))"),
                    ],
                ),
                Panel(
                    "超期最多的单位 Units with most overdue",
                    [("{{unit}}", 'topk(10, max by (unit) (hotline_unit_deadlines{state="overdue"}))')],
                ),
                Panel(
                    "已公布的后续年份 Calendar years announced ahead",
                    [("", "max(hotline_calendar_years_ahead)")],
                    kind="number",
                    width=6,
                ),
            ],
        ),
    ],
    since="now-24h",
)
