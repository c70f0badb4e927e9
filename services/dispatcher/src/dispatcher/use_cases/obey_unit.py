"""A unit's command over HTTP: answered at once."""

from chassis.document import Answer, Change, Command, Document
from dispatcher.commands import UnitCommand
from dispatcher.domain.refusal import Refusal
from dispatcher.ports import Numbers, Orders, Standing
from dispatcher.use_cases.carry_out import decided, refused
from dispatcher.use_cases.choose_rule import run_rule

UNKNOWN = Refusal("not_your_order", "该工单不在贵单位办理", "your unit does not have this order", "work_order")
"""The same words as for another unit's order: nobody learns which numbers exist."""


async def obey_unit(
    orders: Orders, numbers: Numbers, standing: Standing, unit: str, command: Command, asked: UnitCommand
) -> Answer:
    """Decide once (rule 3c); a duplicate gets the kept answer."""
    subject = await numbers.subject_of(asked.work_order)
    if subject is None:
        return refused(UNKNOWN)

    def step(document: Document) -> Change:
        tables, now = standing.tables(), orders.now()
        return decided(
            document, lambda view: run_rule(view, asked, unit, command.user, now, tables), command, orders, asked.type
        )

    return await orders.answer(subject, step, command)
