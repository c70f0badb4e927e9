"""Services, queues, broker and store, for the operator."""

from monitoring.dashboards.board import Board, Panel

_SERVICES = (
    Panel(
        "就绪 Ready processes",
        [("{{service}}", "sum by (service) (hotline_ready)")],
        kind="number",
        width=12,
        red_below=1,
    ),
    Panel(
        "定时器滞后 Timer lag",
        [("{{service}}", "max by (service) (hotline_timer_lag_seconds)")],
        unit="s",
        kind="number",
        width=12,
        red_from=300,
    ),
    Panel(
        "请求 Requests a second",
        [("{{service}}", "sum by (service) (rate(hotline_http_requests_total[$__rate_interval]))")],
        unit="reqps",
    ),
    Panel(
        "服务端错误 Answers with 5xx",
        [
            (
                "{{service}} {{route}}",
                'sum by (service, route) (rate(hotline_http_requests_total{status=~"5.."}[$__rate_interval]))',
            )
        ],
        unit="reqps",
    ),
    Panel(
        "处理消息 Messages handled",
        [
            (
                "{{service}} {{result}}",
                "sum by (service, result) (rate(hotline_handled_total[$__rate_interval]))",
            )
        ],
        unit="ops",
    ),
    Panel(
        "处理用时 p95 Handling time p95",
        [
            (
                "{{service}}",
                "histogram_quantile(0.95, sum by (service, le) (rate(hotline_handling_seconds_bucket"
                "[$__rate_interval])))",
            )
        ],
        unit="s",
    ),
    Panel(
        "发件箱最久等待 Oldest in the outboxes",
        [("{{service}} {{lane}}", "max by (service, lane) (hotline_outbox_age_seconds)")],
        unit="s",
    ),
    Panel(
        "保存到送达 p99 From save to delivery p99",
        [
            (
                "{{service}} {{exchange}}",
                "histogram_quantile(0.99, sum by (service, exchange, le) (rate(hotline_delivery_seconds_bucket"
                "[$__rate_interval])))",
            )
        ],
        unit="s",
    ),
    Panel(
        "待人工与被拒 Parked and refused messages",
        [
            ("{{service}} parked", "max by (service) (hotline_parked_messages)"),
            ("{{service}} refused", "max by (service) (hotline_stuck_messages)"),
        ],
    ),
    Panel(
        "已发布 Messages published",
        [("{{service}} {{lane}}", "sum by (service, lane) (rate(hotline_published_total[$__rate_interval]))")],
        unit="ops",
    ),
)

_QUEUES = (
    Panel(
        "队列积压 Waiting, our queues",
        [
            (
                "{{queue}}",
                "max by (queue) (rabbitmq_detailed_queue_messages_ready"
                '{queue=~"(intake|classifier|dispatcher|sla-monitor|revisit|reporting)[.].+"})',
            )
        ],
    ),
    Panel(
        "重试中 Waiting in retry tiers",
        [("{{queue}}", 'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"retry[.].+"})')],
    ),
    Panel(
        "未确认 Unacknowledged",
        [("{{queue}}", 'topk(10, max by (queue) (rabbitmq_detailed_queue_messages_unacked{queue=~".+"}))')],
    ),
    Panel(
        "消费者 Consumers",
        [
            (
                "{{queue}}",
                "max by (queue) (rabbitmq_detailed_queue_consumers"
                '{queue=~"(intake|classifier|dispatcher|sla-monitor|revisit|reporting)[.].+"})',
            )
        ],
    ),
    Panel(
        "消息代理收发 Broker, received and returned",
        [
            ("received", "sum(rate(rabbitmq_global_messages_received_total[$__rate_interval]))"),
            ("returned", "sum(rate(rabbitmq_global_messages_unroutable_returned_total[$__rate_interval]))"),
        ],
        unit="ops",
    ),
    Panel(
        "代理内存与磁盘 Broker memory and free disk",
        [
            ("memory {{instance}}", "rabbitmq_process_resident_memory_bytes"),
            ("free disk {{instance}}", "rabbitmq_disk_space_available_bytes"),
        ],
        unit="bytes",
    ),
    Panel("代理连接 Broker connections", [("{{instance}}", "rabbitmq_connections")]),
)

_STORE = (
    Panel(
        "数据库往返 Round trips",
        [
            (
                "{{service}} {{call}}",
                "sum by (service, call) (rate(hotline_store_round_trips_total[$__rate_interval]))",
            )
        ],
        unit="ops",
    ),
    Panel(
        "写入文档 Documents written",
        [("{{service}}", "sum by (service) (rate(hotline_store_writes_total[$__rate_interval]))")],
        unit="ops",
    ),
    Panel(
        "过时保存 Stale saves",
        [("{{service}}", "sum by (service) (rate(hotline_stale_saves_total[$__rate_interval]))")],
        unit="ops",
        description="Two processes changed one document; the later one decided again.",
    ),
    Panel(
        "文档大小 p99 Size of documents p99",
        [
            (
                "{{service}}",
                "histogram_quantile(0.99, sum by (service, le) (rate(hotline_document_bytes_bucket"
                "[$__rate_interval])))",
            )
        ],
        unit="bytes",
    ),
    Panel(
        "MongoDB 操作 Operations",
        [("{{legacy_op_type}}", "sum by (legacy_op_type) (rate(mongodb_ss_opcounters[$__rate_interval]))")],
        unit="ops",
    ),
    Panel(
        "MongoDB 连接 Connections",
        [("{{conn_type}}", 'max by (conn_type) (mongodb_ss_connections{conn_type=~"current|available"})')],
    ),
    Panel("MongoDB 成员状态 Member states", [("{{member_idx}}", "max by (member_idx) (mongodb_rs_members_state)")]),
    Panel("MongoDB 内存 Resident memory", [("{{instance}}", "mongodb_ss_mem_resident * 1048576")], unit="bytes"),
)

BOARD = Board(
    "hotline-services",
    "12345 服务与队列 Services and queues",
    [
        ("服务 Services", _SERVICES),
        ("队列 Queues (rabbitmq_prometheus)", _QUEUES),
        ("存储 Store (percona/mongodb_exporter)", _STORE),
    ],
    since="now-3h",
)
