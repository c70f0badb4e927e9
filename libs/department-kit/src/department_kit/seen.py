"""What was handled already: so that a message that comes twice is handled once, and an early one is known as early.

The store is the department's choice. ``MemorySeen`` forgets when the program ends; ``SqliteSeen`` keeps it in a file.
A department with a database of its own best writes a store that saves into the same transaction as its work.
"""

import asyncio
import sqlite3
from collections import OrderedDict
from pathlib import Path
from typing import Protocol


class SeenStore(Protocol):
    """Where the kit remembers. Every method may be called from one event loop at a time only."""

    async def handled(self, message_id: str) -> bool:
        """Whether this message was handled."""
        ...

    async def last(self, subject: str) -> int:
        """The highest ``work_order_seq`` handled of this order; 0 for none."""
        ...

    async def add(self, message_id: str, subject: str, seq: int | None) -> None:
        """Remember that this message was handled; return when that is kept. Again changes nothing."""
        ...

    async def cursor(self) -> int:
        """Over HTTP: up to where everything was handled; 0 at first."""
        ...

    async def advance(self, cursor: int) -> None:
        """Over HTTP: everything up to here was handled."""
        ...

    async def close(self) -> None:
        """Nothing more will be asked."""
        ...


class MemorySeen:
    """The default: in memory, at most ``most`` messages and orders (the oldest are forgotten first)."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._last: OrderedDict[str, int] = OrderedDict()
        self._cursor = 0

    async def handled(self, message_id: str) -> bool:
        """See ``SeenStore``."""
        return message_id in self._ids

    async def last(self, subject: str) -> int:
        """See ``SeenStore``."""
        return self._last.get(subject, 0)

    async def add(self, message_id: str, subject: str, seq: int | None) -> None:
        """See ``SeenStore``."""
        self._ids[message_id] = None
        if seq is not None:
            self._last[subject] = max(seq, self._last.pop(subject, 0))
        for kept in (self._ids, self._last):
            while len(kept) > self._most:
                kept.popitem(last=False)

    async def cursor(self) -> int:
        """See ``SeenStore``."""
        return self._cursor

    async def advance(self, cursor: int) -> None:
        """See ``SeenStore``."""
        self._cursor = max(self._cursor, cursor)

    async def close(self) -> None:
        """Nothing to do."""


class SqliteSeen:
    """In a file, synced at every step: survives a power cut. One program per file."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._turn = asyncio.Lock()

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            # Calls come one at a time, each in whatever thread of the pool is free.
            database = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("CREATE TABLE IF NOT EXISTS handled (id TEXT PRIMARY KEY) WITHOUT ROWID")
            database.execute("CREATE TABLE IF NOT EXISTS orders (subject TEXT PRIMARY KEY, last INTEGER NOT NULL)")
            database.execute("CREATE TABLE IF NOT EXISTS feed (one INTEGER PRIMARY KEY, cursor INTEGER NOT NULL)")
            self._database = database
        return self._database

    async def _first(self, question: str, value: str | int) -> int | None:
        def ask() -> int | None:
            row = self._open().execute(question, (value,)).fetchone()
            return int(row[0]) if row is not None else None

        async with self._turn:
            return await asyncio.to_thread(ask)

    async def handled(self, message_id: str) -> bool:
        """See ``SeenStore``."""
        return await self._first("SELECT 1 FROM handled WHERE id = ?", message_id) is not None

    async def last(self, subject: str) -> int:
        """See ``SeenStore``."""
        return await self._first("SELECT last FROM orders WHERE subject = ?", subject) or 0

    async def add(self, message_id: str, subject: str, seq: int | None) -> None:
        """See ``SeenStore``."""

        def write() -> None:
            database = self._open()
            database.execute("BEGIN IMMEDIATE")
            try:
                database.execute("INSERT OR IGNORE INTO handled VALUES (?)", (message_id,))
                if seq is not None:
                    database.execute(
                        "INSERT INTO orders VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET last = max(last, ?)",
                        (subject, seq, seq),
                    )
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

        async with self._turn:
            await asyncio.to_thread(write)

    async def cursor(self) -> int:
        """See ``SeenStore``."""
        return await self._first("SELECT cursor FROM feed WHERE one = ?", 1) or 0

    async def advance(self, cursor: int) -> None:
        """See ``SeenStore``."""

        def write() -> None:
            self._open().execute(
                "INSERT INTO feed VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET cursor = max(cursor, ?)",
                (cursor, cursor),
            )

        async with self._turn:
            await asyncio.to_thread(write)

    async def close(self) -> None:
        """Close the file."""
        async with self._turn:
            if self._database is not None:
                self._database.close()
                self._database = None
