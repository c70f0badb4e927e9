"""Masks what tells who somebody is in free text: only masked text leaves intake (rule 10).

Kept readable on purpose: emergency and service numbers, amounts, dates, house numbers and our own public numbers.
When in doubt about a long number it is masked: the original stays in the vault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chassis.self_names import name_spans

PLACEHOLDERS = {
    "email": "[邮箱]",
    "id_card": "[身份证号]",
    "bank_card": "[银行卡号]",
    "phone": "[电话号码]",
    "plate": "[车牌号]",
    "wechat": "[微信号]",
    "qq": "[QQ号]",
    "name": "[姓名]",
}
"""What stands in the text instead, by kind; earlier kinds win where two overlap."""

_CHINESE_DIGITS = {
    ord(word): digit
    for digit, words in enumerate(("〇零○", "一壹幺", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for word in words
}
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x2010: 0x2D,
    0x2011: 0x2D,
    0x2012: 0x2D,
    0x2013: 0x2D,
    0x2014: 0x2D,
    0x2015: 0x2D,
    0x2212: 0x2D,
    0xA0: 0x20,
}
_DIGITS = _HALF_WIDTH | {code: ord(str(digit)) for code, digit in _CHINESE_DIGITS.items()}
# Both tables map one character to one character, so a span in the folded text is the span in the original.

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_S = r"[ .·_-]{0,2}"

_MOBILE = re.compile(
    r"(?<!\d)(?:\(?(?:\+|00)?86\)?" + _S + r"|0)?"
    rf"(?:1[3-9]\d{_S}\d{{4}}{_S}\d{{4}}"
    rf"|1[3-9]\d{_S}\d{{3}}{_S}\d{{5}}"
    rf"|1[3-9]\d{{2}}{_S}\d{{4}}{_S}\d{{3}}"
    rf"|1[3-9]\d{{2}}{_S}\d{{3}}{_S}\d{{4}}"
    rf"|1[3-9]\d{{3}}{_S}\d{{6}}"
    rf"|1[3-9]\d{{4}}{_S}\d{{5}}"
    rf"|1[3-9]\d{{5}}{_S}\d{{4}}"
    rf"|1(?:{_S}[3-9])(?:{_S}\d){{9}}(?!{_S}\d)"
    r")(?!\d)"
)
_LANDLINE = re.compile(
    r"(?<!\d)(?<!\d-)(?:(?:\+|00)86[ -]?)?(?:\(0?[1-9]\d{1,2}\)[ -]?|0[1-9]\d{1,2}[ -]{0,2})[2-8]\d{2,3}[ -]?\d{4}"
    r"(?:(?:-|转| ext\.? ?)\d{1,5})?(?!\d)",
    re.I,
)
_LOCAL_NUMBER = re.compile(
    r"(?:电话|電話|手机|手機|座机|固话|家电|来电|回电|联系方式|联系我|致电|号码|打给我|phone|tel|call me)[^\d\n]{0,8}"
    r"(?<!\d)([2-8]\d{2,3}[ -]?\d{4}(?:(?:-|转)\d{1,5})?)(?![\d元块])",
    re.I,
)
_ID_CARD = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}[ -]?(?:18|19|20)\d{{2}}[ -]?{_MONTH_DAY}[ -]?\d{{3}}[\dXx*](?![0-9A-Za-z])"
    rf"|(?<!\d)[1-9]\d{{7}}{_MONTH_DAY}\d{{3}}(?!\d)"
)
_OUR_NUMBER = rf"[1-6]\d{{5}}20\d{{2}}{_MONTH_DAY}\d{{7,10}}(?!\d)"
"""A public number, or a child's with its two digits more."""

