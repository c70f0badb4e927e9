"""What comes over the public pages is counted per address and hour: nobody is logged in there."""

from ipaddress import IPv6Address, ip_address

from chassis.clock import infrastructure_now
from chassis.crypto import MasterKey
from contracts.words import Lane
from intake.ports import Filings


class TooManyFilings(Exception):
    """The address has used up its hour."""


class CountAddress:
    """Counts one form of an address, under a keyed hash that is kept for an hour.

    ``uploads`` counts those that bring files: they cost more to keep.
    """

    def __init__(self, filings: Filings, uploads: Filings, keys: MasterKey) -> None:
        self._filings = filings
        self._uploads = uploads
        self._keys = keys

    async def __call__(self, address: str, key: str, lane: Lane, *, files: bool = False) -> None:
        """Count the form of ``key`` once, however often it is sent. Raises ``TooManyFilings`` and ``StoreAway``.

        Suspects of an emergency have a count of their own, so that no ordinary form ever takes their room, and their
        files are not counted: a picture must not keep a fire out.
        """
        source = f"{self._keys.blind_index(network(address), 'filing-address')}:{lane}"
        name, now = self._keys.blind_index(key, "filing-key"), infrastructure_now()
        if not await self._filings.count(source, name, now):
            raise TooManyFilings
        if files and lane is Lane.ORDINARY and not await self._uploads.count(f"{source}:files", name, now):
            raise TooManyFilings


def network(address: str) -> str:
    """What counts as one address: a whole IPv4 address, the first 64 bits of an IPv6 one (a household has them all)."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped) if mapped is not None else f"{IPv6Address(int(known) >> 64 << 64)}/64"
