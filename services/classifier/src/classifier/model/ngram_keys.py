"""N-grams of one to three characters as whole numbers, so that a text is looked up in a vocabulary at once."""

import numpy as np
from numpy.typing import NDArray

_BITS = 21
"""Enough for any character; three of them fit into a signed 64-bit number."""


_FIRST = np.array([True])


def keys_of(gram: str) -> int:
    """The number of one n-gram: different for different n-grams of at most three characters."""
    key = 0
    for character in gram:
        key = key << _BITS | ord(character)
    return key


def find_keys(text: str, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of ``keys`` (rising) that are n-grams of the text, and how often each occurs in it."""
    ones = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    twos = ones[:-1] << _BITS | ones[1:]
    asked = np.concatenate((ones, twos, twos[:-1] << _BITS | ones[2:]))
    asked.sort()  # rising numbers are looked up several times as fast
    places = keys.searchsorted(asked)
    found = places[keys.take(places, mode="clip") == asked]
    if not len(found):
        return found, found
    # where another row begins; np.unique does the same in several times the time
    firsts = np.flatnonzero(np.concatenate((_FIRST, found[1:] != found[:-1])))
    counts = np.empty_like(firsts)
    np.subtract(firsts[1:], firsts[:-1], out=counts[:-1])
    counts[-1] = len(found) - firsts[-1]
    return found[firsts], counts
