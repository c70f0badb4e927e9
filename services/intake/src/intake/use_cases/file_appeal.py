"""File an appeal from the public page: nobody is logged in, so what one address may file in an hour is counted."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from chassis.clock import infrastructure_now
from chassis.crypto import MasterKey
from contracts.words import Lane
from first_look import suspect_lines
from intake.domain.submission import Submission
from intake.ports import Filings, Receipt
from intake.use_cases.register_appeal import RegisterAppeal

PUBLIC = "public-page"
"""The user in whose name the page registers: nobody's; the form's random key tells the senders apart."""


class TooManyFilings(Exception):
    """The address has used up its hour."""


class FileAppeal:
    """The use case behind ``POST /file``."""

    def __init__(self, register: RegisterAppeal, filings: Filings, keys: MasterKey) -> None:
        self._register = register
        self._filings = filings
        self._keys = keys

    async def __call__(self, submission: Submission, *, address: str, key: str, request: Mapping[str, Any]) -> Receipt:
        """Register as a citizen's own message. Raises ``TooManyFilings``, and what ``RegisterAppeal`` raises.

        Suspects of an emergency have a count of their own, so that no ordinary filing ever takes their room. Addresses
        are kept as keyed hashes, for an hour.
        """
        lane = Lane.EMERGENCY if suspect_lines(submission.text) else Lane.ORDINARY
        source = f"{self._keys.blind_index(network(address), 'filing-address')}:{lane}"
        if not await self._filings.count(source, self._keys.blind_index(key, "filing-key"), infrastructure_now()):
            raise TooManyFilings
        return await self._register(submission, user=PUBLIC, staff=False, key=key, request=request)


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
