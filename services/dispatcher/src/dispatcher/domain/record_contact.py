"""联系: the unit spoke to the caller. S2: within three working days."""

from datetime import datetime

from contracts.events import work_order as wo
from dispatcher.domain.holding import held
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View

FUTURE = Refusal("date_in_the_future", "联系时间不能在以后", "the contact lies in the future", "contacted_at")
TOO_EARLY = Refusal(
    "contact_before_dispatch", "联系时间不能早于派单时间", "the contact lies before the dispatch", "contacted_at"
)


def record_contact(
    view: View, directory: Directory, unit: str, by: str, now: datetime, method: str, result: str,
    contacted_at: datetime | None = None,
) -> Verdict:  # fmt: skip
    """As often as the unit speaks to the caller; the first counts. ``contacted_at`` None: at ``now``."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    if contacted_at is not None and contacted_at > now:
        return FUTURE
    # People write minutes: a contact in the minute of the dispatch is not before it.
    sent = spell.started.replace(second=0, microsecond=0) if spell.started is not None else None
    if contacted_at is not None and sent is not None and contacted_at < sent:
        return TOO_EARLY
    event = wo.Contacted(
        unit=unit, round=spell.round, by=by, method=method, result=result, contacted_at=contacted_at or now
    )
    return (event,)
