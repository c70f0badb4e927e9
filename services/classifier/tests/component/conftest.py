"""The classifier behind its doors."""

import json
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from chassis.bus import Delivery
from chassis.mongo import Store
from chassis.testing.service_rig import START, ServiceRig, running
from classifier.main import build
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered, Place
from contracts.words import Channel, Lane, Role, Service


class Rig(ServiceRig):
    """One running classifier."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(Service.CLASSIFIER, build, store, folder)

    async def message(self, queue: str, body: object, user: str | None = None) -> None:
        """Hand a message to the consumer of a queue, as the broker would; raises what the handler raises."""
        consumer = next(row for row in self.hosted.built.consumers if row.queue == queue)
        text = json.dumps(body).encode()
        await consumer.handler(Delivery(queue=queue, body=text, message_id="m1", user=user, lane=consumer.lane))
        await self.quiet()

    async def post(
        self,
        path: str,
        body: object,
        role: Role,
        key: str | None = None,
        user: str | None = None,
        line: str | None = None,
    ) -> httpx.Response:
        """Post under an idempotency key and wait until all is quiet."""
        headers = {**self.token(role, user=user, line=line), "Idempotency-Key": key or secrets.token_hex(8)}
        answer = await self.http.post(path, json=body, headers=headers)
        await self.quiet()
        return answer

    async def get(self, path: str, role: Role, line: str | None = None) -> httpx.Response:
        """Get as somebody with this role."""
        return await self.http.get(path, headers=self.token(role, line=line))


def registered(
    subject: str, text: str, *, suspects: tuple[str, ...] = (), sequence: int = 1, objects_to: str | None = None
) -> Fact[Event]:
    """A registration as intake publishes it."""
    return Fact(
        id=f"{subject}:{sequence}",
        source=Service.INTAKE,
        subject=subject,
        sequence=sequence,
        time=START,
        data=AppealRegistered(
            number=f"41040020260302{subject}",
            jurisdiction="410400",
            area="410400",
            channel=Channel.PHONE,
            text_masked=text,
            place=Place(text="人民路18号"),
            suspect_lines=suspects,
            objects_to=objects_to,
        ),
        lane=Lane.EMERGENCY if suspects else Lane.ORDINARY,
    )


@pytest.fixture
def register() -> Callable[..., Fact[Event]]:
    """Makes a registration: subject, text, suspects."""
    return registered


@pytest.fixture
async def rig(mongo_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """A running classifier on a database of its own."""
    async with running(Rig, Service.CLASSIFIER, mongo_url, tmp_path) as rig:
        yield rig
