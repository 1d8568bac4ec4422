"""Shift hours hold across midnight and clock changes; functions are the only power."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from obeya.people import rules

PUNE = ZoneInfo("Asia/Kolkata")
BERLIN = ZoneInfo("Europe/Berlin")
ALL_DAYS = frozenset(rules.WEEKDAYS)
NIGHT = rules.Hours(time(22), time(6), frozenset({"fri"}))


def at(tz: ZoneInfo, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=tz)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (at(PUNE, 2026, 2, 6, 21, 59), False),
        (at(PUNE, 2026, 2, 6, 22, 0), True),
        (at(PUNE, 2026, 2, 7, 5, 59), True),
        (at(PUNE, 2026, 2, 7, 6, 0), False),
        (at(PUNE, 2026, 2, 6, 3, 0), False),
        (at(PUNE, 2026, 2, 7, 23, 0), False),
    ],
)
def test_a_friday_night_shift_works_into_saturday_and_no_other_night(moment, works):
    assert rules.covers(NIGHT, moment, PUNE) is works
    assert rules.covers(NIGHT, moment.astimezone(UTC), PUNE) is works


def test_a_night_shift_belongs_to_the_day_it_started():
    assert rules.shift_day(NIGHT, at(PUNE, 2026, 2, 7, 2), PUNE) == date(2026, 2, 6)


def test_the_night_the_clocks_go_forward_is_an_hour_shorter():
    starts, ends = rules.span(NIGHT, date(2026, 3, 28), BERLIN)
    assert (ends - starts).total_seconds() == 7 * 3600


def test_the_night_the_clocks_go_back_is_an_hour_longer():
    starts, ends = rules.span(NIGHT, date(2026, 10, 24), BERLIN)
    assert (ends - starts).total_seconds() == 9 * 3600


def test_equal_start_and_end_mean_a_whole_day():
    around = rules.Hours(time(6), time(6), frozenset({"mon"}))
    assert rules.covers(around, at(PUNE, 2026, 2, 3, 5, 59), PUNE)
    assert not rules.covers(around, at(PUNE, 2026, 2, 3, 6, 0), PUNE)


# Minutes around the two nights on which the clocks change, and around any other midnight.
MOMENTS = st.one_of(
    *(
        st.timedeltas(timedelta(minutes=-1_500), timedelta(minutes=1_500)).map(day.__add__)
        for day in (
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 6, 1, tzinfo=UTC),
        )
    )
)
WALL = st.builds(time, st.one_of(st.integers(1, 3), st.integers(0, 23)), st.integers(0, 59))


@settings(max_examples=400)
@example(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), [time(2, 45), time(3, 15)])
@given(MOMENTS, st.lists(WALL, min_size=2, max_size=4, unique=True))
def test_shifts_that_meet_leave_no_moment_uncovered_or_doubly_covered(moment, cuts):
    """Whatever the clocks do: each moment belongs to exactly one of the day's shifts."""
    cuts = sorted(cuts)
    shifts = [rules.Hours(a, b, ALL_DAYS) for a, b in zip(cuts, [*cuts[1:], cuts[0]], strict=True)]
    assert sum(rules.covers(hours, moment, BERLIN) for hours in shifts) == 1


ACCESS = rules.Access(
    1, {"PUNE": frozenset({rules.Function.IT}), "SURAT": frozenset({rules.Function.PLANT_MANAGER})}
)


def test_it_is_no_master_key():
    assert not ACCESS.may([rules.Function.QUALITY, rules.Function.COMMERCIAL], "PUNE")
    assert not ACCESS.may_see([rules.Function.QUALITY], "PUNE")
    assert ACCESS.may([rules.Function.IT], "PUNE")


def test_a_plant_manager_sees_everything_of_the_site_but_decides_only_as_plant_manager():
    assert ACCESS.may_see([rules.Function.QUALITY], "SURAT")
    assert not ACCESS.may([rules.Function.QUALITY], "SURAT")
    assert not ACCESS.may_see([rules.Function.QUALITY], "MUMBAI")


def test_nobody_may_do_nothing():
    assert rules.NOBODY.sites == frozenset()
    assert not rules.NOBODY.may_see(list(rules.Function), "PUNE")


def test_every_function_has_a_name_for_people():
    assert all(function.label for function in rules.Function)
