"""Connections to RabbitMQ: named for the operator, with heartbeats, and with errors that mean the same everywhere."""

import logging

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPError
from yarl import URL

from chassis.amqp.tolerance import tolerate_unreadable_properties
from contracts.words import Lane

tolerate_unreadable_properties()

HEARTBEAT_SECONDS = {Lane.ORDINARY: 15, Lane.EMERGENCY: 4}
"""A broker that stays silent for about three of these is given up; emergencies cannot wait for the ordinary one."""
CONNECT_SECONDS = {Lane.ORDINARY: 10.0, Lane.EMERGENCY: 2.0}

LOST = (AMQPError, OSError, RuntimeError, EOFError)
"""What aio-pika raises when a channel or connection is gone (its invalid-state errors are RuntimeErrors)."""


def address(url: str, name: str, lane: Lane) -> str:
    """``url`` with the connection's name, as the management page shows it, and the lane's heartbeat."""
    parsed = URL(url)
    extra = {"name": name}
    if "heartbeat" not in parsed.query:
        extra["heartbeat"] = str(HEARTBEAT_SECONDS[lane])
    return str(parsed.update_query(extra))


def user_of(url: str) -> str:
    """The broker user of this url; RabbitMQ refuses a ``user_id`` other than that."""
    return URL(url).user or "guest"


async def connect(url: str, name: str, lane: Lane) -> AbstractConnection:
    """A plain connection that does not come back by itself. Raises one of ``LOST`` or ``TimeoutError``."""
    made = aio_pika.Connection(make_url(address(url, name, lane)))
    try:
        await made.connect(timeout=CONNECT_SECONDS[lane])
    except BaseException:
        # Left to the garbage collector, a failed connection would close itself in whatever thread that runs in.
        await made.close()
        raise
    return made


def quiet_drivers() -> None:
    """Keep the drivers from writing a line per reconnect attempt; we say once that the broker is away (trap 15)."""
    for name in ("aio_pika", "aiormq", "aiormq.connection", "aio_pika.robust_connection"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
