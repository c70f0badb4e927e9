"""An attempt to read what the guard closes is recorded with the order: once a day per person, order and way."""

from chassis.document import Change, Document
from contracts.decision import Decision
from contracts.events import work_order as wo
from dispatcher.domain.assignment import SHANGHAI
from dispatcher.domain.guard import Person
from dispatcher.ports import Orders


async def record_attempt(orders: Orders, subject: str, attempt: str, person: Person, unit: str | None = None) -> None:
    """``attempt``: ``read``, ``search`` …; ``unit``: the unit that the order would have reached."""

    def step(_: Document) -> Change:
        now = orders.now()
        day = now.astimezone(SHANGHAI).date().isoformat()
        event = wo.Barred(attempt=attempt, by=person.user, barred_unit=unit)
        return Change(
            decisions=(Decision(event=event, time=now, key=("attempt", attempt, unit or "", person.user, day)),)
        )

    await orders.change(subject, step)
