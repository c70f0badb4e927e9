"""Guided elsewhere, never refused silently: who may sign for it, and which channel is right (S2, nine grounds)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.words import Exclusion


@dataclass(frozen=True, slots=True)
class Channel:
    """The right channel for a ground, as the caller is told it."""

    zh: str
    en: str

    @property
    def text(self) -> str:
        """Both languages, Chinese first."""
        return f"{self.zh}\n{self.en}"


RIGHT_CHANNELS: Mapping[Exclusion, Channel] = {
    Exclusion.NOT_LOCAL_GOVERNMENT: Channel(
        "该事项不属于本级人民政府职权，请向有管辖权的机关反映；可拨打国家政务服务平台或当地12345查询。",
        "Outside this government's powers: please turn to the authority in charge; your local 12345 can name it.",
    ),
    Exclusion.EMERGENCY_LINE: Channel(
        "紧急警情、火情、急救、交通事故、电梯困人，请直接拨打110、119、120、122、96333。",
        "Police, fire, ambulance, traffic accident, people trapped in a lift: dial 110, 119, 120, 122 or 96333.",
    ),
    Exclusion.PARTY_CONGRESS_COURT_MILITARY: Channel(
        "涉及党委、人大、政协、法院、检察院、军队、武警的事项，请向该机关的信访或来信来访窗口反映。",
        "Party committees, congresses, CPPCC, courts, procuratorates, military: please use that body's own window.",
    ),
    Exclusion.LEGAL_CHANNEL: Channel(
        "已经或应当通过诉讼、仲裁、行政复议解决的事项，请循法定途径办理；法律咨询可拨打12348。",
        "For litigation, arbitration or reconsideration please take the legal way; legal advice: 12348.",
    ),
    Exclusion.SECRET_PRIVACY_DISCIPLINE: Channel(
        "检举公职人员违纪违法请拨打12388；涉及国家秘密、商业秘密、个人隐私的事项不宜经热线办理。",
        "Tip-offs on misconduct of officials: 12388. Secrets and private matters should not go through the hotline.",
    ),
    Exclusion.ALREADY_HANDLED: Channel(
        "该事项已办结且没有新的事实；办理结果可凭编号和查询码查看，如有新情况请补充说明。",
        "Handled, with nothing new: the result can be read with number and query code; please add what is new.",
    ),
    Exclusion.MALICIOUS_OR_EMPTY: Channel(
        "来电没有可办理的内容；如有具体诉求，欢迎随时说明。",
        "There is nothing to act on; whenever there is a concrete matter, please tell us.",
    ),
    Exclusion.INCOMPLETE: Channel(
        "多次回拨仍缺少办理所需的内容；补充后可随时重新受理。",
        "After several call-backs essentials are still missing; it is taken up again as soon as they are given.",
    ),
    Exclusion.CONSUMER_MEDIATED: Channel(
        "消费者协会已调解或正在处理，或行政调解已终结的，请继续通过原渠道或依法起诉；市场监管咨询可拨打12315。",
        "Mediated or in hand at the consumer association, or closed: please go on there or in court; advice: 12315.",
    ),
}

PERSON_ONLY = frozenset(
    {Exclusion.ALREADY_HANDLED, Exclusion.MALICIOUS_OR_EMPTY, Exclusion.INCOMPLETE, Exclusion.EMERGENCY_LINE}
)
"""Grounds no standing sign-off can cover: they judge the caller or the history, which only a person may do (S0, S2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """A standing sign-off: named, dated, scoped, revocable. ``least_confidence`` in 0..1; business times."""

    id: str
    signed_by: str
    signed_at: datetime
    grounds: frozenset[Exclusion]
    least_confidence: float
    until: datetime | None = None
    revoked_at: datetime | None = None

    def covers(self, ground: Exclusion, confidence: float, now: datetime) -> bool:
        """Whether the machine may guide on this ground, as sure as it is, now."""
        if ground in PERSON_ONLY or ground not in self.grounds or confidence < self.least_confidence:
            return False
        ended = min((end for end in (self.until, self.revoked_at) if end is not None), default=None)
        return self.signed_at <= now and (ended is None or now < ended)

    @property
    def name(self) -> str:
        """As printed on what was guided under it."""
        return f"{self.signed_by}, standing sign-off {self.id}"


def covering(sign_offs: Sequence[SignOff], ground: Exclusion, confidence: float, now: datetime) -> SignOff | None:
    """The oldest sign-off that covers it, or None: then a person decides."""
    fitting = [one for one in sign_offs if one.covers(ground, confidence, now)]
    return min(fitting, key=lambda one: (one.signed_at, one.id), default=None)
