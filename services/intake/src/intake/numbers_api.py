"""The audit of numbers over HTTP: loss must show (domain rules, section 8)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from chassis.auth import Principal, allow
from chassis.clock import BusinessClock
from chassis.masking import mask
from chassis.problems import Problem
from contracts.words import Role
from intake.domain.number import audit, business_day, public_number
from intake.doors import Key, or_busy
from intake.requests import VoidBody
from intake.store import MongoAppeals


def router(appeals: MongoAppeals, clock: BusinessClock, area: str) -> APIRouter:
    """The doors of numbers."""
    api = APIRouter(tags=["intake"])

    @api.get("/numbers/audit", summary="Gaps in a day's numbers")
    async def look(
        _: Annotated[Principal, allow(Role.OPERATOR, Role.AUDITOR)],
        day: Annotated[date | None, Query(description="Calendar day in Asia/Shanghai; today by default")] = None,
    ) -> dict[str, Any]:
        """Numbers of the day up to the last: void ones with their reasons, and gaps, which nothing explains."""
        wanted = business_day(clock.now()) if day is None else f"{day:%Y%m%d}"
        rows = await or_busy(appeals.numbers(area, wanted))
        found = audit(row["seq"] for row in rows)
        return {
            "area": area,
            "day": f"{wanted[:4]}-{wanted[4:6]}-{wanted[6:]}",
            "last": found.last,
            "issued": found.issued,
            "void": [{"seq": row["seq"], "reason": row["void"]} for row in rows if "void" in row],
            "gaps": list(found.gaps),
        }

    @api.post("/numbers/void", status_code=201, summary="Explain a missing number")
    async def void(body: VoidBody, key: Key, principal: Annotated[Principal, allow(Role.OPERATOR)]) -> dict[str, Any]:
        """A gap gets a row with a reason; a number that was given out, or lies ahead, is refused with 409."""
        day = body.day.replace("-", "")
        rows = await or_busy(appeals.numbers(area, day))
        if body.seq not in audit(row["seq"] for row in rows).gaps:
            raise Problem(409, "No gap", "This number is not missing.", "no-gap", "body.seq")
        number = public_number(area, day, body.seq)
        row = {"_id": f"void:{number}", "number": number, "area": area, "day": day, "seq": body.seq}
        reason = mask(body.reason).text[:200]
        row |= {"void": reason, "by": principal.user, "at": clock.now(), "command_id": key}
        if not await or_busy(appeals.void(row)):
            raise Problem(409, "No gap", "This number is not missing.", "no-gap", "body.seq")
        return {"number": number, "void": reason}

    return api
