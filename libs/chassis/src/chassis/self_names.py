"""Finds the name that a person gives of himself or herself in free text: "我叫张三", "my name is ..."."""

import re
from collections.abc import Iterator

_COMPOUND = (
    "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|长孙|宇文|司徒|令狐|端木|南宫|西门|轩辕|独孤|呼延|歐陽|諸葛"
)
_SINGLE = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛狄米贝明臧伏戴宋庞熊纪舒"
    "屈项祝董梁杜阮蓝闵席季麻贾路江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房解应宗丁宣邓单洪包诸左石崔吉龚"
    "程邢裴陆荣翁荀甄封储靳段焦谷车侯全班仰秋仲宁仇栾甘厉祖武符刘景詹龙叶幸司黎薄白怀蒲邰赖卓蔺屠蒙池乔闻党翟谭劳申"
    "扶冉桑桂牛边燕尚温庄晏柴瞿阎慕连习艾鱼容向古易慎戈廖终居衡步都耿满匡国文寇广阙欧沃利蔚越隆师巩聂晁敖融冷辛阚那简"
    "饶曾关相查后荆红游竺权盖益桓公肖岳付代付佟苑岩冼覃植鹿揭"
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張華謝鄒蘇馬鳳湯羅畢齊顧黃蕭賈"
    "顏鐘駱盧應單龔榮龍葉劉譚閻連歐聶簡關肖"
)
_SURNAME = rf"(?:{_COMPOUND}|[{_SINGLE}])"
_HAN = "[\u4e00-\u9fff]"
_FOLLOW = (
    r"(?=$|[^\u4e00-\u9fff]|住|家住|家在|电话|手机|身份证|是|的|现|想|要|反映|投诉|举报|咨询|求助|系|男|女|今年|今天|昨天|来|在|我"
    r"|有|对|和|与|跟|因|于|从|向|为|这|那|说|联系|你|您|刚|已|曾|也|就|家|名下|今早|希望|请)"
)
_STRONG = (
    "我叫做?|我的名字[是叫]?|我名字[是叫]|本人叫|本人姓名|姓名[是为]?|名字[是叫]|名叫|联系人|户主|收件人|投诉人|反映人|来电人|诉求人|举报人"
    "|报案人|申请人|我是业主|我是住户|我是居民|我是市民|我是家长"
)
_WEAK = "本人|我是|我乃|这里是|我係|我系"
_GAP = r"[ :,，：是为叫]{0,3}"

_STRONG_NAME = re.compile(rf"(?:{_STRONG}){_GAP}({_SURNAME}(?:{_HAN}{_FOLLOW}|{_HAN}{{2}}|{_HAN}))")
_WEAK_NAME = re.compile(rf"(?:{_WEAK}){_GAP}({_SURNAME}{_HAN}{{1,2}}?){_FOLLOW}")
_MINORITY = re.compile(
    rf"(?:{_STRONG}|{_WEAK}){_GAP}({_HAN}{{1,8}}[·•・.]{_HAN}{{1,10}}?)(?=$|[^\u4e00-\u9fff]|是|住|的|想|要)"
)
_SHORT_SENTENCE = re.compile(
    rf"(?:我叫做?|我的名字[是叫]){_GAP}((?![了他她它你您们不过来人车救保物着什怎]){_HAN}{{2,4}})"
    r"(?=$|[,.;!? ，。；！？、\n(（])"
)
_SURNAME_ONLY = re.compile(
    rf"(?:免贵姓|我姓|本人姓(?!名)){_GAP}({_SURNAME}(?:{_HAN}{{1,2}}(?=$|[,.;!? ，。；！？、\n]))?)"
)
_ENGLISH = re.compile(
    r"(?:(?i:\bmy (?:full )?name(?: is|'s|’s|:)|\bi am called|\bi'm called|\bname:)"
    r"|\b[Tt]his is(?= [A-Z][a-z]+ [A-Z])|\bI(?: am|'m)(?= [A-Z][a-z]+ [A-Z]))"
    r" {0,2}((?!(?i:not|a|an|the|on|in|about|for|very)\b)[A-Za-z][A-Za-z'’.-]+"
    r"(?: (?!(?i:and|from|i|of|at|in|my|the|who|living|calling|here|speaking|on|is|to|phone|tel|with)\b)"
    r"[A-Za-z][A-Za-z'’-]+){0,2})"
)
_NOT_NAMES = re.compile(
    "(?:于|单|都|应|向|从|那|何|连|相|都|全|安|常|居|在|对)(?:[昨今明前上下本去一二三四五六七八九十年月日天时处故]|位|是|该|都|在|全|路|经|装|住|家|常)"
    "|车(?:来|去|到|被|主|子|辆|位|库|牌|上|内|里)|向|连(?:续|夜|日|同)|居(?:所|住|家)|经(?:常|过)|时(?:常|间)|计(?:划|算)|强(?:烈|制)|司机|安保|师傅|师兄|高(?:中|三|一|二|校|龄|新)|方(?:便|面)|包(?:工|租)|关(?:于|心)|和|广(?:场|大|东|西|州)"
    "|国(?:家|企)|公(?:司|务|民|交|园)|全(?:体|家|市|部|职)|管(?:理|道)|华(?:侨|人)|房(?:东|主|客|屋|子|产)|孙[子女]|解释|宣[传布]|封[闭堵]|相信|应有|陈述|都|程序|车主|家长|满(?:族|意)|居民|居住"
    "|高层|利用|应届|应该|代(?:表|理|替)|江(?:苏|西)|查(?:询|到)|明天|左右|越来|后来|终于|易(?:燃|拉)|文(?:化|明)|路(?:过|边|人)|那(?:个|里|边)|"
    "温(?:州|度)|白(?:天|领)|田(?:地|里)|花(?:了|钱|园)|马(?:上|路)|牛奶|梅雨|别人|解(?:放|决)|童年|景区|容易|广告|简单|游客|古(?:城|镇)|步行"
)


def name_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of self-given names. ``text`` has half-width punctuation already; rather one character too many than one
    too few after a clear cue, and only a surname before a boundary after a weak one ("我是")."""
    for pattern in (_STRONG_NAME, _WEAK_NAME, _MINORITY, _SHORT_SENTENCE, _SURNAME_ONLY):
        for match in pattern.finditer(text):
            if pattern in (_MINORITY, _SURNAME_ONLY) or not _NOT_NAMES.match(match[1]):
                yield match.span(1)
    for match in _ENGLISH.finditer(text):
        yield match.span(1)