_BANK_CARD = re.compile(
    rf"(?<!\d)(?!{_OUR_NUMBER})\d{{16,}}"
    r"|(?<!\d)(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?:\1\d{1,3})?)(?!\d)"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}] ?[A-HJ-NP-Za-hj-np-z][ ·•.-]?(?=[A-Za-z]{{0,5}}\d)(?:[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}"
    r"|[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳使领])(?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+ ?@ ?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_WECHAT = re.compile(
    r"(?:微信(?:账号|号|id)?|薇信|威信|(?<![A-Za-z])(?:wechat|weixin|vx|wx))(?: ?(?:id|号))?[ :是为叫加]{0,4}"
    r"([A-Za-z](?=[A-Za-z_-]*\d|[A-Za-z]*[_-])[A-Za-z0-9_-]{5,19}|(?<=[:是为号])[A-Za-z][A-Za-z0-9_-]{5,19})"
    r"(?![A-Za-z0-9_-])",
    re.I,
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z])qq|扣扣|企鹅)(?:群|账号|号码|号| ?number| ?id)?[ :是为加]{0,4}([1-9]\d{4,10})(?!\d)", re.I
)

_PATTERNS: tuple[tuple[str, re.Pattern[str], int], ...] = (
    ("email", _EMAIL, 0),
    ("id_card", _ID_CARD, 0),
    ("phone", _MOBILE, 0),
    ("phone", _LANDLINE, 0),
    ("qq", _QQ, 1),
    ("phone", _LOCAL_NUMBER, 1),
    ("bank_card", _BANK_CARD, 0),
    ("plate", _PLATE, 0),
    ("wechat", _WECHAT, 1),
)
_KEPT = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<![0-9a-zA-Z])(?=[0-9]*[a-f])[0-9a-f]{32}(?![0-9a-zA-Z])"
)
_HARMLESS = re.compile(r"[A-Za-z_.-]{0,40}\Z|\d{1,6}\Z")
_SECRET = re.compile(
    r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}"
    r"|(?i:bearer|basic) +[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=://)[^\s/@]+:[^\s/@]*(?=@)"
    r"|(?i:(?<=password=)|(?<=passwd=)|(?<=token=)|(?<=secret=)|(?<=api_key=)|(?<=query_code=))[^\s&;,]+"
)


@dataclass(frozen=True, slots=True)
class Masked:
    """Text that may travel, and which kinds were found in it (sorted; never what they were)."""

    text: str
    kinds: tuple[str, ...] = ()


Span = tuple[int, int, str]


def _spans(text: str) -> Iterator[Span]:
    # Chinese digits are folded in a second look only: "一" before a number would otherwise hide where it begins.
    for table in (_HALF_WIDTH, _DIGITS):
        folded = text.translate(table)
        for kind, pattern, group in _PATTERNS:
            for match in pattern.finditer(folded):
                yield match.start(group), match.end(group), kind
    for start, end in name_spans(text.translate(_HALF_WIDTH)):
        yield start, end, "name"


def mask(text: str) -> Masked:
    """Replace telephone numbers, identity and bank cards, plates, e-mail, WeChat and QQ ids, and self-given names."""
    text = _INVISIBLE.sub("", text)
    order = list(PLACEHOLDERS)
    chosen: list[Span] = []
    for span in sorted(set(_spans(text)), key=lambda s: (order.index(s[2]), s[0] - s[1])):
        if all(span[1] <= taken[0] or span[0] >= taken[1] for taken in chosen):
            chosen.append(span)
    for start, end, kind in sorted(chosen, reverse=True):
        text = text[:start] + PLACEHOLDERS[kind] + text[end:]
    return Masked(text, tuple(sorted({kind for _, _, kind in chosen})))


def redact(text: str) -> str:
    """``mask`` for logs and errors: also takes out tokens and passwords, and leaves ids of ours as they are."""
    if _HARMLESS.match(text):
        return text
    text = _SECRET.sub("[secret]", text)
    parts: list[str] = []
    end = 0
    for match in _KEPT.finditer(text):
        parts += (mask(text[end : match.start()]).text, match[0])
        end = match.end()
    parts.append(mask(text[end:]).text)
    return "".join(parts)


def masked_phone(number: str) -> str:
    """The form that a unit sees: ``13812345678`` as ``138****5678``; a short number shows at most its last two."""
    digits = "".join(character for character in number.translate(_DIGITS) if character.isdigit())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < 9:
        return "****" + digits[-2:] if len(digits) > 4 else "****"
    return f"{digits[:3]}****{digits[-4:]}"
