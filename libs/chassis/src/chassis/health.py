"""Alive, and ready. Ready means "can do my own next step" (rule 12); lag is shown as degraded and stops nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.words import Service

Check = Callable[[], Awaitable[bool]]
"""True when this part of the next step works now."""

Degradation = Callable[[], Awaitable[str | None]]
"""What is slow, in words of ours with its figure (``"outbox 45 s behind"``), or None."""

_LIMIT = 2.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """The state of one service at one look."""

    service: str
    checks: Mapping[str, bool]
    degraded: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether every check passed."""
        return all(self.checks.values())

    def body(self) -> dict[str, object]:
        """As JSON shows it."""
        status = "not ready" if not self.ready else "degraded" if self.degraded else "ready"
        return {"service": self.service, "status": status, "checks": dict(self.checks), "degraded": [*self.degraded]}


@dataclass(frozen=True, slots=True)
class Health:
    """What a service needs for its own next step, and what it watches besides."""

    service: Service
    checks: Mapping[str, Check] = field(default_factory=dict)
    degradations: Mapping[str, Degradation] = field(default_factory=dict)

    async def look(self) -> Readiness:
        """Run all checks side by side, each for at most 2 s; one that fails or hangs counts as false."""
        passed = await asyncio.gather(*(_passes(check) for check in self.checks.values()))
        lags = await asyncio.gather(*(_lag(name, probe) for name, probe in self.degradations.items()))
        checks = dict(zip(self.checks, passed, strict=True))
        return Readiness(str(self.service), checks, tuple(lag for lag in lags if lag))


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(_LIMIT):
            return await check()
    except Exception:
        return False


async def _lag(name: str, probe: Degradation) -> str | None:
    try:
        async with asyncio.timeout(_LIMIT):
            return await probe()
    except Exception:
        return f"{name} is not known"


def together(looks: Sequence[Readiness]) -> tuple[bool, dict[str, object]]:
    """Readiness of several services behind one port: all must be ready."""
    ready = all(look.ready for look in looks)
    degraded = any(look.degraded for look in looks)
    status = "not ready" if not ready else "degraded" if degraded else "ready"
    return ready, {"status": status, "services": [look.body() for look in looks]}
