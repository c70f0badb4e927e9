"""How many working days an extension may still add, by the caps that the monitor tells with the deadline."""

from dispatcher.domain.refusal import Refusal
from dispatcher.domain.spell import Spell
from dispatcher.domain.watch import Watch

USED_UP = Refusal(
    "extension_used_up", "延期天数已用完，或该期限不能延期", "no working days are left that an extension could add"
)


def room(watch: Watch, spell: Spell, *, special: bool) -> int | None:
    """Working days that are left for this unit's result; None where the monitor has not told a cap."""
    due = watch.result(spell.unit, spell.round)
    cap = None if due is None else due.special_extension_cap if special else due.extension_cap
    if cap is None:
        return None
    return max(cap - sum(one.days for one in spell.extensions if one.granted and one.event.special == special), 0)
