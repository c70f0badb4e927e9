"""A service's OpenAPI document: FastAPI's, with what it cannot know, which is who may enter and how we refuse."""

import copy
from typing import Any

from fastapi import FastAPI

from chassis.auth import Door, doors
from chassis.problems import MEDIA_TYPE

_TOKEN = "token"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. It never repeats what was sent.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "Stable: urn:hotline12345:problem:… or about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Where a rule refuses: for programs."},
        "text_zh": {"type": "string"},
        "text_en": {"type": "string"},
        "field": {"type": "string", "description": "The input at fault."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason", "text_zh", "text_en"],
                "properties": {name: {"type": "string"} for name in ("field", "reason", "text_zh", "text_en")},
            },
        },
        "correlation_id": {"type": "string"},
    },
}
_REFUSALS = {
    "401": "No token, or one that proves nothing",
    "403": "The token's roles, unit or line do not open this door",
    "409": "A rule refuses; nothing was changed",
    "422": "Some of the input is not valid",
    "503": "The store does not answer, or all places are taken: send the same request again",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of ``app``: every operation with the roles it opens to and the refusals it may give."""
    made: dict[str, Any] = copy.deepcopy(app.openapi())
    known = {(door.method.lower(), _plain(door.path)): door for door in doors(app)}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _guarded(operation, known[method, path])
            _refusing(method, operation)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    components["responses"] = {
        f"Refused{status}": {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, text in _REFUSALS.items()
    }
    components["securitySchemes"] = {
        _TOKEN: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An OpenID token of the issuer that the platform is told to trust.",
        }
    }
    return made


def _plain(path: str) -> str:
    """Starlette's ``{name:path}`` as OpenAPI writes it."""
    return "/".join(
        part.split(":")[0] + "}" if part.startswith("{") and ":" in part else part for part in path.split("/")
    )


def _guarded(operation: dict[str, Any], door: Door) -> None:
    if door.reason:
        operation["security"] = []
        operation["x-public-because"] = door.reason
    else:
        operation["security"] = [{_TOKEN: []}]
        operation["x-roles"] = sorted(door.roles)


def _refusing(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    takes_input = "422" in responses
    closed = bool(operation["security"])
    given = {"401": closed, "403": closed, "409": method != "get", "422": takes_input, "503": True}
    for status, may in given.items():
        if may:
            responses[status] = {"$ref": f"#/components/responses/Refused{status}"}
