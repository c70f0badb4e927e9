"""The lane's chooser: which emergency services a text might need, in microseconds."""

import re
import tomllib
from importlib.resources import files

from first_look.folding import fold
from first_look.required import Sieve

LINE_OF = {"police": "110", "fire": "119", "ambulance": "120", "traffic": "122", "lift": "96333"}
"""Service to line of the default jurisdiction."""

_TABLE = tomllib.loads((files("first_look") / "table.toml").read_text(encoding="utf-8"))
_CALM = re.compile("|".join(_TABLE["calm"]))
_OVER = re.compile("|".join(_TABLE["over"]))
_NOW = re.compile("|".join(_TABLE["now"]))
_SIGNS = tuple((LINE_OF[row["service"]], sign) for row in _TABLE["suspect"] for sign in row["signs"])
_PATTERNS = tuple(re.compile(sign) for _, sign in _SIGNS)
_SIEVE = Sieve([sign for _, sign in _SIGNS])


def suspect_lines(text: str) -> tuple[str, ...]:
    """Name the emergency lines that the text might concern, in the table's order; empty when it surely concerns none.

    A high-recall guess on doubt: it raises nothing, it only puts the appeal on the emergency lane (rule 5).
    """
    folded = _CALM.sub(" ", fold(text))
    candidates = _SIEVE.look(folded)
    found: dict[str, None] = {}
    for number, (line, _) in enumerate(_SIGNS):
        if line not in found and candidates >> number & 1 and _PATTERNS[number].search(folded) is not None:
            found[line] = None
    # what is told with its settlement or asked as a question of law lies behind the caller, unless a word says "now"
    if found and _OVER.search(folded) is not None and _NOW.search(folded) is None:
        return ()
    return tuple(found)
