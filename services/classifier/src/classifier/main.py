"""The classifier's composition root: the only place that knows concrete classes."""

import time

from chassis.clock import infrastructure_now
from chassis.documents import Documents
from chassis.run import serve
from chassis.runtime import Built, Runtime
from chassis.settings import load
from classifier import http_api, pages
from classifier.consumers import consumers
from classifier.handover_time import handover_time
from classifier.opinion_files import OpinionFiles
from classifier.opinions import OpinionsInForce, judge_by
from classifier.rules import ClassifierRules
from classifier.settings import ClassifierSettings
from classifier.shadow import Shadow
from classifier.store import ALL_INDEXES, APPEALS, StoredDesks, StoredLineFeed, StoredSignOffs
from classifier.use_cases.hear_line import HearLine
from classifier.use_cases.serve_line import ServeLine
from classifier.watch import Watch
from classifier.webhooks import SignedWebhooks
from contracts.topology import topology
from contracts.words import Service


def build(runtime: Runtime) -> Built:
    """Wire the service to its runtime."""
    given = runtime.settings
    settings = given if isinstance(given, ClassifierSettings) else load(ClassifierSettings, **given.model_dump())
    files = OpinionFiles(settings)
    tables, models, tried = files.load()
    rules = ClassifierRules(judge_by(tables, models))
    documents = Documents(
        runtime.store,
        APPEALS,
        rules,
        bus=runtime.bus,
        clock=runtime.clock,
        metrics=runtime.metrics,
        activity=runtime.activity,
        presence=runtime.presence,
        published=handover_time(runtime.clock, runtime.metrics),
    )
    opinions = OpinionsInForce(tables, models, rules, Shadow())
    opinions.swap(tables, models, tried)
    desks = StoredDesks(documents)
    feed = StoredLineFeed(runtime.store)
    sign_offs = StoredSignOffs(runtime.store, rules)
    webhooks = SignedWebhooks(settings.line_webhooks, time.time, settings.webhook_seconds)
    served = {line: ServeLine(line, feed, webhooks) for line in settings.served_lines}
    return Built(
        documents=[documents],
        consumers=consumers(documents, HearLine(documents, desks), served),
        routers=[
            http_api.router(documents, desks, feed, sign_offs, opinions, infrastructure_now),
            pages.router(documents, desks, opinions, runtime.ids, infrastructure_now),
        ],
        indexes=ALL_INDEXES,
        declares=topology(lines=settings.emergency_lines),
        parts=[Watch(sign_offs, desks, files, opinions, runtime.metrics, settings.emergency_lines), webhooks],
    )


def main() -> None:
    """Run the service as a process of its own."""
    serve(Service.CLASSIFIER, build)


if __name__ == "__main__":
    main()
