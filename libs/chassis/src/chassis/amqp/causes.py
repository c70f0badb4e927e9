"""Why the broker is not there, in words that name the remedy; nothing of an address is repeated."""

from aio_pika.exceptions import ProbableAuthenticationError
from aiormq.exceptions import (
    AuthenticationError,
    ChannelAccessRefused,
    ChannelNotFoundEntity,
    ConnectionNotAllowed,
    IncompatibleProtocolError,
    InvalidFrameError,
)

_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (ProbableAuthenticationError, AuthenticationError),
        "the broker refuses user or password of AMQP_URL; correct them, or create the user",
    ),
    (
        (ConnectionNotAllowed, InvalidFrameError),
        "the broker closes the connection at once; create the virtual host of AMQP_URL and let the user in",
    ),
    (
        (ChannelNotFoundEntity,),
        "a queue is missing on the broker; run `hotline topology apply`, or set DECLARE_TOPOLOGY=true",
    ),
    (
        (ChannelAccessRefused,),
        "the broker user lacks a right; see deploy/rabbitmq for what each service needs",
    ),
    (
        (IncompatibleProtocolError,),
        "what listens at AMQP_URL does not speak AMQP 0-9-1; look at host and port",
    ),
    (
        (TimeoutError,),
        "the broker does not answer in time; see whether it is overloaded, frozen, or behind a firewall",
    ),
)
AWAY = "nobody answers at AMQP_URL; start the broker, or correct host and port"


def cause(error: BaseException) -> str:
    """One line: what is wrong and what to do about it."""
    for kinds, text in _CAUSES:
        if isinstance(error, kinds):
            return text
    return AWAY
