"""Intake's consumer table: facts of both lanes."""

from chassis.bus import Consumer, Delivery, Handler
from chassis.documents import Documents
from contracts.codec import decode
from contracts.topology import facts_queue
from contracts.words import Lane, Service
from intake.use_cases.seal_contacts import SealContacts

RAISED = "emergency.raised"


def consumers(documents: Documents, seal: SealContacts) -> tuple[Consumer, ...]:
    """Every fact is stored; an emergency that was raised also gets the call-back number sealed, before the ack."""

    async def take(delivery: Delivery) -> None:
        await documents.take(delivery)
        fact = decode(delivery.body)
        if fact.type == RAISED:
            await seal(fact.subject)

    handler: Handler = take
    return tuple(
        Consumer(service=Service.INTAKE, queue=facts_queue(Service.INTAKE, lane), lane=lane, handler=handler)
        for lane in Lane
    )
