"""Keep the files that came with a form of the public pages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chassis.clock import BusinessClock
from chassis.crypto import MasterKey
from contracts.events.appeal import AttachmentRef
from intake.ports import Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file of a form; ``media_type`` was found to fit its first bytes."""

    media_type: str
    content: bytes = field(repr=False)


class KeepFiles:
    """Stores them encrypted; the same form again stores nothing twice."""

    def __init__(self, files: Files, keys: MasterKey, clock: BusinessClock) -> None:
        self._files = files
        self._keys = keys
        self._clock = clock

    async def __call__(self, uploads: Sequence[Upload], key: str) -> tuple[AttachmentRef, ...]:
        """Their references, in order. Raises ``StoreAway``."""
        kept: list[AttachmentRef] = []
        for upload in uploads:
            mark = hashlib.sha256(upload.content).hexdigest()
            name = str(UUID(self._keys.blind_index(f"page\x1f{key}\x1f{mark}", "attachment-id")[:32]))
            # Nobody with an account sent it, so it is nobody's own: the centre and the holder of the appeal read it.
            await self._files.add(name, f"form.{name}", upload.media_type, upload.content, self._clock.now())
            kept.append(AttachmentRef(attachment_id=name, media_type=upload.media_type, size=len(upload.content)))
        return tuple(dict.fromkeys(kept))
