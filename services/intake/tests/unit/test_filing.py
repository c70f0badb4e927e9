"""Telephone numbers that a form takes, and what counts as one address."""

import pytest

from intake.domain.submission import readable_phone
from intake.use_cases.count_address import network


@pytest.mark.parametrize(
    "phone",
    [
        "13812345678",
        "+86 138-1234-5678",
        "１３８１２３４５６７８",
        "(0375) 123 4567转802",
        "0375-1234567 ext. 8",
        "110",
    ],
)
def test_a_number_in_any_notation_is_readable(phone: str) -> None:
    assert readable_phone(phone)


@pytest.mark.parametrize("phone", ["", "12", "+--", "打我电话", "13812345678张三", "1" * 21, "00 12", "ext 5551234<"])
def test_what_is_no_number_is_not(phone: str) -> None:
    assert not readable_phone(phone)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unix", "unix"),
    ],
)
def test_an_address_counts_as_its_household(address: str, counted: str) -> None:
    assert counted == network(address)
