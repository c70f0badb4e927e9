"""Fresh ids and chance as a port, so that a run can be repeated from a seed."""

import random
import secrets
from typing import Protocol
from uuid import UUID


class Ids(Protocol):
    """Where unpredictable things come from."""

    def fresh(self) -> str:
        """A new id in UUID form."""
        ...

    def code(self, alphabet: str, length: int) -> str:
        """A random word over ``alphabet``, not derivable from anything."""
        ...


class SystemIds:
    """From the operating system's source of randomness."""

    def fresh(self) -> str:
        """A new random UUID."""
        return str(UUID(bytes=secrets.token_bytes(16), version=4))

    def code(self, alphabet: str, length: int) -> str:
        """A random word over ``alphabet``."""
        return "".join(secrets.choice(alphabet) for _ in range(length))


class SeededIds:
    """The same ids again for the same seed; for tests and simulations only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def fresh(self) -> str:
        """The next UUID of the seed."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def code(self, alphabet: str, length: int) -> str:
        """The next word of the seed."""
        return "".join(self._random.choice(alphabet) for _ in range(length))
