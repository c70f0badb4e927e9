"""The words of the timeline, Chinese and English."""

from contracts.words import AppealType, Channel, DeadlineKind, Outcome, Satisfaction

STATUSES = {
    "registered": ("已登记", "Registered"),
    "classified": ("已分类", "Classified"),
    "handed_over": ("已转紧急线路", "With an emergency line"),
    "guided": ("已告知正确渠道", "Guided to the right channel"),
    "in_handling": ("办理中", "In handling"),
    "replied": ("已答复", "Replied"),
    "answered_directly": ("已直接答复", "Answered directly"),
    "return_visit": ("回访中", "Return visit"),
    "redo": ("重新办理中", "Being done again"),
    "merged": ("合并办理", "Handled together with another"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "closed": ("已办结", "Closed"),
}

CHANNELS = {
    Channel.PHONE: ("电话", "telephone"),
    Channel.MAYOR_MAILBOX: ("市长信箱", "mayor's mailbox"),
    Channel.SMS: ("短信", "SMS"),
    Channel.APP: ("手机应用", "mobile app"),
    Channel.WECHAT: ("微信", "WeChat"),
    Channel.WEIBO: ("微博", "Weibo"),
    Channel.EMAIL: ("电子邮件", "e-mail"),
    Channel.LETTER: ("信函", "letter"),
    Channel.VISIT: ("来访", "visit"),
    Channel.FAX: ("传真", "fax"),
    Channel.HANDOVER_110: ("110 移交", "handed over by 110"),
    Channel.UPPER_LEVEL: ("上级交办", "from the upper level"),
}

TYPES = {
    AppealType.INQUIRY: ("咨询", "inquiry"),
    AppealType.HELP: ("求助", "help"),
    AppealType.COMPLAINT: ("投诉", "complaint"),
    AppealType.REPORT: ("举报", "report"),
    AppealType.SUGGESTION: ("建议", "suggestion"),
    AppealType.PRAISE: ("表扬", "praise"),
    AppealType.OTHER: ("其他", "other"),
}

DEADLINES = {
    DeadlineKind.RECEIPT: ("签收", "receipt"),
    DeadlineKind.CONTACT: ("联系", "contact"),
    DeadlineKind.RESOLVE: ("办结", "resolution"),
    DeadlineKind.RETURN: ("退件", "return"),
    DeadlineKind.URGE_REPLY: ("催办回复", "answer to the urge"),
    DeadlineKind.REDO: ("重办", "redo"),
    DeadlineKind.REVISIT: ("回访", "return visit"),
    DeadlineKind.SUPERVISION_SYSTEM: ("系统督办", "system supervision"),
    DeadlineKind.SUPERVISION_WRITTEN: ("书面督办", "written supervision"),
    DeadlineKind.SUPERVISION_SPECIAL_TOPIC: ("专题督办", "special-topic supervision"),
    DeadlineKind.SUPERVISION_INSTRUCTION: ("批示督办", "supervision by instruction"),
}

OUTCOMES = {
    Outcome.RESOLVED: ("已解决", "solved"),
    Outcome.UNRESOLVED_EXPLAINED: ("未能解决，已说明原因", "not solved, the reason was explained"),
    Outcome.ANSWERED: ("已答复", "answered"),
    Outcome.GUIDED: ("已引导", "guided"),
    Outcome.HANDED_OVER: ("已移交紧急线路", "handed over"),
    Outcome.WITHDRAWN: ("已撤回", "withdrawn"),
    Outcome.UNREACHED: ("未能回访到诉求人", "the caller was not reached"),
    Outcome.MERGED: ("已合并", "merged"),
}

SATISFACTIONS = {
    Satisfaction.SATISFIED: ("满意", "satisfied"),
    Satisfaction.BASICALLY_SATISFIED: ("基本满意", "basically satisfied"),
    Satisfaction.DISSATISFIED: ("不满意", "dissatisfied"),
}

MISSING = {
    "place": ("地点", "place"),
    "matter": ("事项", "matter"),
    "contact": ("联系方式", "contact"),
}

PROMISE_STATES = {
    "running": ("进行中", "running"),
    "kept": ("已按期完成", "kept"),
    "breached": ("已超期", "overdue"),
}
