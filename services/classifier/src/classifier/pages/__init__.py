"""The classifier's two desks as pages: triage with one-key decisions, and the emergency board."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter

from chassis.documents import Documents
from chassis.ids import Ids
from chassis.pages.shell import PageShell
from classifier.pages import emergency_board, triage_desk
from classifier.ports import Desks, Opinions

_PACKAGE = Path(__file__).parent.parent
TEMPLATES = _PACKAGE / "templates"
CATALOGUE = _PACKAGE / "page_words"
"""Folders that the page shell reads beside its own."""


def router(
    documents: Documents, desks: Desks, opinions: Opinions, ids: Ids, real_now: Callable[[], datetime]
) -> APIRouter:
    """Both desks. ``real_now`` is infrastructure time, for claims."""
    shell = PageShell(documents.now, (TEMPLATES,), (CATALOGUE,))
    pages = APIRouter(include_in_schema=False)
    pages.include_router(triage_desk.router(shell, documents, desks, opinions, ids, real_now))
    pages.include_router(emergency_board.router(shell, documents, desks, ids))
    return pages
