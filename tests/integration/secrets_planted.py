"""Made-up persons, and every way in which somebody might look for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from bson import json_util
from running_platform import Platform

from contracts.words import Service


@dataclass(frozen=True, slots=True)
class Person:
    """All of it is invented; the identity number's check digit is right, so that it looks real."""

    name: str
    phone: str
    id_card: str
    plate: str
    email: str
    address: str

    def traces(self) -> tuple[str, ...]:
        """What may stand nowhere outside the vault."""
        tail = self.phone[3:]
        return (self.name, self.phone, tail, self.id_card, self.plate, self.email, self.address)

    def said(self) -> str:
        """All but the address, in a citizen's words: a house number in the text is the matter's place."""
        return (
            f"我叫{self.name}，电话{self.phone}，身份证号{self.id_card}，车牌{self.plate}，邮箱{self.email}，"
            "楼下路灯坏了一个星期，请尽快维修"
        )


CALLER = Person(
    "欧阳翠花", "13912345678", "410402199003074512", "豫D8K2M6", "cuihua1990@example.com", "桂花胡同甲七号院"
)
CLUMSY = Person("司马铁柱", "13798761234", "410402198511020033", "豫D5T7Q1", "tiezhu85@example.com", "梧桐巷乙九号院")
"""Sends requests that are refused."""


def everything_stored(platform: Platform, service: Service) -> Iterator[tuple[str, str]]:
    """Collection and text of every row of a service's database."""
    with platform.database(service) as database:
        for name in database.list_collection_names():
            for row in database[name].find({}):
                yield name, json_util.dumps(row, ensure_ascii=False)
