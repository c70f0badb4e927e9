"""Standing sign-offs are named, dated, scoped and revocable; every ground has a right channel."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from classifier.domain.guidance import PERSON_ONLY, RIGHT_CHANNELS, SignOff, covering
from contracts.words import Exclusion

T = datetime(2026, 3, 2, 1, tzinfo=UTC)
SIGNED = SignOff(
    id="s1", signed_by="zhao", signed_at=T, grounds=frozenset({Exclusion.LEGAL_CHANNEL}), least_confidence=0.7
)


def _covers(sign_off: SignOff, *, confidence: float = 0.9, at: datetime = T) -> bool:
    return sign_off.covers(Exclusion.LEGAL_CHANNEL, confidence, at)


def test_a_sign_off_covers_its_grounds_from_its_date_at_its_confidence() -> None:
    assert _covers(SIGNED)
    assert not _covers(SIGNED, confidence=0.69)
    assert not _covers(SIGNED, at=T - timedelta(seconds=1))
    assert not SIGNED.covers(Exclusion.CONSUMER_MEDIATED, 0.9, T)


def test_a_sign_off_ends_at_its_date_or_when_it_is_revoked() -> None:
    later = T + timedelta(days=1)
    assert not _covers(replace(SIGNED, until=later), at=later)
    assert not _covers(replace(SIGNED, revoked_at=later), at=later)
    assert _covers(replace(SIGNED, until=later), at=later - timedelta(seconds=1))


def test_what_judges_the_caller_is_never_covered() -> None:
    everything = replace(SIGNED, grounds=frozenset(Exclusion), least_confidence=0.0)
    assert {ground for ground in Exclusion if not everything.covers(ground, 1.0, T)} == PERSON_ONLY


def test_the_oldest_sign_off_that_covers_is_named() -> None:
    newer = replace(SIGNED, id="s2", signed_at=T + timedelta(hours=1))
    at = T + timedelta(hours=2)
    assert covering((newer, SIGNED), Exclusion.LEGAL_CHANNEL, 0.9, at) == SIGNED
    assert covering((), Exclusion.LEGAL_CHANNEL, 0.9, at) is None


def test_every_ground_has_a_right_channel_in_both_languages() -> None:
    assert set(RIGHT_CHANNELS) == set(Exclusion)
    assert all(channel.zh and channel.en for channel in RIGHT_CHANNELS.values())
