"""What is kept of timers in memory is what the documents say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.known_wakes import KnownWakes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SUBJECTS = st.sampled_from("abcdef")
TIMES = st.none() | st.integers(0, 9).map(lambda minutes: NOON + timedelta(minutes=minutes))
SAVES = st.lists(st.tuples(SUBJECTS, TIMES), max_size=40)


def saved(into: dict[str, datetime], saves: list[tuple[str, datetime | None]]) -> dict[str, datetime]:
    for subject, at in saves:
        if at is None:
            into.pop(subject, None)
        else:
            into[subject] = at
    return into


@given(before=SAVES, while_reading=SAVES, after=SAVES)
def test_timers_are_those_of_the_last_saves_whenever_the_store_was_read(
    before: list[tuple[str, datetime | None]],
    while_reading: list[tuple[str, datetime | None]],
    after: list[tuple[str, datetime | None]],
) -> None:
    known = KnownWakes()
    store = saved({}, before)
    for subject, at in before:
        known.tell(subject, at)
    known.begin()
    read = dict(store)
    for subject, at in while_reading:
        known.tell(subject, at)
    saved(store, while_reading)
    known.fill(read.items())
    for subject, at in after:
        known.tell(subject, at)
    saved(store, after)
    assert known.first() == min(store.values(), default=None)
    until = NOON + timedelta(minutes=4)
    assert known.due(until, 100) == sorted(
        ((subject, at) for subject, at in store.items() if at <= until), key=lambda pair: (pair[1], pair[0])
    )


def test_no_more_than_asked_for_are_due_and_the_oldest_first() -> None:
    known = KnownWakes()
    for minutes in (3, 1, 2):
        known.tell(str(minutes), NOON + timedelta(minutes=minutes))
    assert [subject for subject, _ in known.due(NOON + timedelta(hours=1), 2)] == ["1", "2"]
