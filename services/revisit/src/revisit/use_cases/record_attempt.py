"""A revisit agent tried and reached nobody."""

from chassis.document import Answer, Command
from contracts.words import VisitMethod
from revisit.domain import record_attempt as rule
from revisit.ports import Appeals
from revisit.use_cases.answering import step


async def record_attempt(appeals: Appeals, subject: str, visit: str, method: VisitMethod, command: Command) -> Answer:
    """Record the try, or answer 409 with the reason."""
    now = appeals.now()
    run = step(visit, command, lambda view, key: rule.record_attempt(view, visit, method, command.user, now, key))
    return await appeals.answer(subject, run, command)
