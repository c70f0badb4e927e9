"""The broker's metrics that rules and dashboards read are asked of a real node."""

import re
import time

import httpx
import yaml

from chassis.testing.rabbitmq_node import RabbitNode
from monitoring.exporters import RABBITMQ

from .conftest import PROMETHEUS


def exposed(url: str, params: dict[str, list[str]] | None = None) -> set[str]:
    return set(re.findall(r"^(rabbitmq_\w+)", httpx.get(url, params=params, timeout=30).text, re.M))


def test_a_real_node_gives_every_broker_metric_under_the_addresses_that_prometheus_asks(
    private_rabbitmq: RabbitNode,
) -> None:
    vhost = private_rabbitmq.add_vhost()
    private_rabbitmq.api("PUT", f"/queues/{vhost}/emergency.119", {"durable": True, "arguments": {}})
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    asked = [job for job in config["scrape_configs"] if job["job_name"].startswith("rabbitmq")]
    root = private_rabbitmq.metrics_url.removesuffix("/metrics")
    missing = set(RABBITMQ)
    for _ in range(60):
        found: set[str] = set()
        for job in asked:
            found |= exposed(f"{root}{job.get('metrics_path', '/metrics')}", job.get("params"))
        missing = set(RABBITMQ) - found
        if not missing:
            break
        time.sleep(0.5)
    private_rabbitmq.delete_vhost(vhost)
    assert set() == missing
