"""How often Python looks for reference cycles in a process that holds many small objects for long."""

import gc

YOUNG = 5_000
"""New objects after which the young ones are looked through: a pause of milliseconds. With 50 000 it was a tenth of a
second every fifteen, for what waits in it are all documents that came into memory since."""
ROUNDS = 500
"""Of those, until what survived is looked through as well. Documents are dropped long before, and hold no cycles."""


def collect_seldom() -> None:
    """Leave what is there by now out of it, and look at the young often and at the old hardly ever.

    Called when a process begins and again when its service is put together. Python's own figures (700, 10, 10) took a
    seventh of the time of the embedded platform and of its database.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, ROUNDS, 100)
