"""The embedded database reads a sorted page in its index's order and stops when the page is full (ADR 0011).

SecantusDB's Python server collects everything that a filter matches, decodes it, sorts it and only then looks at the
limit: a page of 50 costs as much as all rows of its list. Here a sorted ``find`` with a limit, whose filter pins an
index's first fields and perhaps bounds the next, walks that index from the bound on. Any other goes its old way, and so
does a page in which a value to sort by is an array.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from chassis.secantus_catalogue import known_version

Filter: TypeAlias = Mapping[str, Any]

ENTRIES = "table:secantus_index_entries"
CHUNK = 64
"""Documents fetched at once while rows are looked for that match."""

ALIKE = (str, bool, int, datetime)
"""Kinds of value whose equality in the filter is equality in the index."""

BOUNDS = {"$gt", "$gte", "$lt", "$lte"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of one index, as its entries' bytes. ``arrays``: where rows stand whose value to sort by is an array."""

    index: str
    arrays: bytes
    prefix: bytes
    start: bytes
    end: bytes | None
    with_end: bool


def read_pages_in_order(storage: type[Any]) -> bool:
    """Teach the server's storage class to stop at the limit; False when its version is not the known one."""
    if not known_version():
        return False
    everything = storage.find_matching

    def find(
        self: Any, db: str, coll: str, filter: Filter | None = None, *, skip: int = 0, limit: int = 0, **more: Any
    ) -> list[dict[str, Any]]:
        sort, projection = more.get("sort"), more.get("projection")
        # ``let`` holds at least the server's time; only expressions read it, and those are not read here.
        others = (value for name, value in more.items() if name not in {"sort", "projection", "let"})
        if limit > 0 and sort and filter and not any(others) and _plain(projection):
            with self._lock:
                stretch = stretch_of(self._iter_indexes(db, coll), filter, sort)
                page = None if stretch is None else _page(self, db, coll, stretch, filter, sort, skip + limit)
            if page is not None:
                return _projected(page[skip:], projection, filter)
        found: list[dict[str, Any]] = everything(self, db, coll, filter, skip=skip, limit=limit, **more)
        return found

    storage.find_matching = find
    return True


def stretch_of(
    indexes: Iterator[tuple[str, dict[str, Any], dict[str, Any]]], filter: Filter, sort: Filter
) -> Stretch | None:
    """Where the rows that match lie side by side in the order of ``sort``, ascending; None where no index has them so.

    ``indexes`` are (name, field to direction, options).
    """
    pinned = {field: value for field, value in filter.items() if isinstance(value, ALIKE)}
    bounded = [field for field in filter if field not in pinned]
    wanted = list(sort)
    order = [field for field in wanted if field not in pinned]
    if not order or wanted[-len(order) :] != order or wanted[1:] not in ([], ["_id"]):
        return None
    if any(type(way) is not int or way != 1 for way in sort.values()):
        return None
    if bounded and (bounded != order[:1] or not _bounds(filter[bounded[0]])):
        return None
    first = [field for field in pinned if field not in sort]
    for name, key, options in indexes:
        fields = list(key)
        if set(fields[: len(first)]) != set(first) or fields[len(first) :][: len(wanted)] != wanted:
            continue
        if any(way != 1 for way in key.values()) or options.get("partialFilterExpression") or options.get("collation"):
            continue
        if options.get("sparse") and not (bounded or pinned):
            continue
        values = [pinned[field] for field in fields[: len(pinned)]]
        return _stretch(name, values, len(first), filter.get(order[0]))
    return None


def _bounds(asked: Any) -> bool:
    return (
        isinstance(asked, Mapping)
        and bool(asked)
        and set(asked) <= BOUNDS
        and all(isinstance(value, str | datetime) for value in asked.values())
    )


def _stretch(index: str, pinned: list[Any], unsorted: int, bounds: Any) -> Stretch:
    from secantus.sortkey import COMPOUND_SEP, RANK_ARRAY, encode_value
    from secantus.storage import _escape_kb as escape

    parts = [escape(encode_value(value) + COMPOUND_SEP) for value in pinned]
    prefix, arrays = b"".join(parts), b"".join(parts[:unsorted]) + bytes([RANK_ARRAY])
    start, end, with_end = prefix, None, False
    for kind, value in dict(bounds or {}).items():
        bound = prefix + escape(encode_value(value))
        if kind == "$gt":
            # Behind every entry with this very value: in a tie of thousands they would all be read for nothing.
            start = max(start, bound + escape(COMPOUND_SEP) + b"\xff")
        elif kind == "$gte":
            start = max(start, bound)
        else:
            # What lies before the first value of this kind matches no bound: rows without the field, above all.
            start = max(start, prefix + encode_value(value)[:1])
            if end is None or bound < end or (bound == end and kind == "$lt"):
                end, with_end = bound, kind == "$lte"
    return Stretch(index, arrays, prefix, start, end, with_end)


def _page(
    self: Any, db: str, coll: str, stretch: Stretch, filter: Filter, sort: Filter, count: int
) -> list[dict[str, Any]] | None:
    from secantus.ordering import sort_docs
    from secantus.query import matches

    self._refresh_read_snapshot()
    # An array is sorted by its first value, wherever in the stretch another of its values stands. The index also has an
    # entry for the array itself, so one look tells whether there is any.
    arrays = replace(stretch, prefix=stretch.arrays, start=stretch.arrays, end=None)
    if any(True for _ in _entries(self, db, coll, arrays)):
        return None
    page: list[dict[str, Any]] = []
    for document in _documents(self, db, coll, stretch, min(count, CHUNK)):
        if matches(document, filter):
            page.append(document)
            if len(page) == count:
                break
    # Entries with equal values lie in the order they were written in; so does a stable sort leave them.
    return page if sort_docs(page, sort) == page else None


def _documents(self: Any, db: str, coll: str, stretch: Stretch, chunk: int) -> Iterator[dict[str, Any]]:
    waiting: list[int] = []
    seen: set[int] = set()
    for row in _entries(self, db, coll, stretch):
        if row not in seen:
            seen.add(row)
            waiting.append(row)
        if len(waiting) == chunk:
            yield from self._docs_by_recordids(db, coll, waiting)
            waiting = []
    yield from self._docs_by_recordids(db, coll, waiting)


def _entries(self: Any, db: str, coll: str, stretch: Stretch) -> Iterator[int]:
    """Rows in the index's order."""
    from secantus.storage import _unpack_entry

    cursor = self._cursor(ENTRIES)
    cursor.set_key(db, coll, stretch.index, stretch.start)
    where = cursor.search_near()
    more = where >= 0 or (where == -1 and cursor.next() == 0)
    end = stretch.end
    while more:
        *place, packed = cursor.get_key()
        key, row = _unpack_entry(bytes(packed))
        if place != [db, coll, stretch.index] or not key.startswith(stretch.prefix):
            return
        if end is not None and (key[: len(end)] > end or (key[: len(end)] == end and not stretch.with_end)):
            return
        if row is not None:
            yield row
        more = cursor.next() == 0


def _plain(projection: Any) -> bool:
    return not projection or all(isinstance(value, int) for value in projection.values())


def _projected(page: list[dict[str, Any]], projection: Any, filter: Filter) -> list[dict[str, Any]]:
    from secantus.projection import apply_projection_batch

    if not projection:
        return page
    shown: list[dict[str, Any]] = apply_projection_batch(page, projection, filter, metas=None, has_sort=True)
    return shown
