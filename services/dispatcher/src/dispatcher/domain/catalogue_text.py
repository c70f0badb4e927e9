"""Writes a changed dispatch catalogue into the file it came from: what nobody changed keeps its lines and comments."""

import json
import re
from dataclasses import asdict
from datetime import date

from contracts.table_text import BadTable
from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.catalogue_table import read_catalogue
from dispatcher.domain.member_unit import Directory

_HEAD = re.compile(r"\s*\[\[\s*row\s*\]\]")
_KEY = re.compile(r"\s*(\w+)\s*=")
_VERSION = re.compile(r"^\s*version\s*=.*$", re.MULTILINE)


def rewritten(text: str, old: Catalogue, fresh: Catalogue, directory: Directory) -> str:
    """The file ``text``, in which ``old`` was read, with the rows and the version of ``fresh``."""
    head, blocks = _blocks(text)
    known = {row.id: (row, block) for row, block in zip(old.rows, blocks, strict=False)}
    parts = [_VERSION.sub(lambda _: f"version = {_value(fresh.version)}", head, count=1)]
    for row in fresh.rows:
        before, block = known.get(row.id, (None, ""))
        parts.append(written(row) if before is None else block if before == row else _changed(block, before, row))
    made = "\n\n".join(part.strip("\n") for part in parts) + "\n"
    try:
        if read_catalogue(made, directory) == fresh:
            return made
    except BadTable:
        pass  # A file that is written in an unusual way, or a row that is no longer good: the reader names the row.
    return "\n\n".join([f"version = {_value(fresh.version)}", *map(written, fresh.rows)]) + "\n"


def written(row: CatalogueRow) -> str:
    """One row as a file has it."""
    lines = [f"{name} = {_value(value)}" for name, value in asdict(row).items() if value is not None]
    return "\n".join(["[[row]]", *lines])


def _blocks(text: str) -> tuple[str, list[str]]:
    """What stands before the first row, and every row with what stands behind it."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if _HEAD.match(line):
            parts.append([])
        parts[-1].append(line)
    head, *rows = ("\n".join(part) for part in parts)
    return head, rows


def _changed(block: str, old: CatalogueRow, fresh: CatalogueRow) -> str:
    before, after = asdict(old), asdict(fresh)
    different = {name for name in before if before[name] != after[name]}
    lines = []
    for line in block.rstrip("\n").split("\n"):
        found = _KEY.match(line)
        if found is None or found[1] not in different:
            lines.append(line)
        elif after[found[1]] is not None:
            lines.append(f"{found[1]} = {_value(after[found[1]])}")
        if found is not None and found[1] == "valid_from" and old.valid_until is None and after["valid_until"]:
            lines.append(f"valid_until = {_value(after['valid_until'])}")
    return "\n".join(lines)


def _value(value: str | date) -> str:
    """As TOML; JSON's text is TOML's but for DEL."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
