"""Units' commands from the broker: in turn per order, answered in the unit's own queue (rule 11)."""

import json
from datetime import datetime, timedelta
from typing import Any

from chassis.bus import Delivery, Permanent
from chassis.clock import infrastructure_now
from chassis.document import Answer, Change, Command, Document
from chassis.documents import Documents
from contracts.codec import MAX_BYTES, BadMessage, read
from contracts.decision import Message
from dispatcher.commands import UNIT_COMMAND, UnitCommand
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.notices import answer_notice, message
from dispatcher.domain.refusal import Refusal
from dispatcher.domain.view import fold
from dispatcher.ports import Numbers, Standing, UnitFiles
from dispatcher.use_cases.carry_out import decided, refused
from dispatcher.use_cases.choose_rule import files_named, run_rule
from dispatcher.use_cases.mask_text import masked
from dispatcher.use_cases.obey_unit import UNKNOWN
from dispatcher.use_cases.waiting import WAITING, first_of

PATIENCE = timedelta(seconds=30)
"""So long a command that is out of turn waits for the one before it; infrastructure time."""
MOST_WAITING = 20
"""Commands of one order; beyond this they are refused at once."""

FOREIGN = "foreign"
"""In a kept answer: the unit never had the order, and is answered as if there were none."""

REUSED = Refusal("command_id_reused", "命令编号已用于其他内容", "this command id was used for another", "command_id")


