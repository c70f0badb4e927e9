"""Give or end a standing sign-off, under which the machine guides a matter elsewhere without asking each time."""

from datetime import datetime

from classifier.domain.guidance import PERSON_ONLY, SignOff
from classifier.domain.refusal import Refusal
from classifier.ports import SignOffs
from contracts.envelope import decision_id
from contracts.words import Exclusion

PERSON_DECIDES = Refusal(
    code="person_decides",
    text_zh="该类情形须由人员逐件决定",
    text_en="A person decides each case on this ground",
    field="grounds",
    status=422,
)
OTHER_BODY = Refusal(
    code="command_id_reused",
    text_zh="该请求编号已用于另一请求",
    text_en="This command id was used for another request",
    field="Idempotency-Key",
    status=422,
)
UNKNOWN = Refusal(code="unknown_sign_off", text_zh="没有这个授权", text_en="There is no such sign-off", status=404)


async def sign_guidance(
    sign_offs: SignOffs,
    *,
    user: str,
    command_id: str,
    grounds: frozenset[Exclusion],
    least_confidence: float,
    until: datetime | None,
    now: datetime,
) -> SignOff | Refusal:
    """Keep it under an id made of user and command, so that the same command signs once."""
    if grounds & PERSON_ONLY:
        return PERSON_DECIDES
    sign_off = SignOff(
        id=decision_id(user, "guidance.sign_off", (command_id,)),
        signed_by=user,
        signed_at=now,
        grounds=grounds,
        least_confidence=least_confidence,
        until=until,
    )
    if await sign_offs.add(sign_off):
        return sign_off
    kept = next((one for one in await sign_offs.all() if one.id == sign_off.id), None)
    if kept is None or (kept.grounds, kept.least_confidence, kept.until) != (grounds, least_confidence, until):
        return OTHER_BODY
    return kept


async def revoke_guidance(sign_offs: SignOffs, sign_off_id: str, *, by: str, now: datetime) -> Refusal | None:
    """End it from now on; what was guided under it stands. Revoking twice is as once."""
    return None if await sign_offs.revoke(sign_off_id, by, now) else UNKNOWN
