"""One member unit: what it holds, what is late, and whether it fetches its messages."""

from monitoring.dashboards.board import Board, Kind, Panel

_STATES = (
    ("open", "在办期限 Open deadlines", None),
    ("overdue", "超期 Overdue", 1),
    ("urged", "催办中 Urged", 1),
    ("supervised", "督办中 Supervised", 1),
)
_NUMBER: Kind = "number"

BOARD = Board(
    "hotline-department",
    "12345 单位看板 One department",
    [
        (
            "$unit",
            [
                Panel(
                    title,
                    [("", f'max(hotline_unit_deadlines{{unit="$unit",state="{state}"}})')],
                    kind=_NUMBER,
                    width=6,
                    red_from=red,
                )
                for state, title, red in _STATES
            ],
        ),
        (
            "走势 Course",
            [
                Panel(
                    "期限 Deadlines",
                    [("{{state}}", 'max by (state) (hotline_unit_deadlines{unit="$unit"})')],
                ),
                Panel(
                    "与全市平均比 Overdue against the average of all units",
                    [
                        ("$unit", 'max(hotline_unit_deadlines{unit="$unit",state="overdue"})'),
                        ("平均 average", 'avg(max by (unit) (hotline_unit_deadlines{state="overdue"}))'),
                    ],
                ),
                Panel(
                    "队列中待取 Waiting in the unit's queue",
                    [("", 'max(rabbitmq_detailed_queue_messages_ready{queue="assignments.$unit"})')],
                ),
                Panel(
                    "单位程序连接数 The unit's connected programs",
                    [("", 'max(rabbitmq_detailed_queue_consumers{queue="assignments.$unit"})')],
                ),
            ],
        ),
    ],
    chooser=("unit", "单位 Unit", "label_values(hotline_unit_deadlines, unit)"),
    since="now-7d",
)
