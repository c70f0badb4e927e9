"""What citizens say, as varied as in life: hardly two of a thousand texts are alike enough to be taken for repeats."""

PLACES = (
    "幸福小区{}号楼", "建设路{}号门前", "新华路{}号学校门口", "光明小区{}号楼下", "中兴路{}号工地", "东安路{}号院",
    "任店镇{}组", "湛河堤{}号桥头", "矿工路{}号家属院", "开源路{}号商场后面", "平安大道{}号公交站", "卫东区和平巷{}号",
)  # fmt: skip
MATTERS = (
    "从早上开始停水", "路灯坏了三盏", "路面有一个大坑", "烧烤店每天晚上油烟很大", "凌晨两点还在施工", "物业不打扫楼道",
    "自来水发黄有沉淀", "垃圾好几天没有人清运", "下水道堵了往外冒", "暖气片一点都不热", "健身器材断了一根横杆",
    "公交车等了四十分钟不来", "流动摊贩占了半边路", "绿化带里的树枝挡住了窗户", "电梯停运快一个星期",
    "广场舞的音响开到十一点", "宽带报修没有人上门", "楼下的饭店半夜还在放音响", "养狗的人不牵绳", "停车场乱收费",
    "河沟里的水又黑又臭", "路灯整夜一闪一闪", "门口的斑马线磨得看不见", "路边的垃圾桶满了没有人收",
)  # fmt: skip
SINCE = (
    "昨天起", "上个礼拜就这样", "已经半个多月", "入冬以后", "开学那天起", "下过雨之后", "国庆节前", "从夏天拖到现在",
    "每逢周末", "这两天",
)  # fmt: skip
EFFECTS = (
    "老人出门很不方便", "孩子写作业没法安心", "晚上黑得看不清脚下", "一楼几家都进不了门", "路过的人只好绕着走",
    "味道大得不敢开窗", "邻居吵过好几回", "店里的生意受影响", "打过电话没有下文", "全楼三十多户都着急",
    "骑车的人摔过跤",
)  # fmt: skip
WISHES = (
    "希望尽快派人来看", "请给个准信什么时候能好", "盼早点修好", "麻烦安排人处理", "能不能先临时处理一下",
    "请协调解决", "请来人修一下",
)  # fmt: skip


def matter(serial: int) -> str:
    """The text of one appeal; the same for the same number."""
    # Steps of different length: neighbours differ in every part.
    place, what = PLACES[serial % len(PLACES)].format(serial), MATTERS[serial * 7 % len(MATTERS)]
    since, effect = SINCE[serial // 3 * 3 % len(SINCE)], EFFECTS[serial * 5 % len(EFFECTS)]
    return f"{place}{what},{since},{effect},{WISHES[serial * 3 % len(WISHES)]}"
