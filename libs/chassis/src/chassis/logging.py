"""Structured JSON logs on standard error: service, correlation and trace ids on every line, nothing personal on any."""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from starlette.exceptions import HTTPException

from chassis import tracing
from chassis.bus import ConnectionLost, Passing, Permanent, PublishFailed
from chassis.masking import redact
from contracts.codec import BadMessage
from contracts.words import Service

HIDDEN = "[hidden]"
SECRET_KEYS = frozenset(
    {"text", "body", "address", "name", "phone", "caller", "caller_name", "caller_phone", "authorization", "token"}
    | {"cookie", "password", "secret", "query_code", "contact_box", "payload", "headers", "reply", "content"}
)
"""Keys whose values are never written, whatever they hold."""

_OUR_OWN_WORDS: tuple[type[BaseException], ...] = (Passing, Permanent, PublishFailed, ConnectionLost, BadMessage)
_OURS = frozenset({"chassis", "hotline", *(str(service).replace("-", "_") for service in Service)})
"""Packages whose log records may bring fields of their own (``extra``); a library's fields are not known to us."""
_QUIET = {
    "uvicorn.access": logging.ERROR,
    "uvicorn.error": logging.WARNING,
    "faststream": logging.WARNING,
    "aio_pika": logging.WARNING,
    "aiormq": logging.WARNING,
    "pymongo": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "asyncio": logging.WARNING,
}


def describe(error: BaseException) -> str:
    """One exception in words that are safe to write: its class, and its text only where we wrote the text.

    Other exceptions quote their input (a duplicate key, a validation error), so of those the class alone is given.
    """
    name = type(error).__name__
    if isinstance(error, _OUR_OWN_WORDS) and str(error):
        return f"{name}: {redact(str(error))}"
    if isinstance(error, HTTPException):
        return f"{name}: {error.status_code}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {redact(error.strerror)}"
    return name


def trail(error: BaseException) -> list[str]:
    """The exception and its causes, innermost frames last, as ``module:function:line`` without any value."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < 5:
        seen.add(id(current))
        lines.append(describe(current))
        for frame in traceback.extract_tb(current.__traceback__)[-12:]:
            module = "/".join(frame.filename.split("/")[-2:])
            lines.append(f"  {module}:{frame.name}:{frame.lineno}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _clean(value: object, depth: int = 0) -> object:
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 else redact(str(value))
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, (bytes, bytearray)):
        return f"[{len(value)} bytes]"
    if depth > 4:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            redact(str(key)): HIDDEN if str(key).lower() in SECRET_KEYS else _clean(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(item, depth + 1) for item in value]
    return redact(str(value))


def redaction(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that no line passes without: hides secret keys, masks everything that looks personal."""
    for key in list(event):
        if key.startswith("_"):
            continue  # structlog's own; taken out before rendering
        if key == "timestamp":
            continue
        event[key] = HIDDEN if key.lower() in SECRET_KEYS else _clean(event[key])
    return event


def _exceptions(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error: BaseException | None = None
    if isinstance(info, BaseException):
        error = info
    elif isinstance(info, tuple):
        error = info[1]
    elif info:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = trail(error)
    return event


def _ids(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace = tracing.current()
    if trace is not None:
        event.setdefault("correlation_id", trace.correlation_id)
        event.setdefault("trace_id", trace.trace_id)
    return event


def _foreign_words(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of a library's message keep the first line of its template: arguments and further lines quote values."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        words = str(record.msg).splitlines()
        event["event"] = words[0][:300] if words else ""
        event["logger"] = record.name
    return event


_extras = structlog.stdlib.ExtraAdder()


def _our_extras(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What our own modules say beside the event (``why``, ``queue``); a library's may be anything and is left out."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.partition(".")[0] in _OURS:
        return _extras(logger, name, event)
    return event


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging alike; call once, in the composition root.

    ``service`` is the default of the field; a logger bound with another (embedded platform) keeps its own.
    ``stream`` is standard error unless given: standard output belongs to results.
    """

    def _service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    ours: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _service,
        _ids,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*ours, _foreign_words, _our_extras],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _exceptions,
            redaction,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(max(quiet, logging.getLevelName(level)))
    structlog.configure(
        processors=[*ours, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )


def logger(service: str, **fields: str) -> Any:
    """A logger of one service. Events are short fixed words (``"appeal registered"``), values are keywords."""
    if not structlog.is_configured():
        # Before the composition root speaks, structlog would print exceptions with their values.
        structlog.configure(
            processors=[
                structlog.stdlib.add_log_level,
                _ids,
                _exceptions,
                redaction,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )
    return structlog.get_logger(service, service=str(service), **fields)
