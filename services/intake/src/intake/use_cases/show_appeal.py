"""Open an appeal to its caller by query code, or to the centre's people by token."""

import hmac
from enum import Enum

from chassis.clock import infrastructure_now
from chassis.crypto import MasterKey
from intake.domain.number import well_formed
from intake.ports import CODE_PURPOSE, Appeal, Appeals, WrongCodes


class Closed(Enum):
    """Why an appeal stays closed to whoever asks."""

    UNKNOWN = "unknown"
    TOO_MANY = "too_many"


class ShowAppeal:
    """Finds an appeal and checks the code. An unknown number and a wrong code answer alike."""

    def __init__(self, appeals: Appeals, wrong_codes: WrongCodes, keys: MasterKey) -> None:
        self._appeals = appeals
        self._wrong_codes = wrong_codes
        self._key = keys.purpose_key(CODE_PURPOSE)

    async def by_token(self, number: str) -> Appeal | None:
        """For the centre's people."""
        return await self._appeals.by_number(number) if well_formed(number) else None

    async def by_code(self, number: str, code: str) -> Appeal | Closed:
        """For the caller: ten wrong codes per number and hour, then nobody is heard until the hour is over."""
        # The check digit is no secret, so a number that cannot exist costs no row.
        if not well_formed(number):
            return Closed.UNKNOWN
        now = infrastructure_now()
        if await self._wrong_codes.full(number, now):
            return Closed.TOO_MANY
        appeal = await self._appeals.by_number(number)
        kept = "" if appeal is None else self._key.decrypt(appeal.sealed_code, appeal.subject)
        right = hmac.compare_digest(kept.encode(), code.strip().upper().encode())
        if appeal is not None and right:
            return appeal
        return Closed.UNKNOWN if await self._wrong_codes.count(number, now) else Closed.TOO_MANY
