"""Times in words."""

from datetime import UTC, datetime, timedelta

import pytest

from obeya.web import wording

NOON = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45.9, "45 s"),
        (245, "4 min 05 s"),
        (720, "12 min"),
        (7800, "2 h 10 min"),
        (86400, "1 day"),
        (260000, "3 days"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert wording.duration_words(seconds) == words


@pytest.mark.parametrize(
    ("left_s", "window_s", "urgency"),
    [
        (3500, 3600, "calm"),
        (1000, 3600, "soon"),
        (100, 3600, "urgent"),
        (0, 3600, "over"),
        (118, 120, "calm"),
        (20, 120, "urgent"),
    ],
)
def test_urgency_grows_and_a_short_window_is_not_born_urgent(
    left_s: float, window_s: float, urgency: str
) -> None:
    assert wording.urgency_of(left_s, window_s) == urgency


def test_time_left_counts_down_and_then_says_how_long_it_is_over() -> None:
    due = NOON + timedelta(minutes=10)
    half = wording.time_left(opened_at=NOON, due_at=due, now=NOON + timedelta(minutes=5))
    assert (half.words, half.urgency, half.share) == ("5 min 00 s left", "soon", 0.5)
    late = wording.time_left(opened_at=NOON, due_at=due, now=due + timedelta(seconds=40))
    assert (late.words, late.urgency, late.share) == ("40 s over", "over", 0.0)


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (2, "just now"),
        (40, "40 s ago"),
        (720, "12 min ago"),
        (10800, "3 h ago"),
        (86400, "1 day ago"),
        (200000, "2 days ago"),
    ],
)
def test_the_past_is_said_in_one_unit(back: int, words: str) -> None:
    assert wording.ago_words(at=NOON - timedelta(seconds=back), now=NOON) == words
