"""Counters of many days added up, and read by path."""

from collections.abc import Iterable, Mapping
from typing import Any


class Tally:
    """A tree of sums."""

    def __init__(self, trees: Iterable[Mapping[str, Any]] = ()) -> None:
        self._tree: dict[str, Any] = {}
        for tree in trees:
            _merge(self._tree, tree)

    def sum(self, *path: str) -> int:
        """The counter at ``path``; for a branch, all below it. 0 when nothing was counted."""
        return _total(self._at(path))

    def parts(self, *path: str) -> dict[str, int]:
        """What stands below ``path``, largest first, then by name."""
        node = self._at(path)
        if not isinstance(node, dict):
            return {}
        sums = {name.replace("/", "."): _total(child) for name, child in node.items()}
        return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))

    def names(self, *path: str) -> list[str]:
        """The names below ``path``, sorted."""
        node = self._at(path)
        return sorted(node) if isinstance(node, dict) else []

    def below(self, *path: str) -> "Tally":
        """The branch at ``path``."""
        node = self._at(path)
        return Tally([node] if isinstance(node, dict) else ())

    def _at(self, path: tuple[str, ...]) -> Any:
        node: Any = self._tree
        for part in path:
            if not isinstance(node, dict) or part not in node:
                return None
            node = node[part]
        return node


def _total(node: Any) -> int:
    if isinstance(node, dict):
        return sum(_total(child) for child in node.values())
    return node if isinstance(node, int) else 0


def _merge(into: dict[str, Any], tree: Mapping[str, Any]) -> None:
    for name, child in tree.items():
        if isinstance(child, Mapping):
            _merge(into.setdefault(name, {}), child)
        elif isinstance(child, int) and not isinstance(child, bool):
            into[name] = into.get(name, 0) + child
