"""Intake's rules as the chassis calls them. Facts alone make intake decide nothing: sealing needs the vault."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.decision import Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.words import Service
from intake.domain.view import fold


class FileRules:
    """The facts of a unit's file say all there is to say."""

    service = Service.INTAKE

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Nothing."""
        return Reaction()

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """Nothing: no list shows them."""
        return {}


class IntakeRules:
    """Reacts to nothing, and keeps the row by which appeals are listed."""

    service = Service.INTAKE

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Nothing: intake owes no decision to a fact alone."""
        return Reaction()

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """Number, status and who holds the order now."""
        view = fold(facts)
        row: dict[str, Any] = {"status": view.status, "units": list(view.orders.holders)}
        if view.own.registered is not None:
            registered = view.own.registered
            row |= {"number": registered.data.number, "channel": str(registered.data.channel)}
            row |= {"registered_at": registered.time.isoformat(), "missing": list(view.missing)}
        if view.own.attachments:
            row["files"] = [file.attachment_id for file in view.own.attachments]
        return row
