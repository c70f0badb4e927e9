"""Seal the call-back number to each emergency line that has a case: the one exception to rule 10.

The box goes to that line's queue only; the journal learns that it was sent, never what is in it.
"""

import json

from chassis.crypto import seal
from chassis.document import Change, Document
from chassis.documents import Documents
from chassis.logging import logger
from contracts.decision import Decision, Message
from contracts.events.emergency import EmergencyContactSealed
from contracts.topology import LINES, line_queue
from contracts.words import Lane, Service
from intake.domain.view import fold
from intake.ports import LineKeys, Vault


class SealContacts:
    """Run after ``emergency.raised`` was stored, and again when a number is completed; once in effect."""

    def __init__(self, documents: Documents, vault: Vault, line_keys: LineKeys) -> None:
        self._documents = documents
        self._vault = vault
        self._line_keys = line_keys
        self._log = logger(Service.INTAKE)

    async def __call__(self, subject: str) -> None:
        """Seal for every case of the appeal that has no box yet. Raises ``StoreAway``; the caller acks only after."""
        view = fold((await self._documents.load(subject)).facts)
        waiting = [case for case in view.classified.cases if case not in view.own.sealed]
        if not waiting or view.own.registered is None:
            return
        caller = await self._vault.identity(subject)
        if caller is None or not caller.phone:
            return
        contact = json.dumps({"phone": caller.phone, "name": caller.name}, ensure_ascii=False).encode()
        boxes: dict[tuple[str, str], str] = {}
        for line, reference in waiting:
            key = await self._line_keys.of(line)
            if key is None:
                self._log.warning("an emergency line has no key; it gets no call-back number", line=line)
                continue
            boxes[line, reference] = seal(contact, key)
        if boxes:
            await self._documents.change(subject, lambda document: self._sent(document, boxes), lane=Lane.EMERGENCY)

    def _sent(self, document: Document, boxes: dict[tuple[str, str], str]) -> Change | None:
        view = fold(document.facts)
        left = {case: box for case, box in boxes.items() if case not in view.own.sealed}
        if not left:
            return None
        now = self._documents.now()
        return Change(
            decisions=tuple(
                Decision(event=EmergencyContactSealed(line=line, reference=reference), time=now, key=(line, reference))
                for line, reference in left
            ),
            messages=tuple(
                Message(
                    exchange=LINES,
                    routing_key=line_queue(line),
                    stream=f"line.{line}",
                    key=("contact_box", line, reference),
                    body={"type": "contact_box", "reference": reference, "line": line, "contact_box": box},
                    time=now,
                    lane=Lane.EMERGENCY,
                )
                for (line, reference), box in left.items()
            ),
        )