class QueueCommands:
    """Takes commands from queue ``dispatcher.commands``; ``retry`` tries those that wait."""

    def __init__(
        self, orders: Documents, strays: Documents, numbers: Numbers, standing: Standing, files: UnitFiles
    ) -> None:
        self._orders = orders
        self._strays = strays
        self._numbers = numbers
        self._standing = standing
        self._files = files
        self._held: dict[str, set[str]] = {}

    async def take(self, delivery: Delivery) -> None:
        """Obey, let wait or refuse. Raises ``Permanent`` for what nobody can be answered.

        A command that cannot be read is answered under its message's id, so that the unit's developer learns why.
        """
        unit = self._unit_of(delivery)
        named: dict[str, Any] = {"command_id": delivery.message_id} if delivery.message_id else {}
        try:
            body = _plain(delivery.body)
            named = body if body.get("command_id") else named
            asked: UnitCommand = read(UNIT_COMMAND, delivery.body)
            if asked.command_id is None:
                raise BadMessage(
                    "is missing; give each command an id of your own", "command_id", "缺失，请为每条命令自编一个编号"
                )
        except BadMessage as error:
            if not named:
                raise Permanent(f"not a unit's command: {error}") from None
            await self._stray(unit, named, refused(_unreadable(error), 422))
            return
        subject = await self._numbers.subject_of(asked.work_order)
        if subject is None:
            await self._stray(unit, body, refused(UNKNOWN), asked)
            return
        command = Command.of(f"unit.{unit}", asked.command_id, body)
        document = await self._obey(subject, unit, asked, command)
        answer = document.answered(command)
        if answer is not None and answer.status == 422:
            await self._stray(unit, body, refused(REUSED, 422), asked)
        elif answer is not None and answer.body.get(FOREIGN):
            # Not from the order's document: its subject would say that there is such an order.
            await self._stray(unit, body, refused(UNKNOWN), asked)
        await self.look_at_waiting(subject)

    async def look_at_waiting(self, subject: str) -> None:
        """After a change of the order: what waits here may be in turn now."""
        if subject in self._held:
            await self.retry(subject)

    async def look_for_file(self, file: str) -> None:
        """After a unit's file was told: the command that names it may wait here."""
        for subject in [subject for subject, files in self._held.items() if file in files]:
            await self.retry(subject)

    async def retry(self, subject: str) -> None:
        """Try what waits at this order, oldest first; refuse what has waited long enough."""
        document = await self._orders.load(subject)
        waiting: list[dict[str, Any]] = document.private.get(WAITING) or []
        for entry in waiting:
            asked: UnitCommand = read(UNIT_COMMAND, entry["body"].encode())
            last = datetime.fromisoformat(entry["until"]) <= infrastructure_now()
            unit = entry["unit"]
            command = Command(user=f"unit.{unit}", command_id=asked.command_id or "", fingerprint=entry["hash"])
            await self._obey(subject, unit, asked, command, last=last)
        document = await self._orders.load(subject)
        if not document.private.get(WAITING):
            self._held.pop(subject, None)

    def _unit_of(self, delivery: Delivery) -> str:
        user = delivery.user or ""
        unit = user.removeprefix("unit.")
        if not user.startswith("unit.") or unit not in self._standing.tables().directory:
            raise Permanent("a command without a unit's validated user")
        return unit

    async def _obey(
        self, subject: str, unit: str, asked: UnitCommand, command: Command, *, last: bool = False
    ) -> Document:
        until = infrastructure_now() + PATIENCE
        named = files_named(asked)
        stored = await self._files.of(unit, named)

        def step(document: Document) -> Change:
            tables, now = self._standing.tables(), self._orders.now()
            others = [w for w in document.private.get(WAITING) or [] if w["id"] != command.key]
            rest: dict[str, Any] = {WAITING: others or None}
            if not last and len(others) < MOST_WAITING:
                verdict = run_rule(fold(document.facts), asked, unit, command.user, now, tables, stored)
                if isinstance(verdict, Refusal) and verdict.out_of_turn:
                    return self._wait(document, command, unit, asked, until)
            change = decided(
                document,
                lambda view: run_rule(view, asked, unit, command.user, now, tables, stored),
                command,
                self._orders,
                asked.type,
            )
            answer = change.answer or Answer(status=200, body={})
            kept = {**answer.body, "command": asked.type, "asked": asked.work_order, "at": now.isoformat()}
            never = fold(document.facts).handling.of(unit) is None
            foreign = never and answer.body.get("code") == UNKNOWN.code
            if foreign:
                kept[FOREIGN] = True
            changed = len(others) != len(document.private.get(WAITING) or [])
            return Change(
                decisions=change.decisions,
                messages=() if foreign else (self._message(unit, asked, answer, now),),
                private=rest if changed else {},
                answer=Answer(status=answer.status, body=kept),
                retry_at=change.retry_at or (first_of(others) if changed else None),
                clear_retry=changed and not others,
            )

        document = await self._orders.change(subject, step, command)
        if document.private.get(WAITING):
            self._held.setdefault(subject, set()).update(named)
        return document

    def _wait(self, document: Document, command: Command, unit: str, asked: UnitCommand, until: datetime) -> Change:
        waiting = list(document.private.get(WAITING) or [])
        if any(entry["id"] == command.key for entry in waiting):
            return Change()
        # What people wrote is masked already when it waits: nothing personal lies in this database.
        known = self._standing.tables().directory
        text = json.dumps(asked.model_dump(mode="json"), ensure_ascii=False)
        body = json.dumps(_masked(json.loads(text), known), ensure_ascii=False)
        waiting.append(
            {"id": command.key, "hash": command.fingerprint, "unit": unit, "body": body, "until": until.isoformat()}
        )
        return Change(private={WAITING: waiting}, retry_at=first_of(waiting))

    def _message(self, unit: str, asked: UnitCommand, answer: Answer, now: datetime) -> Message:
        return answer_notice(
            unit,
            command_id=asked.command_id or "",
            command=asked.type,
            work_order=asked.work_order,
            accepted=answer.status == 200,
            answer=answer.body,
            at=now,
        )

    async def _stray(self, unit: str, body: dict[str, Any], answer: Answer, asked: UnitCommand | None = None) -> None:
        """Answer a command that belongs to no order; each has a small document of its own, so nothing grows.

        Of what could not be read (``asked`` is None) the answer repeats nothing.
        """
        command_id = str(body["command_id"])[:128]
        command = Command.of(f"unit.{unit}", command_id, body)
        told: dict[str, Any] = {"type": "command.refused", "unit": unit, "command_id": command_id}
        if asked is not None:
            told |= {"work_order": asked.work_order, "command": asked.type}
        sent = {**told, "answer": dict(answer.body), "reference": command_id}

        def step(_: Document) -> Change:
            now = self._strays.now()
            return Change(messages=(message(unit, sent, ("answer", command.fingerprint), now),), answer=answer)

        await self._strays.change(f"command:{unit}:{command_id}:{command.fingerprint[:16]}", step, command)


MOST_SAID = 5
"""Sentences about one command."""


def _unreadable(error: BadMessage) -> Refusal:
    said = error.findings[:MOST_SAID]
    zh, en = "".join(one.sentence_zh for one in said), " ".join(one.sentence_en for one in said)
    return Refusal("invalid", f"命令无法读取：{zh}", f"the command cannot be read: {en}", error.field or "body")


_PROSE = ("method", "result", "ground", "reason", "public_text", "internal_text", "measures", "text")


def _masked(fields: dict[str, Any], directory: Directory) -> dict[str, Any]:
    return {
        name: masked(value, directory) if name in _PROSE and isinstance(value, str) else value
        for name, value in fields.items()
    }


def _plain(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BYTES:
        raise BadMessage(f"is larger than {MAX_BYTES} bytes", reason_zh=f"超过 {MAX_BYTES} 字节")
    try:
        plain = json.loads(body)
    except ValueError:
        raise BadMessage("is not JSON", reason_zh="不是 JSON") from None
    if not isinstance(plain, dict):
        raise BadMessage("is not a JSON object", reason_zh="不是 JSON 对象")
    return plain
