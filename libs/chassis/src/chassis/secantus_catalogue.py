"""Index definitions of the embedded database, kept in memory, and no log of operations (ADR 0010).

SecantusDB's Python server reads and decodes every index definition of a collection some ten times for each update
statement: three quarters of what a save costs there. ``keep`` lets a definition be read once until somebody changes it.
It applies to the one version it was written against; any other runs as it is, slower.

What is kept was read by a session of its own, so it is what was committed and never an old snapshot's view; it is put
away only when nothing changed and nothing was changing since before the read.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, TypeAlias

import bson

log = logging.getLogger(__name__)

KNOWN_VERSION = "0.7.0b3"
NOT_FOUND = -31803
"""WiredTiger's WT_NOTFOUND."""

CHANGING = (
    "create_index",
    "drop_index",
    "drop_all_indexes",
    "set_index_expiry",
    "set_index_options",
    "drop_collection",
    "drop_database",
    "rename_collection",
)
"""The methods that write index definitions, beside the mark that an index holds arrays."""

Definition: TypeAlias = tuple[str, dict[str, Any], dict[str, Any]]


class Kept:
    """The definitions of one storage. ``changing`` counts changes under way, during which nothing is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = 0
        self._changing = 0
        self._lists: dict[tuple[str, str], list[Definition]] = {}

    def begin(self) -> None:
        """A change starts: from here to ``end`` everybody reads the table."""
        with self._lock:
            self._changing += 1
            self._generation += 1
            self._lists.clear()

    def end(self) -> None:
        """The change is committed or undone."""
        with self._lock:
            self._changing -= 1
            self._generation += 1

    def get(self, key: tuple[str, str], read: Callable[[], list[Definition]]) -> list[Definition] | None:
        """What is kept under ``key``, or what ``read`` finds; None while a change is under way."""
        found = self._lists.get(key)
        if found is not None:
            return found
        seen = self._generation
        if self._changing:
            return None
        found = read()
        with self._lock:
            if self._generation == seen and not self._changing:
                self._lists[key] = found
        return found


def known_version() -> bool:
    """Whether the installed server is the one that its changes here were written for; says so when it is not."""
    if version("secantusdb") != KNOWN_VERSION:
        log.warning("the embedded database is another version than the one known; it runs as it is")
        return False
    return True


def keep(storage: type[Any]) -> bool:
    """Teach the server's storage class to keep index definitions; False when its version is not the known one."""
    if not known_version():
        return False
    _keep_reads(storage)
    for name in CHANGING:
        setattr(storage, name, _announced(getattr(storage, name)))
    _watch_arrays(storage)
    _write_no_log(storage)
    return True


def _write_no_log(storage: type[Any]) -> None:
    # The log of operations serves change streams, which nobody here follows, at a quarter of the cost of every write.
    # Its own switch for that (standalone) would also make it say that it is no replica set.
    started = storage.__init__

    def start(self: Any, *args: Any, **options: Any) -> None:
        started(self, *args, **{**options, "enable_oplog": False})

    storage.__init__ = start


def _kept(storage: Any) -> Kept:
    kept: Kept = storage.__dict__.setdefault("_kept_definitions", Kept())
    return kept


def _keep_reads(storage: type[Any]) -> None:
    from_table = storage._iter_indexes

    def reading(self: Any, db: str, coll: str) -> Iterator[Definition]:
        found = _kept(self).get((db, coll), lambda: _committed(self, db, coll))
        return from_table(self, db, coll) if found is None else iter(found)

    storage._iter_indexes = reading


def _committed(self: Any, db: str, coll: str) -> list[Definition]:
    """What is committed now, whatever snapshot this thread's own session looks at."""
    found: list[Definition] = []
    with self._lock:
        if self._closed:
            return found
        session = self._conn.open_session()
    try:
        cursor = session.open_cursor("table:secantus_indexes", None, None)
        cursor.set_key(db, coll, "")
        where = cursor.search_near()
        more = where != NOT_FOUND and (where >= 0 or cursor.next() == 0)
        while more and (key := cursor.get_key())[:2] == [db, coll]:
            row = bson.decode(bytes(cursor.get_value()))
            found.append((key[2], row.get("key", {}), row.get("options", {})))
            more = cursor.next() == 0
    finally:
        session.close()
    return found


def _announced(method: Callable[..., Any]) -> Callable[..., Any]:
    def changing(self: Any, *args: Any, **options: Any) -> Any:
        kept = _kept(self)
        kept.begin()
        try:
            return method(self, *args, **options)
        finally:
            kept.end()

    return changing


def _watch_arrays(storage: type[Any]) -> None:
    # The first array in an index is marked in its definition, within the transaction of the write that brought it.
    marking, transaction = storage._maybe_mark_multikey, storage._batch_transaction
    own = threading.local()

    def marked(self: Any, db: str, coll: str, doc: Any, indexes: Any, known: set[str]) -> set[str]:
        before = len(known)
        found: set[str] = marking(self, db, coll, doc, indexes, known)
        if len(found) > before:
            _kept(self).begin()
            own.begun = getattr(own, "begun", 0) + 1
        return found

    @contextmanager
    def within(self: Any, *, sync: bool = False) -> Iterator[Any]:
        try:
            with transaction(self, sync=sync) as session:
                yield session
        finally:
            # Inside a transaction of several statements the commit comes later: then nothing is kept any more.
            if getattr(own, "begun", 0) and getattr(self._tls, "user_txn", None) is None:
                for _ in range(own.begun):
                    _kept(self).end()
                own.begun = 0

    storage._maybe_mark_multikey = marked
    storage._batch_transaction = within
