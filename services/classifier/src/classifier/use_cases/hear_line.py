"""A command of an emergency line over AMQP: who the broker says it is counts, not what the body says."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from chassis.bus import Delivery, Permanent
from chassis.document import Command
from chassis.documents import Documents
from classifier.ports import Desks
from classifier.use_cases.answer_handover import acknowledge, decline
from contracts.codec import read
from contracts.topology import LINE_ID
from contracts.words import Lane

_Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
_USER = re.compile(rf"line\.({LINE_ID})")


class LineCommand(BaseModel):
    """``line_reference`` belongs to an acknowledgement, ``reason`` to a decline."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    command_id: _Id
    type: Literal["acknowledge", "decline"]
    reference: _Short
    line_reference: _Short | None = None
    reason: _Text | None = None


_READER = TypeAdapter(LineCommand)


class HearLine:
    """The handler of the lines' command queue."""

    def __init__(self, documents: Documents, desks: Desks) -> None:
        self._documents = documents
        self._desks = desks

    async def __call__(self, delivery: Delivery) -> None:
        """Decide the command once; the answer goes to the line's own queue.

        Raises ``Permanent`` or ``BadMessage``: no verified user, wrong form, a reference that nobody knows.
        """
        user = delivery.user
        match = _USER.fullmatch(user) if user is not None else None
        if user is None or match is None:
            raise Permanent("a line's command needs the broker-validated user of a line")
        body: LineCommand = read(_READER, delivery.body)
        subject = await self._desks.by_reference(body.reference)
        if subject is None:
            raise Permanent("reference: no hand-over has this reference")
        command = Command.of(user, body.command_id, body.model_dump(exclude={"command_id"}))
        now = self._documents.now()
        if body.type == "acknowledge":
            if body.line_reference is None:
                raise Permanent("line_reference: is missing")
            step = acknowledge(command, body.reference, match[1], body.line_reference, now, told=True)
        else:
            if body.reason is None:
                raise Permanent("reason: is missing")
            step = decline(command, body.reference, match[1], body.reason, now, told=True)
        await self._documents.answer(subject, step, command, Lane.EMERGENCY)
