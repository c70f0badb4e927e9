"""What a service's composition root is given, and what it gives back.

``build(runtime) -> Built`` in every service's ``main.py`` is the only place that knows concrete classes. The same
function builds production, the embedded platform and the component tests: only the runtime differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter

from chassis.activity import Activity
from chassis.bus import Bus, Consumer
from chassis.clock import BusinessClock
from chassis.crypto import MasterKey
from chassis.documents import Documents
from chassis.ids import Ids
from chassis.limits import LaneOf, LargerBody
from chassis.metrics import Metrics
from chassis.mongo import Index, Store
from chassis.presence import Presence
from chassis.settings import ServiceSettings
from contracts.topology import Topology, topology
from contracts.words import Service


class Part(Protocol):
    """Something with a life of its own inside a service: an allocator, a folder of statistics."""

    async def start(self) -> None:
        """Begin; the store and its indexes are there."""
        ...

    async def stop(self) -> None:
        """End in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything from outside that a service stands on. ``presence`` names this process in leases."""

    service: Service
    settings: ServiceSettings
    store: Store
    bus: Bus
    clock: BusinessClock
    ids: Ids
    metrics: Metrics
    activity: Activity
    keys: MasterKey
    presence: Presence
    virtual_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A service, put together.

    ``indexes`` maps collections to what their queries need; ``declares`` is what the broker must hold before the
    consumers attach; ``templates`` and ``catalogues`` are the folders of its pages; ``lane_of``, ``larger_bodies`` and
    ``uncounted`` are as ``web.build_app`` takes them; at ``watched_doors`` (route templates)
    units' refused requests are kept.
    """

    documents: Sequence[Documents]
    consumers: Sequence[Consumer]
    routers: Sequence[APIRouter]
    indexes: Mapping[str, Sequence[Index]]
    parts: Sequence[Part] = field(default=())
    declares: Topology = field(default_factory=topology)
    templates: Sequence[Path] = field(default=())
    catalogues: Sequence[Path] = field(default=())
    lane_of: LaneOf | None = None
    larger_bodies: Sequence[LargerBody] = field(default=())
    uncounted: Sequence[str] = field(default=())
    watched_doors: Sequence[str] = field(default=())


Build = Callable[[Runtime], Built]
