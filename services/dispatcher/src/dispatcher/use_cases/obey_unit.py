"""A unit's command over HTTP: answered at once."""

from chassis.document import Answer, Change, Command, Document
from dispatcher.commands import UnitCommand
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View, fold
from dispatcher.ports import Numbers, Orders, Standing, UnitFiles
from dispatcher.use_cases.carry_out import decided, refused
from dispatcher.use_cases.choose_rule import files_named, run_rule

UNKNOWN = Refusal("not_your_order", "该工单不在贵单位办理", "your unit does not have this order", "work_order")
"""The same words as for another unit's order: nobody learns which numbers exist."""


FILE_SECONDS = 2.0
"""So long a command waits for a file that it names: the file's own fact may be a moment behind its upload."""


async def obey_unit(
    orders: Orders, numbers: Numbers, standing: Standing, unit: str, command: Command, asked: UnitCommand,
    files: UnitFiles | None = None,
) -> Answer:  # fmt: skip
    """Decide once (rule 3c); a duplicate gets the kept answer. Without ``files`` no file is known to be stored."""
    subject = await numbers.subject_of(asked.work_order)
    if subject is None:
        return refused(UNKNOWN)
    stored = await files.of(unit, files_named(asked), FILE_SECONDS) if files is not None else frozenset[str]()

    def verdict_on(view: View) -> Verdict:
        return run_rule(view, asked, unit, command.user, orders.now(), standing.tables(), stored)

    def step(document: Document) -> Change:
        verdict = verdict_on(fold(document.facts))
        if isinstance(verdict, Refusal) and verdict.passing:
            return Change()
        return decided(document, lambda _: verdict, command, orders, asked.type)

    document = await orders.change(subject, step, command)
    answer = document.answered(command)
    if answer is None:
        verdict = verdict_on(fold(document.facts))
        answer = refused(verdict) if isinstance(verdict, Refusal) else None
    if answer is None:
        raise RuntimeError("a command's use case must answer")
    return answer
