"""What every door of this service shares: the headers and parameters it reads, and how kept answers are given."""

from typing import Annotated

from fastapi import Header, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from chassis.document import Answer, Change, Document, Step
from chassis.problems import Problem
from classifier.ports import Desks
from contracts.topology import LINE_ID

CommandId = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=128, description="the command's id: repeat it to retry"),
]
Subject = Annotated[str, Path(min_length=1, max_length=128, description="the appeal's subject, as events name it")]
Reference = Annotated[str, Path(min_length=1, max_length=200, description="our reference of the hand-over")]
Line = Annotated[str, Path(pattern=rf"^{LINE_ID}$", description="the emergency line, such as 119")]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100)]


class Body(BaseModel):
    """A request body: unknown fields are refused, errors repeat nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)


def given(answer: Answer) -> JSONResponse:
    """The kept answer as a response."""
    media_type = "application/problem+json" if answer.status >= 400 else "application/json"
    return JSONResponse(dict(answer.body), status_code=answer.status, media_type=media_type)


def bad_cursor() -> Problem:
    """For a cursor that is not ours."""
    return Problem(422, "Invalid input", "The cursor is not one of ours.", "invalid-cursor", "query.cursor")


def of_known(step: Step) -> Step:
    """The step on an appeal that exists; a refused command on an unknown one would otherwise create its document."""

    def checked(document: Document) -> Change | None:
        if not document.exists:
            raise Problem(404, "Not found", "No appeal has this subject.", "unknown-subject", "path.subject")
        return step(document)

    return checked


async def subject_of(desks: Desks, reference: str) -> str:
    """The subject of a hand-over."""
    subject = await desks.by_reference(reference)
    if subject is None:
        raise Problem(404, "Not found", "No hand-over has this reference.", "unknown-reference", "path.reference")
    return subject
