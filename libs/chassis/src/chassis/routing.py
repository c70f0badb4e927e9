"""Which queues a message reaches: the topology's bindings, matched exactly as RabbitMQ matches them."""

from collections import defaultdict
from functools import lru_cache

from contracts.topology import Topology


@lru_cache(maxsize=65_536)
def matches(pattern: str, key: str) -> bool:
    """Whether a topic binding ``pattern`` takes routing ``key``: ``*`` is one word, ``#`` any number, also none."""
    return _match(_words(pattern), _words(key))


def _words(text: str) -> tuple[str, ...]:
    # RabbitMQ reads an empty key as no words at all, and "a." as two words, the second one empty.
    return tuple(text.split(".")) if text else ()


def _match(pattern: tuple[str, ...], key: tuple[str, ...]) -> bool:
    if not pattern:
        return not key
    if pattern[0] == "#":
        return any(_match(pattern[1:], key[skip:]) for skip in range(len(key) + 1))
    return bool(key) and pattern[0] in ("*", key[0]) and _match(pattern[1:], key[1:])


class Routing:
    """The bindings of a topology, growing when more is declared."""

    def __init__(self, topology: Topology) -> None:
        self._kinds: dict[str, str] = {}
        self._queues: set[str] = set()
        self._bindings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.add(topology)

    def add(self, topology: Topology) -> None:
        """Declare more; what is there already stays as it is."""
        self._kinds |= {exchange.name: exchange.kind for exchange in topology.exchanges}
        self._queues |= {queue.name for queue in topology.queues}
        for binding in topology.bindings:
            self._bindings[binding.exchange][binding.key].add(binding.queue)

    @property
    def queues(self) -> frozenset[str]:
        """Every declared queue."""
        return frozenset(self._queues)

    def reached(self, exchange: str, key: str) -> frozenset[str] | None:
        """The queues a message reaches, each once; None when there is no such exchange."""
        if exchange == "":
            return frozenset({key} & self._queues)
        kind = self._kinds.get(exchange)
        if kind is None:
            return None
        found: set[str] = set()
        for pattern, queues in self._bindings[exchange].items():
            if kind == "fanout" or (matches(pattern, key) if kind == "topic" else pattern == key):
                found |= queues
        return frozenset(found)
