"""How many events a service has emitted per subject, so that a journal can be checked for lost last events too."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query

from chassis.auth import Principal, allow
from chassis.documents import Documents
from contracts.words import Role, Service

PAGE = 2_000

Auditor = Annotated[Principal, allow(Role.OPERATOR, Role.AUDITOR)]


def router(service: Service, documents: Sequence[Documents]) -> APIRouter:
    """``/heads/<service>``: subject and the last sequence this service gave it, page by page."""
    routes = APIRouter(tags=["reconciliation"])

    @routes.get(f"/heads/{service}")
    async def heads(_: Auditor, after: str = Query("", max_length=128)) -> dict[str, Any]:
        """The last sequence per subject; ``next`` is the cursor of the next page."""
        items: list[dict[str, Any]] = []
        for held in documents:
            rows = await held.store.find(
                held.collection, {"_id": {"$gt": after}}, fields={"own": 1}, sort=[("_id", 1)], limit=PAGE
            )
            items += [{"subject": row["_id"], "last": row.get("own", 0)} for row in rows]
        items = sorted(items, key=lambda item: item["subject"])[:PAGE]
        return {"items": items, "next": items[-1]["subject"] if len(items) == PAGE else None}

    return routes
