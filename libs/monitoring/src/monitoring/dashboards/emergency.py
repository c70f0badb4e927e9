"""The emergency lane, from acceptance to the line's acknowledgement."""

from monitoring.dashboards.board import Board, Panel


def _quantiles(metric: str, labels: str, by: str = "le") -> list[tuple[str, str]]:
    legend = "{{line}} " if "line" in by else ""
    return [
        (
            f"{legend}p{share}",
            f"histogram_quantile(0.{share}, sum by ({by}) (rate({metric}_bucket{labels}[$__rate_interval])))",
        )
        for share in (50, 99)
    ]


BOARD = Board(
    "hotline-emergency",
    "12345 紧急通道 Emergency lane",
    [
        (
            "此刻 Now",
            [
                Panel(
                    "未确认 Not taken, by line",
                    [("{{line}}", "max by (line) (hotline_emergencies_unacknowledged)")],
                    kind="number",
                    red_from=1,
                ),
                Panel(
                    "紧急发件箱最久等待 Oldest in the emergency outbox",
                    [("{{service}}", 'max by (service) (hotline_outbox_age_seconds{lane="emergency"})')],
                    unit="s",
                    kind="number",
                    red_from=10,
                ),
            ],
        ),
        (
            "移交 Hand-over",
            [
                Panel(
                    "受理到专线队列 From acceptance to the line's queue",
                    _quantiles("hotline_emergency_handover_seconds", "", "line, le"),
                    unit="s",
                ),
                Panel(
                    "每小时移交 Hand-overs an hour",
                    [("{{line}}", "3600 * sum by (line) (rate(hotline_emergency_handover_seconds_count[1h]))")],
                ),
                Panel(
                    "保存到送达 From save to delivery, emergency lane",
                    _quantiles("hotline_delivery_seconds", '{lane="emergency"}'),
                    unit="s",
                ),
                Panel(
                    "疑似紧急受理 Suspects registered a minute",
                    [
                        (
                            "{{channel}}",
                            "60 * sum by (channel) (rate(hotline_appeals_registered_total"
                            '{lane="emergency"}[$__rate_interval]))',
                        )
                    ],
                ),
            ],
        ),
        (
            "队列 Queues",
            [
                Panel(
                    "专线队列积压 Waiting in the lines' queues",
                    [
                        (
                            "{{queue}}",
                            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"emergency[.].+"})',
                        )
                    ],
                ),
                Panel(
                    "专线与紧急队列消费者 Consumers of the emergency queues",
                    [
                        (
                            "{{queue}}",
                            "max by (queue) "
                            '(rabbitmq_detailed_queue_consumers{queue=~"emergency[.].+|.+[.]facts[.]emergency"})',
                        )
                    ],
                ),
                Panel(
                    "紧急消息处理结果 Results on the emergency lane",
                    [
                        (
                            "{{service}} {{result}}",
                            "sum by (service, result) (rate(hotline_handled_total"
                            '{queue=~".+[.]facts[.]emergency|emergency[.].+"}[$__rate_interval]))',
                        )
                    ],
                    unit="ops",
                ),
                Panel(
                    "发布失败 Failed publishes",
                    [
                        (
                            "{{service}} {{reason}}",
                            "sum by (service, reason) (rate(hotline_publish_failures_total"
                            '{lane="emergency"}[$__rate_interval]))',
                        )
                    ],
                    unit="ops",
                ),
            ],
        ),
    ],
    since="now-3h",
)
