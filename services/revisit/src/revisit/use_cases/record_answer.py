"""A revisit agent records what the caller said."""

from chassis.document import Answer, Command
from revisit.domain import record_answer as rule
from revisit.ports import Appeals
from revisit.use_cases.answering import step


async def record_answer(appeals: Appeals, subject: str, visit: str, said: rule.Said, command: Command) -> Answer:
    """Record the answer (the closing follows in the same save), or answer 409 with the reason."""
    now = appeals.now()
    run = step(visit, command, lambda view, key: rule.record_answer(view, visit, said, command.user, now, key))
    return await appeals.answer(subject, run, command)
