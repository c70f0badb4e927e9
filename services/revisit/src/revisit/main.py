"""Composition root of the revisit service."""

from chassis.documents import Documents, in_no_hurry
from chassis.runtime import Built, Runtime
from revisit import pages
from revisit.consumers import consumers
from revisit.domain.reactions import RevisitRules
from revisit.http_api import router
from revisit.store import COLLECTION, VISIT_INDEXES, StoredVisits


def build(runtime: Runtime) -> Built:
    """Put the service together on ``runtime``."""
    documents = Documents(
        runtime.store,
        COLLECTION,
        RevisitRules(),
        bus=runtime.bus,
        clock=runtime.clock,
        metrics=runtime.metrics,
        activity=runtime.activity,
        presence=runtime.presence,
        patient=in_no_hurry,
    )
    visits = StoredVisits(documents)
    return Built(
        documents=(documents,),
        consumers=consumers(documents.take),
        routers=(router(documents, visits), pages.router(documents, visits, runtime.ids)),
        indexes=VISIT_INDEXES,
        templates=(pages.TEMPLATES,),
        catalogues=(pages.CATALOGUE,),
    )


def main() -> None:
    """Serve until told to stop."""
    from chassis.run import serve
    from contracts.words import Service

    serve(Service.REVISIT, build)


if __name__ == "__main__":
    main()
