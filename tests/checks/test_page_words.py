"""No page shows a key where words belong: every word that a template asks for is written, in both languages."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import chassis.pages.shell
from chassis.pages.catalogue import LANGUAGES, Catalogue

SHELL = Path(chassis.pages.shell.__file__).parent
SERVICES = ("intake", "classifier", "dispatcher", "revisit", "sla_monitor", "reporting")
WHOLE = re.compile(r"""\bt\(\s*"([A-Za-z0-9_.-]+)"\s*[,)]""")
BEGUN = re.compile(r"""\bt\(\s*"([A-Za-z0-9_.-]+\.)"\s*~""")


def folders(service: str) -> tuple[Path, Path]:
    """Templates and words of a service."""
    pages = import_module(f"{service}.pages")
    return pages.TEMPLATES, pages.CATALOGUE


@pytest.mark.parametrize("service", SERVICES)
def test_every_word_of_a_services_templates_is_in_its_catalogues(service: str) -> None:
    templates, own = folders(service)
    catalogue = Catalogue.load((SHELL / "i18n", SHELL / "topics", own))
    sources = [
        path.read_text("utf-8") for folder in (templates, SHELL / "templates") for path in folder.rglob("*.html")
    ]
    whole = {key for text in sources for key in WHOLE.findall(text)}
    begun = {key for text in sources for key in BEGUN.findall(text)}

    assert len(whole) > 20
    for language in LANGUAGES:
        known = catalogue.words[language]
        assert set() == whole - known.keys()
        assert set() == {start for start in begun if not any(key.startswith(start) for key in known)}


@pytest.mark.parametrize("service", SERVICES)
def test_no_word_of_the_chinese_catalogue_was_left_in_english(service: str) -> None:
    _, own = folders(service)
    for folder in (SHELL / "i18n", SHELL / "topics", own):
        words = Catalogue.load((folder,)).words["zh"]
        plain = {key for key, text in words.items() if not re.search(r"[一-鿿]", text)}
        assert plain <= {"media.application", "figures.of"}
