"""How often Python looks for reference cycles in a process that holds many small objects for long."""

import gc


def collect_seldom() -> None:
    """Leave what start-up made out of it, and look after every 50 000 new objects instead of every 700.

    Documents and facts are kept by the thousand and hold no cycles; looking through them took a seventh of the time of
    the embedded platform and of its database.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
