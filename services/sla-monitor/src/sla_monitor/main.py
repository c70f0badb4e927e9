"""The monitor's composition root."""

from chassis.documents import Documents
from chassis.run import serve
from chassis.runtime import Built, Runtime
from contracts.words import Service
from sla_monitor.consumers import consumers
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.http_api import router
from sla_monitor.rules import MonitorRules
from sla_monitor.store import CASES, INDEXES, StoredBoard


def build(runtime: Runtime) -> Built:
    """Put the monitor together."""
    rules = MonitorRules(shipped_policies(), shipped_calendar(runtime.settings.jurisdiction))
    documents = Documents(
        runtime.store,
        CASES,
        rules,
        bus=runtime.bus,
        clock=runtime.clock,
        metrics=runtime.metrics,
        activity=runtime.activity,
        owner=runtime.owner,
    )
    return Built(
        documents=(documents,),
        consumers=consumers(documents.take),
        routers=(router(documents, StoredBoard(documents), rules),),
        indexes=INDEXES,
    )


def main() -> None:
    """Run the monitor as a process of its own."""
    serve(Service.SLA_MONITOR, build)


if __name__ == "__main__":
    main()
