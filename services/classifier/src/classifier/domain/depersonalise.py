"""Takes out of a text what is personal or only local, so that no model can learn it."""

import re

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤符吉云王冼文邢"
)
_TITLES = "先生|女士|小姐|阿姨|大爷|大妈|师傅|经理|主任|局长|科长|所长|书记|老师|医生|护士|校长|警官|律师|某某|某"
_Rule = tuple[str | re.Pattern[str] | None, re.Pattern[str], str]
_RULES: tuple[_Rule, ...] = (
    # what a text must hold for the pattern to be tried at all, the pattern, what stands in
    ("@", re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "¤"),
    ("http", re.compile(r"https?://\S+"), "¤"),
    ("[", re.compile(r"\[(?:plate|mobile|phone|id|name|email)[^\]]{0,12}\]"), "¤"),
    (
        None,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·.\s]?[a-z0-9*]{4,6}(?![a-z0-9])"
        ),
        "¤",
    ),
    (None, re.compile(r"(?:微信|qq|vx)号?[:是为]?\s*[a-z0-9_-]{5,}"), "¤"),
    (None, re.compile(rf"[{_SURNAMES}][一-龥]{{0,2}}?(?={_TITLES})"), "¤"),
    ("姓名", re.compile(rf"(?<=姓名)[:是为]?[{_SURNAMES}][一-龥]{{1,2}}"), "¤"),
    ("叫", re.compile(rf"(?<=[名叫姓]叫)[{_SURNAMES}][一-龥]{{1,2}}"), "¤"),
    ("我", re.compile(rf"(?<=我叫)[{_SURNAMES}][一-龥]{{1,2}}|(?<=我是)[{_SURNAMES}][一-龥]{{1,2}}(?=[,。])"), "¤"),
    (
        re.compile(r"[道路街巷村区园寓厦苑]\s*\d"),
        re.compile(
            r"[一-龥]{2,4}(?=(?:大道|[东西南北中一二三四五六七八九十]?路|街道?|巷|村"
            r"|小区|花园|公寓|大厦|苑|新村)\s*\d)"
        ),
        "¤",
    ),
    (re.compile(r"\d"), re.compile(r"[a-z]*\d[\da-z.:\-/*]*"), "0"),
    (None, re.compile(r"\s+"), " "),
)


def depersonalise(folded: str) -> str:
    """Replace links, plates, names with a title, the name in front of a house number (¤) and digits (0).

    It is deliberately blunt: a word too many taken out costs a little accuracy, a name left in is a leak. What it
    misses is caught by the model's vocabulary, which holds only n-grams found in several texts.
    """
    for needed, pattern, stand_in in _RULES:
        if needed is None or (needed in folded if isinstance(needed, str) else needed.search(folded)):
            folded = pattern.sub(stand_in, folded)
    return folded
