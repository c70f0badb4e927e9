"""The field's standard words as enumerations: the only vocabulary that services share."""

from enum import StrEnum


class Service(StrEnum):
    """The six services; the value is the event's ``source``."""

    INTAKE = "intake"
    CLASSIFIER = "classifier"
    DISPATCHER = "dispatcher"
    SLA_MONITOR = "sla-monitor"
    REVISIT = "revisit"
    REPORTING = "reporting"


class Lane(StrEnum):
    """Ordinary traffic, or the lane that nothing blocks."""

    ORDINARY = "ordinary"
    EMERGENCY = "emergency"


class AppealType(StrEnum):
    """诉求类型: what the citizen wants of the hotline."""

    INQUIRY = "INQUIRY"
    HELP = "HELP"
    COMPLAINT = "COMPLAINT"
    REPORT = "REPORT"
    SUGGESTION = "SUGGESTION"
    PRAISE = "PRAISE"
    OTHER = "OTHER"


class Channel(StrEnum):
    """The ways an appeal comes in (S1, S3, S4)."""

    PHONE = "phone"
    MAYOR_MAILBOX = "mayor_mailbox"
    SMS = "sms"
    APP = "app"
    WECHAT = "wechat"
    WEIBO = "weibo"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    FAX = "fax"
    HANDOVER_110 = "handover_110"
    UPPER_LEVEL = "upper_level"


class CallerKind(StrEnum):
    """Who may turn to the hotline."""

    NATURAL_PERSON = "natural_person"
    LEGAL_PERSON = "legal_person"
    OTHER_ORGANISATION = "other_organisation"


class Exclusion(StrEnum):
    """The nine grounds on which a matter is guided elsewhere (S2)."""

    NOT_LOCAL_GOVERNMENT = "NOT_LOCAL_GOVERNMENT"
    EMERGENCY_LINE = "EMERGENCY_LINE"
    PARTY_CONGRESS_COURT_MILITARY = "PARTY_CONGRESS_COURT_MILITARY"
    LEGAL_CHANNEL = "LEGAL_CHANNEL"
    SECRET_PRIVACY_DISCIPLINE = "SECRET_PRIVACY_DISCIPLINE"
    ALREADY_HANDLED = "ALREADY_HANDLED"
    MALICIOUS_OR_EMPTY = "MALICIOUS_OR_EMPTY"
    INCOMPLETE = "INCOMPLETE"
    CONSUMER_MEDIATED = "CONSUMER_MEDIATED"


class Urgency(StrEnum):
    """How fast a matter must move. EMERGENCY belongs to an emergency line."""

    NORMAL = "NORMAL"
    URGENT = "URGENT"
    EMERGENCY = "EMERGENCY"


class AssignmentMode(StrEnum):
    """直办 转办 协办 呈办: how the centre handles an appeal (S0, S1)."""

    DIRECT = "DIRECT"
    FORWARD = "FORWARD"
    JOINT = "JOINT"
    SUBMIT = "SUBMIT"


class UnitPart(StrEnum):
    """主办 or 协办: the part a unit plays on a work order."""

    LEAD = "lead_unit"
    CO = "co_unit"


class SupervisionKind(StrEnum):
    """督办: system, written, special-topic, instruction and on-site supervision (S1, S3, S4)."""

    SYSTEM = "SYSTEM"
    WRITTEN = "WRITTEN"
    SPECIAL_TOPIC = "SPECIAL_TOPIC"
    INSTRUCTION = "INSTRUCTION"
    ON_SITE = "ON_SITE"


class DeadlineKind(StrEnum):
    """Every kind of legal deadline the platform watches."""

    RECEIPT = "receipt"
    CONTACT = "contact"
    RESOLVE = "resolve"
    RETURN = "return"
    URGE_REPLY = "urge_reply"
    REDO = "redo"
    REVISIT = "revisit"
    SUPERVISION_SYSTEM = "supervision_system"
    SUPERVISION_WRITTEN = "supervision_written"
    SUPERVISION_SPECIAL_TOPIC = "supervision_special_topic"
    SUPERVISION_INSTRUCTION = "supervision_instruction"


class Clock(StrEnum):
    """The citizen clock never stops; the unit clock runs per unit and round."""

    CITIZEN = "citizen"
    UNIT = "unit"


class Satisfaction(StrEnum):
    """满意度: what the caller says at the return visit."""

    SATISFIED = "SATISFIED"
    BASICALLY_SATISFIED = "BASICALLY_SATISFIED"
    DISSATISFIED = "DISSATISFIED"


class VisitMethod(StrEnum):
    """How the centre asks: by phone, by internet or on site (S1)."""

    PHONE = "phone"
    INTERNET = "internet"
    ON_SITE = "on_site"


class Outcome(StrEnum):
    """Why an appeal is closed."""

    RESOLVED = "RESOLVED"
    UNRESOLVED_EXPLAINED = "UNRESOLVED_EXPLAINED"
    ANSWERED = "ANSWERED"
    GUIDED = "GUIDED"
    HANDED_OVER = "HANDED_OVER"
    WITHDRAWN = "WITHDRAWN"
    UNREACHED = "UNREACHED"
    MERGED = "MERGED"


class Role(StrEnum):
    """Who somebody is to the platform. Every door names the roles it opens to."""

    CITIZEN = "citizen"
    AGENT = "agent"
    TRIAGE_OFFICER = "triage_officer"
    DUTY_OFFICER = "duty_officer"
    REVIEWER = "reviewer"
    REVISIT_AGENT = "revisit_agent"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    OVERSEER = "overseer"
    AUDITOR = "auditor"
    PUBLISHER = "publisher"
    UNIT_HANDLER = "unit_handler"
    UNIT_HEAD = "unit_head"
    LINE_OPERATOR = "line_operator"
    OPERATOR = "operator"
