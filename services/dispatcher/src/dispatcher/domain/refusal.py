"""A command that the rules do not allow: a code for programs, words for people."""

from dataclasses import dataclass

from contracts.events import Event


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing else changes. ``out_of_turn``: an earlier command that is still on its way may make it right.

    ``status``: over HTTP; 422 for what is wrong in the command itself, whatever the order's state.
    ``passing``: it may be right in a moment without any other command, so over HTTP the answer is not kept.
    ``guards``: it protects the caller, so the attempt is recorded; ``concerned`` is the unit it would have reached.
    """

    code: str
    text_zh: str
    text_en: str
    field: str | None = None
    out_of_turn: bool = False
    guards: bool = False
    concerned: str | None = None
    status: int = 409
    passing: bool = False


Verdict = tuple[Event, ...] | Refusal
"""What a rule answers to a command: the events to record, or a refusal."""
