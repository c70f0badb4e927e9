"""Every refusal over HTTP is an ``application/problem+json`` (RFC 9457) that never repeats what was sent."""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis import tracing
from chassis.bus import Passing
from contracts.findings import MOST, Finding, Shape, found

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:hotline12345:problem:"

ProblemPage = Callable[[Request, int, str, str, str], Response | None]
"""Shows status, slug, title and detail to a person; None leaves the answer to the problem document."""

ProblemWords = Callable[[Request, int, str, str], str]
"""Status, slug and detail in the language of who reads the page."""

_PLAIN_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,60}$")


class SafeReason(ValueError):
    """Raised in a validator when its text is written by us and repeats nothing of the input: it is shown.

    The text follows the field's name: "is no code of ours". ``zh``: the same in Chinese.
    """

    def __init__(self, text: str, zh: str = "") -> None:
        super().__init__(text)
        self.zh = zh


class Problem(HTTPException):
    """A refusal with a stable ``slug`` that programs can act on; ``title`` and ``detail`` are for people.

    None of the texts may hold anything that was sent. ``field`` names the input at fault.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        slug: str = "",
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status_code=status, detail=detail or title, headers=dict(headers) if headers else None)
        self.title = title
        self.slug = slug
        self.field = field


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong input: where (``body.caller.phone``) and why, in our words."""

    field: str
    reason: str
    reason_zh: str = ""

    def shown(self) -> dict[str, str]:
        """With the whole sentence in both languages."""
        finding = Finding(self.field, self.reason_zh or "无效", self.reason)
        sentences = {"text_zh": finding.sentence_zh, "text_en": finding.sentence_en}
        return {"field": self.field, "reason": self.reason, **sentences}


def answer(
    status: int,
    title: str,
    detail: str = "",
    slug: str = "",
    field: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem document as a response; it carries the correlation id, so that a caller can be helped."""
    body: dict[str, object] = {"type": TYPE + slug if slug else "about:blank", "title": title, "status": status}
    if detail and detail != title:
        body["detail"] = detail
    if field:
        body["field"] = field
    if errors:
        body["errors"] = [error.shown() for error in errors]
    trace = tracing.current()
    if trace is not None:
        body["correlation_id"] = trace.correlation_id
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers) if headers else None)


def phrase(status: int) -> str:
    """The standard words of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def known_names(app: FastAPI) -> frozenset[str]:
    """Every field and parameter name of the app's own schema: the only words of a location that may be repeated."""
    cached: frozenset[str] | None = getattr(app.state, "known_field_names", None)
    if cached is None:
        schema = app.openapi()
        names = {"body", "query", "path", "header", "cookie"}
        pending: list[object] = [schema]
        while pending:
            node = pending.pop()
            if isinstance(node, dict):
                properties = node.get("properties")
                if isinstance(properties, dict):
                    names.update(str(name) for name in properties)
                if "in" in node and isinstance(node.get("name"), str):
                    names.add(node["name"])
                    names.add(node["name"].lower())
                pending.extend(node.values())
            elif isinstance(node, list):
                pending.extend(node)
        cached = frozenset(name for name in names if _PLAIN_NAME.match(name))
        app.state.known_field_names = cached
    return cached


def field_errors(
    entries: Sequence[Mapping[str, Any]], names: frozenset[str], body: Shape | None = None
) -> tuple[FieldError, ...]:
    """Pydantic's findings in our words. Unknown keys, values and values quoted in messages are left out."""
    errors: list[FieldError] = []
    for entry in entries:
        (finding,) = found([entry], names, body, skip=1 if body is not None else 0)
        context = entry.get("ctx")
        cause = context.get("error") if isinstance(context, dict) else None
        if isinstance(cause, SafeReason):
            finding = Finding(finding.field, cause.zh or finding.zh, str(cause))
        errors.append(FieldError(finding.field, finding.en, finding.zh))
    return tuple(dict.fromkeys(errors))[:MOST]


def _body_of(request: Request) -> Shape | None:
    """The schema of the body that the request's route takes."""
    path, whole = getattr(request.scope.get("route"), "path_format", None), request.app.openapi()
    door = whole["paths"].get(path, {}).get(request.method.lower(), {})
    schema = door.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Shape(schema, whole) if isinstance(schema, dict) else None


def tell(scope: MutableMapping[str, Any], slug: str, field: str | None) -> None:
    """Leave for the record why the request was refused; both are words of ours."""
    scope["refused"] = (slug, field or "")


def told_as(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Reason and field that were left; empty where none was."""
    reason, field = scope.get("refused", ("", ""))
    return str(reason), str(field)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a whole page, not a program for data nor a page for a part of itself."""
    return "text/html" in request.headers.get("accept", "") and request.headers.get("hx-request") != "true"


def told(
    request: Request,
    status: int,
    title: str,
    detail: str = "",
    slug: str = "",
    field: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal as whoever asked can read it: a page, words in the reader's language for a part of a page, or the
    problem document."""
    tell(request.scope, slug, field)
    state = request.app.state if "app" in request.scope else None
    page: ProblemPage | None = getattr(state, "problem_page", None)
    part = request.headers.get("hx-request") == "true"
    if page is not None and (wants_page(request) or (part and status == 401)):
        shown = page(request, status, slug, title, detail)
        if shown is not None:
            for name in ("Retry-After", "Connection"):
                if headers and name in headers:
                    shown.headers[name] = headers[name]
            return shown
    words: ProblemWords | None = getattr(state, "problem_words", None)
    if part and words is not None:
        detail = words(request, status, slug, detail)
    return answer(status, title, detail, slug, field, errors, headers)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # Words of the framework may quote the request, so of those only the standard phrase is given.
    title, detail, slug, field = phrase(error.status_code), "", "", None
    if isinstance(error, Problem):
        title, detail, slug, field = error.title, error.detail, error.slug, error.field
    return told(request, error.status_code, title, detail, slug, field, headers=error.headers or None)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    entries = error.errors()
    errors = field_errors(entries, known_names(request.app), _body_of(request))
    if any(entry["type"] == "json_invalid" for entry in entries):
        tell(request.scope, "invalid-json", "body")
        return answer(400, "Not valid JSON", "The body is not valid JSON.", "invalid-json", "body")
    first = errors[0].field if errors else "body"
    return told(request, 422, "Invalid input", "Some of the input is not valid.", "invalid-input", first, errors)


async def _on_passing(request: Request, _: Exception) -> Response:
    detail = "The store does not answer right now; the same request may be sent again."
    return told(request, 503, "Try again", detail, "try-again", headers={"Retry-After": "1"})


def install(app: FastAPI) -> None:
    """Answer every refusal of ``app`` as a problem document. What is not foreseen is caught in ``chassis.requests``."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Passing, _on_passing)
