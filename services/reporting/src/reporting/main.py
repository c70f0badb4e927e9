"""Composition root of the reporting service."""

from chassis.bus import Delivery
from chassis.clock import infrastructure_now
from chassis.documents import Documents
from chassis.runtime import Built, Runtime
from reporting import pages
from reporting.chain_watch import chain_watch
from reporting.consumers import consumers
from reporting.domain.publications import PublicationRules
from reporting.http_api import router
from reporting.store import (
    PUBLICATIONS,
    REHEARSAL_FOLD_SECONDS,
    REPORTING_INDEXES,
    StoredDays,
    StoredJournal,
    StoredPublications,
    folder,
)
from reporting.use_cases.record_fact import record_fact


def build(runtime: Runtime) -> Built:
    """Put the service together on ``runtime``."""
    journal = StoredJournal(runtime.store, runtime.activity)
    days = StoredDays(runtime.store)
    # Virtual days pass in seconds: there the counters need not follow each of them.
    folding = folder(runtime.store, runtime.presence, *((REHEARSAL_FOLD_SECONDS,) if runtime.virtual_time else ()))
    watches = () if runtime.virtual_time else (chain_watch(journal, runtime.metrics),)
    publications = Documents(
        runtime.store,
        PUBLICATIONS,
        PublicationRules(),
        bus=runtime.bus,
        clock=runtime.clock,
        metrics=runtime.metrics,
        activity=runtime.activity,
        presence=runtime.presence,
    )

    listed = StoredPublications(publications)

    async def take(delivery: Delivery) -> None:
        await record_fact(journal, delivery.body, infrastructure_now())
        folding.nudge()

    return Built(
        documents=(publications,),
        consumers=consumers(take),
        routers=(router(journal, days, listed, runtime.metrics), pages.router(journal, days, listed)),
        templates=(pages.TEMPLATES,),
        catalogues=(pages.CATALOGUE,),
        indexes=REPORTING_INDEXES,
        parts=(folding, *watches),
    )


def main() -> None:
    """Serve until told to stop."""
    from chassis.run import serve
    from contracts.words import Service

    serve(Service.REPORTING, build)


if __name__ == "__main__":
    main()
