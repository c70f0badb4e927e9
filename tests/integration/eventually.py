"""Waiting for what must become true, with a deadline and a reason instead of a fixed sleep."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sized
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T]], *, seconds: float = 30.0, every: float = 0.1, what: str = "it"
) -> T:
    """What ``look`` gives once it is truthy. Raises ``AssertionError`` with the last look after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        seen = await look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s; last seen: {seen!r}")
        await asyncio.sleep(every)


async def grown(items: Sized, size: int, seconds: float = 60.0) -> None:
    """Wait until ``items`` holds so many."""

    async def look() -> bool:
        return len(items) >= size

    await eventually(look, seconds=seconds, every=0.02, what=f"growing to {size}")
