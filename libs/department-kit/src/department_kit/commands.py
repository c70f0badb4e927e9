"""What a department may ask of the hotline, as methods. The answer comes to the handler, like every message."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from department_kit.desk import AT_HAND, Desk
from department_kit.link import HotlineAway, Link

log = logging.getLogger("department_kit")

_NAMES = uuid.UUID("5f0b0c52-7a39-5d0e-9a57-2c9f0f6c7a11")
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0


class Commands:
    """Every method returns the command's id once the hotline has the command for sure, however long that takes.

    The hotline answers with a message ``command.accepted`` or ``command.refused`` that carries this id. Inside the
    handler ids follow from the message at hand, so that a message that is handled again asks for the same again, and
    the hotline obeys it once. ``work_order``: the number as the message names it. Times need an offset.
    Raises ``NotAllowed`` when the hotline's broker or door refuses you.
    """

    def __init__(self, link: Link, desk: Desk) -> None:
        self._link = link
        self._desk = desk

    async def confirm_receipt(self, work_order: str) -> str:
        """签收."""
        return await self.command("confirm_receipt", work_order)

    async def record_contact(
        self, work_order: str, *, method: str, result: str, contacted_at: datetime | None = None
    ) -> str:
        """联系诉求人: how, with what result, and when if not now."""
        at = contacted_at.isoformat() if contacted_at is not None else None
        return await self.command("record_contact", work_order, method=method, result=result, contacted_at=at)

    async def request_return(self, work_order: str, *, ground: str, proposed_unit: str | None = None) -> str:
        """退件: why it is not yours, and whose it is."""
        return await self.command("request_return", work_order, ground=ground, proposed_unit=proposed_unit)

    async def request_extension(
        self,
        work_order: str,
        *,
        working_days: int,
        reason: str,
        special: bool = False,
        law: str | None = None,
        attachment_id: str | None = None,
    ) -> str:
        """延期: before it is due. A special one names the law and the attached application."""
        days = {"working_days": working_days, "special": special}
        more = {"reason": reason, "law": law, "attachment_id": attachment_id}
        return await self.command("request_extension", work_order, None, **days, **more)

    async def interim_reply(self, work_order: str, *, public_text: str) -> str:
        """阶段性答复: how far you are."""
        return await self.command("interim_reply", work_order, public_text=public_text)

    async def reply(
        self,
        work_order: str,
        *,
        public_text: str,
        signer: str,
        internal_text: str = "",
        measures: str = "",
        law: str | None = None,
    ) -> str:
        """答复: what the citizen reads, who signed it, and what stays inside."""
        more = {"internal_text": internal_text, "measures": measures, "law": law}
        return await self.command("reply", work_order, None, public_text=public_text, signer=signer, **more)

    async def explain_delay(self, work_order: str, *, reason: str, until: datetime) -> str:
        """说明超期原因: why it is late, and until when."""
        return await self.command("explain_delay", work_order, reason=reason, until=until.isoformat())

    async def answer_urge(self, work_order: str, *, urge: str, text: str, until: datetime | None = None) -> str:
        """回复催办. ``urge``: as the message names it."""
        date = until.isoformat() if until is not None else None
        return await self.command("answer_urge", work_order, urge=urge, text=text, until=date)

    async def answer_supervision(self, work_order: str, *, supervision: str, text: str) -> str:
        """回复督办. ``supervision``: as the message names it."""
        return await self.command("answer_supervision", work_order, supervision=supervision, text=text)

    async def object(self, work_order: str, *, reason: str) -> str:
        """派单异议."""
        return await self.command("object", work_order, reason=reason)

    async def command(self, type: str, work_order: str, command_id: str | None = None, **fields: Any) -> str:
        """Any command by its name and fields; fields that are None are left out."""
        command_id = command_id or _id()
        body: Mapping[str, Any] = {
            "type": type,
            "work_order": work_order,
            "command_id": command_id,
            **{name: value for name, value in fields.items() if value is not None},
        }
        pause = FIRST_PAUSE
        while True:
            try:
                await self._link.send(body, command_id, self._desk.add)
                return command_id
            except HotlineAway as error:
                log.warning("command %s is not through (%s); again in %.1f s", command_id, error, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)


def _id() -> str:
    at_hand = AT_HAND.get()
    if at_hand is None:
        return str(uuid.uuid4())
    at_hand.commands += 1
    return str(uuid.uuid5(_NAMES, f"{at_hand.message_id} {at_hand.commands}"))
