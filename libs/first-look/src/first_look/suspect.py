"""The lane's chooser: which emergency services a text might need, in microseconds."""

import re
import tomllib
from importlib.resources import files

from first_look.folding import fold
from first_look.required import Sieve
from first_look.weights import read_weights

LINE_OF = {"police": "110", "fire": "119", "ambulance": "120", "traffic": "122", "lift": "96333"}
"""Service to line of the default jurisdiction."""

_TABLE = tomllib.loads((files("first_look") / "table.toml").read_text(encoding="utf-8"))
_OPENING = re.compile(_TABLE["opening"])
_CLOSING = re.compile(_TABLE["closing"])
_CALM = re.compile("|".join(_TABLE["calm"]))
_SURE = tuple((LINE_OF[row["service"]], re.compile(row["sign"])) for row in _TABLE["sure"])
_SIEVE = Sieve([row["sign"] for row in _TABLE["sure"]])
_WEIGHTS = read_weights()
_SUSPECTED: float = _TABLE["suspected"]
_ALSO: float = _TABLE["also"]


def suspect_lines(text: str) -> tuple[str, ...]:
    """Name the emergency lines that the text might concern, likeliest first; empty when it surely concerns none.

    A high-recall guess on doubt: it raises nothing, it only puts the appeal on the emergency lane (rule 5).
    """
    folded = _OPENING.sub("", fold(text), count=1)
    closing = _CLOSING.search(folded)
    if closing is not None and closing.start() > 0:
        folded = folded[: closing.start()]
    folded = _CALM.sub(" ", folded)
    candidates = _SIEVE.look(folded)
    found = {line: None for n, (line, sign) in enumerate(_SURE) if candidates >> n & 1 and sign.search(folded)}
    if _WEIGHTS.danger_of(folded) > _SUSPECTED:
        likeliest, *others = _WEIGHTS.services_of(folded)
        found |= {LINE_OF[likeliest[0]]: None}
        found |= {LINE_OF[service]: None for service, score in others if score > _ALSO}
    return tuple(found)
