"""The monitor's composition root."""

from chassis.documents import Documents, in_no_hurry
from chassis.run import serve
from chassis.runtime import Built, Runtime
from contracts.words import Service
from sla_monitor import accountability_api, http_api, pages, tables_api
from sla_monitor.board_feed import BoardFeed
from sla_monitor.consumers import consumers
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.deadline_metrics import ended_deadlines, open_deadlines
from sla_monitor.domain.tables_in_force import Tables
from sla_monitor.rules import MonitorRules, TableRules
from sla_monitor.store import CASES, INDEXES, TABLES, StoredBoard
from sla_monitor.sweeper import Sweeper
from sla_monitor.table_watch import TableWatch
from sla_monitor.use_cases.read_tables import TableReader


def build(runtime: Runtime) -> Built:
    """Put the monitor together."""
    place = runtime.settings.jurisdiction
    shipped = Tables(shipped_calendar(place), shipped_policies())
    rules = MonitorRules(shipped)

    def documents(name: str, under: MonitorRules | TableRules) -> Documents:
        return Documents(
            runtime.store,
            name,
            under,
            bus=runtime.bus,
            clock=runtime.clock,
            metrics=runtime.metrics,
            activity=runtime.activity,
            presence=runtime.presence,
            published=ended_deadlines(runtime.metrics),
            patient=in_no_hurry,
        )

    cases, tables = documents(CASES, rules), documents(TABLES, TableRules())
    reader = TableReader(shipped, place)
    watch = TableWatch(tables, reader, rules, runtime.clock, runtime.metrics)
    sweeper = Sweeper(runtime.store, cases, tables, reader, watch, runtime.activity, runtime.presence)
    board = StoredBoard(cases)
    feed = BoardFeed(board)
    counting = () if runtime.virtual_time else (open_deadlines(board, runtime.metrics),)
    return Built(
        documents=(cases, tables),
        consumers=consumers(cases.take),
        routers=(
            http_api.router(cases, board, rules),
            tables_api.router(tables, reader, watch, sweeper, rules, place),
            accountability_api.router(cases, board, rules),
            pages.router(cases, board, feed, rules, runtime.ids),
        ),
        indexes=INDEXES,
        parts=(watch, sweeper, feed, *counting),
        templates=(pages.TEMPLATES,),
        catalogues=(pages.CATALOGUE,),
        larger_bodies=(tables_api.LARGER,),
        uncounted=(pages.EVENTS,),
    )


def main() -> None:
    """Run the monitor as a process of its own."""
    serve(Service.SLA_MONITOR, build)


if __name__ == "__main__":
    main()
