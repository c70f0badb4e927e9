"""One-to-one folding of characters: traditional to simplified, full width to half width, upper to lower case.

Folding never changes the length of a text, so spans found in the folded text hold in the original.
"""

import re
from importlib.resources import files


def _table() -> dict[int, str]:
    pairs = (files("first_look") / "traditional.txt").read_text(encoding="utf-8")
    letters = "".join(line for line in pairs.splitlines() if not line.startswith("#"))
    table = {ord(letters[i]): letters[i + 1] for i in range(0, len(letters), 2)}
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table[0x3000] = " "
    table |= {ord(big): big.lower() for big in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    table |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF21, 0xFF3B)}
    return table


_TABLE = _table()
# most characters of most texts stay as they are: finding the few that do not is faster than translating all
_FOLDABLE = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}]+")


def fold(text: str) -> str:
    """Fold the text; the result has the same length."""
    return _FOLDABLE.sub(_folded, text)


def _folded(run: re.Match[str]) -> str:
    return run.group().translate(_TABLE)
