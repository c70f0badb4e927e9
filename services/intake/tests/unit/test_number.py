"""Public numbers."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from intake.domain.number import audit, business_day, check_digit, public_number, well_formed


@given(st.text("0123456789", min_size=1, max_size=25))
def test_the_check_digit_is_that_of_iso_7064(digits: str) -> None:
    assert mod_11_10.calc_check_digit(digits) == check_digit(digits)


@given(st.integers(1, 9_999_999), st.integers(0, 20), st.integers(1, 9))
def test_a_single_wrong_digit_never_fits(seq: int, place: int, by: int) -> None:
    number = public_number("410400", "20260302", seq)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]

    assert well_formed(number)
    assert not well_formed(wrong)


def test_a_sequence_above_999999_takes_a_seventh_digit() -> None:
    assert "410400202603021000000" == public_number("410400", "20260302", 1_000_000)[:-1]
    assert 22 == len(public_number("410400", "20260302", 1_000_000))


def test_the_day_is_the_date_in_shanghai() -> None:
    assert "20260303" == business_day(datetime(2026, 3, 2, 16, 0, tzinfo=UTC))
    assert "20260302" == business_day(datetime(2026, 3, 2, 15, 59, tzinfo=UTC))


def test_what_is_no_number_is_not_well_formed() -> None:
    assert [False] * 4 == [well_formed(text) for text in ("", "41040020260302000001", "４" * 21, "x" * 21)]


def test_an_audit_names_what_is_missing_below_the_last() -> None:
    found = audit([1, 2, 5])

    assert (5, 3, (3, 4)) == (found.last, found.issued, found.gaps)
    assert (0, 0, ()) == (audit([]).last, audit([]).issued, audit([]).gaps)
