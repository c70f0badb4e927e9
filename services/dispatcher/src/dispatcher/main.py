"""The composition root: the only place that knows which class stands behind which port."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.documents import Documents
from chassis.run import serve
from chassis.runtime import Built, Runtime
from chassis.settings import load
from contracts.decision import Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.topology import topology
from contracts.words import Lane, Service
from dispatcher import (
    catalogue_pages,
    draft_pages,
    http_api,
    knowledge_pages,
    pages,
    repeat_api,
    repeat_pages,
    replay_api,
    selected_pages,
    shipped_tables,
    tables_api,
    unit_api,
    unit_pages,
)
from dispatcher.consumers import consumers, waits
from dispatcher.domain.reactions import Reactions
from dispatcher.repeat_finder import REHEARSAL_SECONDS, RepeatFinder
from dispatcher.repeat_store import INDEXES as REPEAT_INDEXES
from dispatcher.repeat_store import StoredProposals, StoredTraces
from dispatcher.settings import DispatcherSettings
from dispatcher.shipped_tables import repeats
from dispatcher.store import INDEXES, ORDERS, STRAYS, SignOffs, StoredOrderNumbers
from dispatcher.unit_feed import INDEXES as FEED_INDEXES
from dispatcher.unit_feed import UnitFeed
from dispatcher.unit_files import StoredUnitFiles
from dispatcher.use_cases.link_orders import OrderLinks
from dispatcher.use_cases.note_trace import TraceWriter
from dispatcher.use_cases.obey_queue import QueueCommands
from dispatcher.use_cases.propose_repeats import RepeatSearch


class NoRules:
    """Commands that belong to no order cause nothing but their answer."""

    service = Service.DISPATCHER

    def react(self, facts: Sequence[Fact[Event]], now: Any) -> Reaction:
        """Nothing."""
        return Reaction()

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """Nothing."""
        return {}


def build(runtime: Runtime) -> Built:
    """The service on the given runtime."""
    given = runtime.settings
    settings = given if isinstance(given, DispatcherSettings) else load(DispatcherSettings, **given.model_dump())
    sign_offs = SignOffs(runtime.store, shipped_tables.directory_from(settings.units_file))
    alone = runtime.settings.embedded
    feed = UnitFeed(runtime.store, runtime.activity, *((math.inf,) if alone else ()))

    async def retry(subject: str) -> None:
        await links.retry(subject)
        await commands.retry(subject)

    def documents(name: str, rules: Reactions | NoRules, again: bool) -> Documents:
        return Documents(
            runtime.store,
            name,
            rules,
            bus=runtime.bus,
            clock=runtime.clock,
            metrics=runtime.metrics,
            activity=runtime.activity,
            presence=runtime.presence,
            retry=retry if again else None,
            patient=waits,
        )

    orders = documents(ORDERS, Reactions(sign_offs.tables), True)
    strays = documents(STRAYS, NoRules(), False)
    numbers = StoredOrderNumbers(orders)
    links = OrderLinks(orders)
    files = StoredUnitFiles(runtime.store, runtime.activity)
    commands = QueueCommands(orders, strays, numbers, sign_offs, files)
    weights = repeats()
    traces, proposals = StoredTraces(runtime.store, runtime.activity, weights), StoredProposals(runtime.store)
    search = RepeatSearch(traces, proposals, numbers, weights)
    directory = sign_offs.tables().directory
    # Without a broker no unit has a queue of its own: all read over HTTP.
    over_http = [unit.id for unit in directory.units.values() if runtime.settings.amqp_url is None or unit.over_http]
    return Built(
        documents=(orders, strays),
        consumers=consumers(orders, commands, links, TraceWriter(traces, weights), feed, files, over_http),
        routers=(
            unit_api.router(orders, numbers, sign_offs, feed, files),
            # On a connection of its own: a unit's replay slows nobody's ordinary messages.
            replay_api.router(orders, numbers, sign_offs, runtime.bus.publisher(Lane.ORDINARY), over_http),
            http_api.router(orders, numbers, sign_offs),
            tables_api.router(orders, numbers, sign_offs),
            knowledge_pages.router(orders, sign_offs),
            catalogue_pages.router(orders, numbers, sign_offs),
            draft_pages.router(orders, sign_offs),
            repeat_api.router(orders, numbers, sign_offs, numbers, proposals, search),
            selected_pages.router(orders, numbers, sign_offs, runtime.ids),
            pages.router(orders, numbers, sign_offs, runtime.ids),
            repeat_pages.router(orders, numbers, sign_offs, numbers, proposals, search, runtime.ids),
            unit_pages.router(orders, numbers, sign_offs, runtime.ids, files),
        ),
        indexes={**INDEXES, **FEED_INDEXES, **REPEAT_INDEXES},
        parts=(sign_offs, RepeatFinder(search, *((REHEARSAL_SECONDS,) if runtime.virtual_time else ()))),
        templates=(pages.TEMPLATES,),
        catalogues=(pages.CATALOGUE,),
        larger_bodies=(tables_api.LARGER,),
        watched_doors=unit_api.DOORS,
        declares=topology(tuple(directory.units)),
    )


def main() -> None:
    """``hotline-dispatcher``: run the service until told to stop."""
    serve(Service.DISPATCHER, build)


if __name__ == "__main__":
    main()
