"""通报: praise or criticism among units, or to the public (S0)."""

from chassis.document import Answer, Change, Command
from contracts.decision import Decision
from contracts.envelope import decision_id
from contracts.events.publication import BulletinIssued
from reporting.ports import Publications


async def issue_bulletin(publications: Publications, audience: str, title: str, text: str, command: Command) -> Answer:
    """Issue it; the texts are masked already."""
    subject = "bulletin:" + decision_id("bulletin", "bulletin.issued", (command.user, command.command_id))
    event = BulletinIssued(bulletin=subject, audience=audience, title=title, text=text, by=command.user)
    decision = Decision(event=event, time=publications.now(), key=("command", command.user, command.command_id))
    answer = Answer(status=201, body={"bulletin": subject})
    return await publications.answer(subject, lambda _: Change(decisions=(decision,), answer=answer), command)
