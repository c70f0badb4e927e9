"""What citizens of the tests say. No personal data; places and matters are invented."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from people import Town

from contracts.words import Role

MATTERS = (
    "幸福小区3号楼从昨天早上开始停水，到现在一直没有恢复，请尽快派人处理",
    "建设路与中兴路交叉口的路灯坏了三盏，晚上很黑，请尽快维修",
    "新华路学校门口路面有一个大坑，下雨积水，请尽快修补",
    "光明小区楼下烧烤店每天晚上油烟很大，影响居民休息",
    "湛河公园北门的垃圾堆了一个星期没有人清运，气味很大",
    "工地每天凌晨两点还在施工，噪音很大，附近居民无法休息",
    "26路公交车经常半个小时不来一趟，希望增加班次",
    "小区物业收了费不打扫楼道，电话也没有人接",
    "我们村的自来水发黄，烧开以后有沉淀，希望检测水质",
    "公司拖欠我们十几个人三个月工资，劳动监察一直没有结果",
)
EMERGENCIES = (
    "我家楼下商铺着火了，浓烟很大，楼上还有人被困，快来救火",
    "有人晕倒在人民路公交站，没有呼吸了，快叫救护车",
    "电梯突然停了，我们四个人被困在里面出不来",
    "十字路口发生车祸，两辆车相撞，有人受伤流血",
    "有人拿着刀在市场里砍人，快来警察",
)

_serial = itertools.count(1)


def body(text: str, **more: Any) -> dict[str, Any]:
    """One channel message."""
    caller = {"name": "测试来电人", "phone": "0375-2999999"}
    place = {"text": "新华路与建设路交叉口东北角"}
    return {
        "channel": "phone",
        "message_id": f"m-{next(_serial)}",
        "text": text,
        "caller": caller,
        "place": place,
        **more,
    }


async def send(town: Town, text: str, **more: Any) -> dict[str, Any]:
    """Register one appeal; number and query code. The key stays the same over every try."""
    asked = body(text, **more)
    agent = town.person(Role.AGENT)
    answer: dict[str, Any] = await agent.tell("/appeals", asked, key=f"{town.run}-{asked['message_id']}")
    return answer


async def send_many(
    town: Town,
    texts: Sequence[str],
    count: int,
    *,
    at_once: int = 16,
    sent: list[str] | None = None,
    sending: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Register ``count`` appeals, so many at once; their numbers. ``sent`` grows meanwhile: the sender's own log."""
    numbers = [] if sent is None else sent
    left = itertools.islice(zip(itertools.count(1), itertools.cycle(texts), strict=False), count)

    async def one_after_another() -> None:
        for at, text in left:
            if not sending():
                return
            answer = await send(town, f"{text}（第{at}件）")
            numbers.append(answer["number"])

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return numbers
