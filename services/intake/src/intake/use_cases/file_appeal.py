"""File an appeal from the public page: nobody is logged in, so what one address may file in an hour is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.words import Lane
from first_look import suspect_lines
from intake.domain.submission import Submission
from intake.ports import Receipt
from intake.use_cases.count_address import CountAddress
from intake.use_cases.keep_files import KeepFiles, Upload
from intake.use_cases.register_appeal import RegisterAppeal

PUBLIC = "public-page"
"""The user in whose name the page registers: nobody's; the form's random key tells the senders apart."""


class FileAppeal:
    """The use case behind ``POST /file``."""

    def __init__(self, register: RegisterAppeal, count: CountAddress, keep: KeepFiles) -> None:
        self._register = register
        self._count = count
        self._keep = keep

    async def __call__(
        self,
        submission: Submission,
        *,
        address: str,
        key: str,
        request: Mapping[str, Any],
        uploads: Sequence[Upload] = (),
    ) -> Receipt:
        """Register as a citizen's own message, with what was uploaded in the same form.

        Raises ``TooManyFilings`` before any file is kept, and what ``RegisterAppeal`` raises.
        """
        lane = Lane.EMERGENCY if suspect_lines(submission.text) else Lane.ORDINARY
        await self._count(address, key, lane, files=bool(uploads))
        kept = await self._keep(uploads, key)
        asked = {**request, "attachments": [file.attachment_id for file in kept]} if kept else request
        whole = replace(submission, attachments=(*submission.attachments, *kept))
        return await self._register(whole, user=PUBLIC, staff=False, key=key, request=asked)
