"""A reviewer decides who is responsible for a bad answer."""

from chassis.document import Answer, Command
from revisit.domain import audit as rule
from revisit.ports import Appeals
from revisit.use_cases.answering import step


async def audit_visit(appeals: Appeals, subject: str, visit: str, finding: rule.Finding, command: Command) -> Answer:
    """Order the redo or close the appeal, or answer 409. The finding is kept with its author beside the facts."""
    now = appeals.now()
    kept = {
        f"audit_{visit}": {
            "by": command.user,
            "at": now.isoformat(),
            "unit_responsible": finding.unit_responsible,
            "reasons": list(finding.reasons),
        }
    }
    run = step(visit, command, lambda view, key: rule.audit(view, visit, finding, command.user, now, key), kept)
    return await appeals.answer(subject, run, command)
