"""RabbitMQ as a service's bus: a consuming connection per lane, a publishing connection per lane and purpose."""

import asyncio
import logging

from chassis.amqp.causes import cause
from chassis.amqp.connection import LOST, connect, quiet_drivers, user_of
from chassis.amqp.consuming import RECONNECT_SECONDS, Subscription
from chassis.amqp.declare import apply
from chassis.amqp.publisher import AmqpPublisher
from chassis.bus import Consumer
from chassis.handled import Handled, unobserved
from chassis.retry import Tiers
from contracts.topology import TIERS, Topology
from contracts.words import Lane, Service

log = logging.getLogger(__name__)

HEAD_START_SECONDS = 5.0
"""After an outage of the store the ordinary lane's backlog waits so long: emergencies get the processor (rule 5)."""

_CUT = (OSError, RuntimeError, EOFError)
"""What a connection raises that is gone. What the broker refuses, a queue or a right, is none of these."""


class AmqpBus:
    """Implements ``bus.Bus`` for one service process.

    With ``declared`` the topology is applied at the start, which needs the right to configure; without it the queues
    must be there, and ``start`` waits for them as it waits for the broker.
    """

    def __init__(
        self,
        url: str,
        service: Service,
        *,
        declared: Topology | None = None,
        tiers: Tiers = TIERS,
        handled: Handled = unobserved,
    ) -> None:
        self._url = url
        self._service = service
        self._declared = declared
        self._tiers = tiers
        self._handled = handled
        self._consumers: list[Consumer] = []
        self._subscriptions: list[Subscription] = []
        self._publishers: list[AmqpPublisher] = []
        self._passing_on: dict[Lane, AmqpPublisher] = {}
        self._changing = asyncio.Lock()
        self._paused = False
        self._stopped = False

    def mount(self, consumer: Consumer) -> None:
        """Attach a consumer; before ``start``."""
        self._consumers.append(consumer)

    def publisher(self, lane: Lane) -> AmqpPublisher:
        """A publisher on a connection of its own, made on first use and again after a loss."""
        made = AmqpPublisher(self._url, lane, f"{self._service} publishes {lane}")
        self._publishers = [*(one for one in self._publishers if not one.closed), made]
        return made

    async def start(self) -> None:
        """Connect and consume; waits for the broker as long as it takes, logging once."""
        quiet_drivers()
        if self._declared is not None:
            await self.declare(self._declared)
        async with self._changing:
            await self._subscribe(*Lane)

    async def stop(self) -> None:
        """Cancel consumers, let running handlers end, close."""
        self._stopped = True
        async with self._changing:
            await self._unsubscribe()
        for publisher in (*self._publishers, *self._passing_on.values()):
            await publisher.close()

    def attached(self) -> bool:
        """Whether every mounted consumer is consuming right now (rule 12)."""
        lanes = {consumer.lane for consumer in self._consumers}
        return len(self._subscriptions) == len(lanes) and all(one.attached() for one in self._subscriptions)

    async def pause(self) -> None:
        """Unsubscribe while the store does not answer; what handlers hold goes to the last tier (rule 4)."""
        self._paused = True
        async with self._changing:
            await self._unsubscribe()

    async def resume(self) -> None:
        """Subscribe again, to the emergency lane first."""
        self._paused = False
        async with self._changing:
            await self._subscribe(Lane.EMERGENCY)
            ahead = bool(self._subscriptions)
        if ahead:
            await asyncio.sleep(HEAD_START_SECONDS)
        async with self._changing:
            await self._subscribe(*Lane)

    async def declare(self, more: Topology) -> None:
        """Apply a topology, such as a new unit's queue; waits for the broker. Raises ``TopologyMismatch``."""
        waiting = _Waiting(Lane.ORDINARY)
        while not self._stopped:
            try:
                connection = await connect(self._url, f"{self._service} declares", Lane.ORDINARY)
            except (*LOST, TimeoutError) as error:
                await waiting.out(error)
                continue
            try:
                async with connection:
                    await apply(connection, more)
            except _CUT as error:
                # It went in the middle. What is declared stays, and declaring it again changes nothing.
                await waiting.out(error)
                continue
            return

    async def _subscribe(self, *lanes: Lane) -> None:
        known = {one.lane for one in self._subscriptions}
        wanted = [lane for lane in lanes if lane not in known and any(one.lane is lane for one in self._consumers)]
        made = await asyncio.gather(*(self._subscription(lane) for lane in wanted))
        self._subscriptions += [one for one in made if one is not None]

    async def _unsubscribe(self) -> None:
        leaving, self._subscriptions = self._subscriptions, []
        await asyncio.gather(*(one.stop() for one in leaving))

    async def _subscription(self, lane: Lane) -> Subscription | None:
        """Started; tried until it works, or until it is not wanted any more."""
        waiting = _Waiting(lane)
        while not self._paused and not self._stopped:
            try:
                # Asked first by a plain connection, because the one that FastStream makes cannot be tidied up when it
                # fails to come about.
                await (await connect(self._url, f"{self._service} looks for the broker", lane)).close()
            except (*LOST, TimeoutError) as error:
                await waiting.out(error)
                continue
            made = Subscription(
                self._url,
                f"{self._service} consumes {lane}",
                lane,
                [consumer for consumer in self._consumers if consumer.lane is lane],
                user_of(self._url),
                self._passing_on_publisher(lane),
                tiers=self._tiers,
                store_away=lambda: self._paused,
                handled=self._handled,
            )
            try:
                await made.start()
            except BaseException as error:
                await made.stop()
                if not isinstance(error, (*LOST, TimeoutError)):
                    raise
                await waiting.out(error)
            else:
                return made
        return None

    def _passing_on_publisher(self, lane: Lane) -> AmqpPublisher:
        # Apart from the relay's: an id that a stranger chose may then never meet one of ours on a channel (trap 5).
        if lane not in self._passing_on:
            self._passing_on[lane] = AmqpPublisher(self._url, lane, f"{self._service} passes on {lane}")
        return self._passing_on[lane]


class _Waiting:
    """Waits between attempts to reach the broker, and says so once."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._said = False

    async def out(self, error: BaseException) -> None:
        if not self._said:
            log.warning("waiting for the broker", extra={"lane": self._lane, "why": cause(error)})
        self._said = True
        await asyncio.sleep(RECONNECT_SECONDS[self._lane])
