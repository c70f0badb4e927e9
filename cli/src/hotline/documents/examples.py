"""Examples for the departments' document. Numbers, names and matters are invented."""

from typing import Any

_ORDER = "41040020260302000017"
_WHEN = "2026-03-02T01:05:00+00:00"

Examples = dict[str, tuple[dict[str, Any], ...]]


def _notice(name: str, sequence: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"0f8b1c1e-0000-5000-8000-00000000000{sequence}",
        "subject": "7d0f6a54-0000-4000-8000-000000000001",
        "time": _WHEN,
        "traceparent": None,
        "type": name,
        "work_order": _ORDER,
        "unit": "water-group",
        "work_order_seq": sequence,
        "reference": f"5a1de6b0-0000-5000-8000-00000000000{sequence}",
        **more,
    }


def _command(kind: str, number: int, **more: Any) -> dict[str, Any]:
    return {"command_id": f"oa-{number}", "type": kind, "work_order": _ORDER, **more}


NOTICE_EXAMPLES: Examples = {
    "assignment": (
        _notice(
            "assignment",
            1,
            redo=False,
            round=1,
            part="lead_unit",
            mode="FORWARD",
            urgency="NORMAL",
            appeal_type="HELP",
            topic="water.supply.outage",
            confidential=False,
            anonymous=False,
            text_masked="建设路18号院停水一天了",
            place={"text": "建设路18号院", "area_code": "410402"},
            dues={"receipt": "2026-03-02T03:05:00+00:00", "resolve": "2026-03-09T09:30:00+00:00"},
            rule="water.supply",
            catalog_version="1",
            signed_by="duty-officer",
            standing_sign_off=None,
        ),
    ),
    "urge": (_notice("urge", 2, round=1, urge=f"CB{_ORDER}01", kind="resolve", reply_due="2026-03-11T09:30:00+00:00"),),
}

COMMAND_EXAMPLES: Examples = {
    "confirm_receipt": (_command("confirm_receipt", 1),),
    "record_contact": (
        _command(
            "record_contact",
            2,
            method="phone",
            result="已联系诉求人，约定今天上门",
            contacted_at="2026-03-02T09:40:00+08:00",
        ),
    ),
    "request_return": (
        _command("request_return", 3, ground="不属本单位职责，供水管网由水务集团管理", proposed_unit="water-group"),
    ),
    "request_extension": (_command("request_extension", 4, working_days=3, reason="需要开挖管线"),),
    "record_site_visit": (
        _command("record_site_visit", 11, found="阀门井积水,已抽排", visited_at="2026-03-03T10:20:00+08:00"),
    ),
    "recuse": (_command("recuse", 12, person="zhang.san", reason="与诉求人系亲属"),),
    "interim_reply": (_command("interim_reply", 5, public_text="抢修正在进行，预计今晚恢复供水"),),
    "reply": (_command("reply", 6, public_text="已抢修完毕，恢复供水", signer="值班科长", measures="更换阀门"),),
    "explain_delay": (_command("explain_delay", 7, reason="等待配件", until="2026-03-12T09:30:00+08:00"),),
    "answer_urge": (_command("answer_urge", 8, urge=f"CB{_ORDER}01", text="今天完成"),),
    "answer_supervision": (_command("answer_supervision", 9, supervision=f"DB{_ORDER}01", text="已整改"),),
    "object": (_command("object", 10, reason="该路段已移交市政管理"),),
}
