"""Page words in Chinese and English, read from TOML files: ``t("desk.duty")``."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class CatalogueError(ValueError):
    """A catalogue file is wrong; the text names the file and the key."""


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            words |= _flat(value, key + ".")
        elif isinstance(value, str):
            words[key] = value
        else:
            raise CatalogueError(f"{key} is not text")
    return words


def read(path: Path) -> dict[str, str]:
    """One file as dotted keys. Raises ``CatalogueError``."""
    try:
        return _flat(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: {error}") from None
    except CatalogueError as error:
        raise CatalogueError(f"{path.name}: {error}") from None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All words of all pages, per language."""

    words: Mapping[Language, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, folders: Iterable[Path]) -> "Catalogue":
        """Read ``zh.toml`` and ``en.toml`` of each folder; later folders win.

        Raises ``CatalogueError`` when a key is in one language only.
        """
        words: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for folder in folders:
            for language in LANGUAGES:
                words[language] |= read(folder / f"{language}.toml")
        lonely = words["zh"].keys() ^ words["en"].keys()
        if lonely:
            raise CatalogueError("in one language only: " + ", ".join(sorted(lonely)))
        return cls(words)

    def text(self, language: Language, key: str, **values: object) -> str:
        """The words of ``key`` with ``{name}`` filled in; a key that nobody wrote shows as its last part."""
        found = self.words[language].get(key)
        if found is None:
            return key.rpartition(".")[2]
        return found.format(**values) if values else found
