"""The dispatch catalogue as files: the one in force, and the one that the draft makes of it."""

from dispatcher import shipped_tables
from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.catalogue_draft import Draft, next_version
from dispatcher.domain.catalogue_text import rewritten
from dispatcher.ports import Standing
from dispatcher.use_cases.edit_tables import CATALOGUE

SHIPPED = "dispatch_catalog.toml"


def text_in_force(standing: Standing) -> str:
    """The file of the version in force."""
    version = standing.tables().catalogue.version
    texts: dict[str, str] = {row["body"]["version"]: row["body"]["text"] for row in standing.versions(CATALOGUE)}
    return texts.get(version) or shipped_tables.text_of(SHIPPED)


def versions_used(standing: Standing) -> set[str]:
    """Versions that no new catalogue may have."""
    return {row["body"]["version"] for row in standing.versions(CATALOGUE)} | {standing.tables().catalogue.version}


def draft_text(standing: Standing, draft: Draft) -> str:
    """The draft as a file, with a version that was never used."""
    fresh = Catalogue(next_version(draft.base.version, versions_used(standing)), draft.rows)
    return rewritten(text_in_force(standing), draft.base, fresh, standing.tables().directory)
