"""A TOML table as people write it: parsed, with the line of every key, so that an error can say where to look."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

_HEAD = re.compile(r"^\s*(\[\[|\[)\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")
_AT = re.compile(r"at line (\d+)")

T = TypeVar("T")


class BadTable(ValueError):
    """A table that is refused: ``line`` (1-based, 0 where the file lacks something) and ``reason``."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


class Row:
    """One table of the file. Every key must be taken; what is left over is an error (a typo would be ignored else)."""

    def __init__(self, values: Mapping[str, Any], line: int, lines: Mapping[str, int]) -> None:
        self._values = dict(values)
        self._line = line
        self._lines = lines

    def line(self, key: str = "") -> int:
        """The line of ``key``, or of the table's head."""
        return self._lines.get(key, self._line)

    def has(self, key: str) -> bool:
        """Whether the key is there and not taken yet."""
        return key in self._values

    def take(self, key: str, kind: type[T]) -> T:
        """The value of a key that must be there."""
        if key not in self._values:
            raise BadTable(self._line, f"{key} is missing")
        return self._typed(key, self._values.pop(key), kind)

    def refuse(self, key: str, reason: str) -> BadTable:
        """An error at the line of ``key``."""
        return BadTable(self.line(key), f"{key}: {reason}")

    def done(self) -> None:
        """Refuse what nobody took."""
        for key in self._values:
            raise BadTable(self.line(key), f"{key} is not a known key")

    def _typed(self, key: str, value: object, kind: type[T]) -> T:
        # bool is an int in Python, and a datetime is a date: a table means exactly what it says.
        if type(value) is not kind:
            raise BadTable(self.line(key), f"{key} must be {_NAMES.get(kind, kind.__name__)}")
        return value


_NAMES: Mapping[type[object], str] = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number with a decimal point",
    bool: "true or false",
    list: "a list",
}


class TableText:
    """A parsed TOML file with one level of tables."""

    def __init__(self, text: str) -> None:
        try:
            self._data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT.search(str(error))
            reason = _AT.sub("", str(error)).replace("()", "").replace("(, ", "(").strip()
            # Without a line it ends too early.
            line = int(found[1]) if found else max(len(text.splitlines()), 1)
            raise BadTable(line, f"not TOML: {reason}") from None
        self._heads, self._lines = _locate(text)
        self._seen: set[str] = set()

    def top(self) -> Row:
        """The keys above the first table."""
        values = {key: value for key, value in self._data.items() if not self._is_table(key)}
        return Row(values, 1, self._lines.get(("", 0), {}))

    def row(self, name: str) -> Row:
        """The table ``[name]``."""
        self._seen.add(name)
        if (name, 0) not in self._heads or not isinstance(self._data.get(name), dict):
            raise BadTable(0, f"the table [{name}] is missing")
        return Row(self._data[name], self._heads[name, 0], self._lines.get((name, 0), {}))

    def rows(self, name: str) -> list[Row]:
        """Every table ``[[name]]``."""
        self._seen.add(name)
        found = self._data.get(name, [])
        if not isinstance(found, list):
            raise BadTable(self._heads.get((name, 0), 0), f"[{name}] must be written [[{name}]]")
        return [
            Row(values, self._heads.get((name, n), 0), self._lines.get((name, n), {})) for n, values in enumerate(found)
        ]

    def done(self) -> None:
        """Refuse tables that nobody asked for."""
        for name in self._data:
            if self._is_table(name) and name not in self._seen:
                raise BadTable(self._heads[name, 0], f"[{name}] is not a known table")

    def _is_table(self, key: str) -> bool:
        return (key, 0) in self._heads


def _locate(text: str) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], dict[str, int]]]:
    heads: dict[tuple[str, int], int] = {}
    lines: dict[tuple[str, int], dict[str, int]] = {}
    here = ("", 0)
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _HEAD.match(line):
            name = head[2]
            here = (name, sum(1 for seen, _ in heads if seen == name) if head[1] == "[[" else 0)
            heads[here] = number
        elif key := _KEY.match(line):
            lines.setdefault(here, {}).setdefault(key[1], number)
    return heads, lines
