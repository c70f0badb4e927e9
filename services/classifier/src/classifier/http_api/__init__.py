"""The classifier's HTTP doors: triage desk, emergencies, the lines' lists, guidance sign-offs, previews."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from chassis.documents import Documents
from classifier.http_api import classification, emergencies, guidance, lines, triage
from classifier.ports import Desks, LineFeed, Opinions, SignOffs


def router(
    documents: Documents,
    desks: Desks,
    feed: LineFeed,
    sign_offs: SignOffs,
    opinions: Opinions,
    real_now: Callable[[], datetime],
) -> APIRouter:
    """All doors. ``real_now`` is infrastructure time, for leases."""
    whole = APIRouter()
    whole.include_router(triage.router(documents, desks, opinions, real_now))
    whole.include_router(emergencies.router(documents, desks))
    whole.include_router(lines.router(documents, desks, feed))
    whole.include_router(guidance.router(documents, sign_offs))
    whole.include_router(classification.router(desks, opinions))
    return whole
