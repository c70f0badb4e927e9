"""A unit's or a line's own broker user and queue: over RabbitMQ's management API, or as lines for ``rabbitmqctl``.

Order of the rights (rule 11): a new user may do nothing; then the topic permission; only then the right to write.
"""

import shlex
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

import httpx

from contracts.permissions import Rights, line_rights, unit_rights
from contracts.topology import Binding, Exchange, Queue, line_queue, topology, unit_queue


class BrokerRefused(Exception):
    """The management API cannot be reached or refuses; the text says what to do and holds no password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What one unit or line needs on the broker."""

    name: str
    rights: Rights
    queue: Queue
    binding: Binding
    exchanges: tuple[Exchange, ...]


def unit_enrolment(unit: str) -> Enrolment:
    """A member unit's. Raises ``ValueError`` for what is no unit id."""
    return _enrolment(unit, unit_rights(unit), unit_queue(unit), units=(unit,))


def line_enrolment(line: str) -> Enrolment:
    """An emergency line's. Raises ``ValueError`` for what is no line id."""
    return _enrolment(line, line_rights(line), line_queue(line), lines=(line,))


def _enrolment(
    name: str, rights: Rights, queue: str, units: tuple[str, ...] = (), lines: tuple[str, ...] = ()
) -> Enrolment:
    everything = topology(units, lines)
    own = next(one for one in everything.queues if one.name == queue)
    binding = next(one for one in everything.bindings if one.queue == queue)
    needed = {binding.exchange, rights.topic_exchange, own.dead_letter_exchange}
    exchanges = tuple(one for one in everything.exchanges if one.name in needed)
    return Enrolment(name=name, rights=rights, queue=own, binding=binding, exchanges=exchanges)


def vhost_of(amqp_url: str | None) -> str:
    """The virtual host that an AMQP url names; ``/`` without one."""
    path = urlsplit(amqp_url).path.removeprefix("/") if amqp_url else ""
    return unquote(path) or "/"


def rabbitmqctl_lines(enrolment: Enrolment, vhost: str, password: str, *, known: bool) -> list[str]:
    """Shell lines that do it on the broker's machine, as its administrator.

    The password goes through standard input, so that no list of processes shows it. ``known``: the user is there and
    gets a new password. The queue itself is declared by ``hotline topology apply`` or by the dispatcher's start.
    """
    rights = enrolment.rights
    secret = f"printf '%s\\n' {shlex.quote(password)}"
    verb = "change_password" if known else "add_user"
    topic = (rights.topic_exchange, rights.topic_write, rights.topic_read)
    return [
        f"{secret} | {shlex.join(('rabbitmqctl', verb, rights.user))}",
        shlex.join(("rabbitmqctl", "set_topic_permissions", "-p", vhost, rights.user, *topic)),
        shlex.join(
            ("rabbitmqctl", "set_permissions", "-p", vhost, rights.user, rights.configure, rights.write, rights.read)
        ),
    ]


Password = Literal["new", "changed", "kept"]


class Management:
    """RabbitMQ's management API as an administrator. ``url`` holds user and password; ``/api`` may be at its end."""

    def __init__(self, url: str, vhost: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BrokerRefused("AMQP_MANAGEMENT_URL must look like http://user:password@host:15672")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = f":{parts.port}" if parts.port else ""
        path = parts.path.rstrip("/").removesuffix("/api")
        self._client = httpx.Client(
            base_url=f"{parts.scheme}://{host}{port}{path}/api",
            auth=(unquote(parts.username or "guest"), unquote(parts.password or "guest")),
            timeout=30,
        )
        self._vhost = vhost
        self._at = quote(vhost, safe="")

    def __enter__(self) -> "Management":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def enrol(self, enrolment: Enrolment, password: str, *, new_password: bool) -> Password:
        """Make queue, user and rights what they must be; again changes nothing. Raises ``BrokerRefused``.

        ``password`` is used for a user that is not there yet, or with ``new_password``.
        """
        self._ask("GET", f"/vhosts/{self._at}", missing=f"there is no virtual host {self._vhost}")
        self._declare(enrolment)
        rights = enrolment.rights
        known = self._ask("GET", f"/users/{rights.user}", missing=None)
        if known is not None and _tags(known):
            raise BrokerRefused(f"user {rights.user} has tags ({', '.join(_tags(known))}); a unit's user has none")
        if known is None or new_password:
            self._ask("PUT", f"/users/{rights.user}", {"password": password, "tags": ""})
        topic = {"exchange": rights.topic_exchange, "write": rights.topic_write, "read": rights.topic_read}
        self._ask("PUT", f"/topic-permissions/{self._at}/{rights.user}", topic)
        granted = {"configure": rights.configure, "write": rights.write, "read": rights.read}
        self._ask("PUT", f"/permissions/{self._at}/{rights.user}", granted)
        if known is None:
            return "new"
        return "changed" if new_password else "kept"

    def _declare(self, enrolment: Enrolment) -> None:
        for exchange in enrolment.exchanges:
            self._ask("PUT", f"/exchanges/{self._at}/{exchange.name}", {"type": exchange.kind, "durable": True})
        queue, binding = enrolment.queue, enrolment.binding
        self._ask("PUT", f"/queues/{self._at}/{queue.name}", {"durable": True, "arguments": queue.arguments()})
        path = f"/bindings/{self._at}/e/{binding.exchange}/q/{binding.queue}"
        self._ask("POST", path, {"routing_key": binding.key})

    def _ask(self, method: str, path: str, body: object = None, *, missing: str | None = "") -> Any:
        """The answer's JSON, or None. 404 with ``missing`` None is None; with a text it is refused in these words."""
        try:
            response = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise BrokerRefused(f"the management API does not answer: {type(error).__name__}") from None
        if response.status_code == httpx.codes.NOT_FOUND and missing != "":
            if missing is None:
                return None
            raise BrokerRefused(missing)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise BrokerRefused("the management API does not accept this user and password, or it is no administrator")
        if not response.is_success:
            raise BrokerRefused(f"{method} {path}: {_reason(response)}")
        return response.json() if response.content else None


def _tags(user: dict[str, Any]) -> list[str]:
    # A list from RabbitMQ 3.9 on, one text before.
    tags = user.get("tags") or []
    return tags.split(",") if isinstance(tags, str) else [str(tag) for tag in tags]


def _reason(response: httpx.Response) -> str:
    try:
        said = response.json().get("reason")
    except (ValueError, AttributeError):
        said = None
    return f"{response.status_code} {said or response.reason_phrase}"[:300]


def shown(enrolment: Enrolment) -> dict[str, Any]:
    """User, queue and rights as plain data, without any password."""
    return {"queue": enrolment.queue.name, "routing_key": enrolment.rights.user, **asdict(enrolment.rights)}
