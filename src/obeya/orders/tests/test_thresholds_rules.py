"""What keeps the bound: thresholds that go up at once and come down slowly."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obeya.orders import rules
from obeya.orders import thresholds_rules as thresholds
from obeya.orders.thresholds_rules import ALL, BOUND, STEPS, Count, Found, Standing

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
NOWHERE = Standing()
looked = st.integers(0, 400)
counts = looked.flatmap(lambda n: st.builds(Count, st.just(n), st.integers(0, n)))
found = st.tuples(st.floats(0.9, 0.99), st.booleans(), st.booleans(), st.integers(0, 12))
"""Score, wrong, blind, and hours since the one before."""


def evidence_of(told):
    """What was found among readings with at least the score of each step."""
    above = [[wrong for score, wrong in told if score >= least] for least in STEPS]
    return [Count(len(ones), sum(ones)) for ones in above]


def fold(results, standing=NOWHERE):
    """Where a group of a site without other results stands after each of some."""
    at, told, stood, pool = START, [], [], [Count()] * ALL
    for score, wrong, blind, hours in results:
        at += timedelta(hours=hours)
        told.append((score, wrong))
        own = evidence_of(told)
        lowest = thresholds.floor(own, pool)
        standing = thresholds.after(standing, Found(score, wrong, blind, at), own, lowest=lowest)
        stood.append(standing)
    return stood


@given(counts)
def test_the_bound_is_between_what_was_found_and_one(told):
    limit = thresholds.at_most(told.wrong, told.looked)
    assert (told.wrong / told.looked if told.looked else 1) <= limit <= 1


@given(counts)
def test_one_more_wrong_raises_the_bound_and_one_more_right_lowers_it(told):
    limit = thresholds.at_most(told.wrong, told.looked)
    assert thresholds.at_most(told.wrong, told.looked + 1) <= limit + 1e-9
    assert thresholds.at_most(told.wrong + 1, told.looked + 1) >= limit - 1e-9


@given(counts, st.floats(0.5, 0.99))
def test_who_wants_to_be_surer_gets_a_higher_bound(told, sure):
    assert thresholds.at_most(*(told.wrong, told.looked), sure=sure) <= (
        thresholds.at_most(told.wrong, told.looked, sure=sure + 0.005) + 1e-9
    )


@given(counts)
def test_what_may_be_looked_at_again_and_again_is_never_below_what_may_be_looked_at_once(told):
    assert thresholds.at_most(told.wrong, told.looked) >= rules.at_most(told.wrong, told.looked) - 1e-6


@pytest.mark.parametrize(("wrong", "needed"), [(0, 165), (1, 347), (2, 449)])
def test_so_many_must_be_compared_until_two_percent_are_certified(wrong, needed):
    assert thresholds.at_most(wrong, needed) <= BOUND < thresholds.at_most(wrong, needed - 1)


def test_the_bound_holds_although_it_is_looked_at_after_every_order():
    """Of 300 groups in which 5 % are wrong one in twenty may ever certify less, at any of 300 looks."""
    chance, share, misled = random.Random(7), 0.05, 0
    for _ in range(300):
        wrong = 0
        for number in range(1, 301):
            wrong += chance.random() < share
            if thresholds.holds(Count(number, wrong), share):
                misled += 1
                break
    assert misled <= 300 * 0.05


@given(st.lists(found, max_size=60))
@settings(max_examples=60)
def test_it_never_loosens_right_after_an_error(results):
    before = Standing()
    for standing, (_, wrong, _, _) in zip(fold(results), results, strict=True):
        assert not wrong or standing.level > before.level or standing.level == before.level == ALL
        before = standing


@given(st.lists(found, min_size=1, max_size=80), st.data())
@settings(max_examples=60)
def test_one_more_error_never_loosens_anything_afterwards(results, data):
    """The quick results of this test let steps come down too: see the next one."""
    at = data.draw(st.integers(0, len(results) - 1))
    worse = [*results]
    worse[at] = (results[at][0], True, *results[at][2:])
    start = Standing(data.draw(st.integers(0, ALL)), START)
    for one, other in zip(fold(results, start), fold(worse, start), strict=True):
        assert other.level >= one.level


@given(st.integers(0, 2**32), st.integers(0, 599))
@settings(max_examples=10, deadline=None)
def test_one_more_error_never_loosens_a_group_that_comes_down_later(seed, at):
    chance = random.Random(seed)
    results = [(chance.uniform(0.9, 0.99), chance.random() < 0.004, True, 6) for _ in range(600)]
    worse = [*results]
    worse[at] = (results[at][0], True, True, 6)
    for one, other in zip(fold(results), fold(worse), strict=True):
        assert other.level >= one.level


@given(counts, counts)
def test_a_wrong_one_more_never_lowers_the_floor_or_the_threshold(mine, all_):
    own, pool = [mine] * ALL, [all_] * ALL
    worse = [Count(mine.looked + 1, mine.wrong + 1)] * ALL
    assert thresholds.floor(worse, pool) >= thresholds.floor(own, pool)
    for level in range(ALL + 1):
        told = thresholds.threshold(level, 2, own, pool)
        assert thresholds.threshold(level, 2, worse, pool).level >= told.level >= level


def test_nothing_found_changes_nothing():
    nothing = [Count()] * ALL
    told = thresholds.threshold(0, 0, nothing, nothing)
    assert (told.level, told.score, told.at_most, told.proven) == (0, STEPS[0], 1.0, False)
    assert [one.level for one in fold([(0.98, False, True, 3)] * 30)] == [0] * 30


def test_an_error_takes_a_group_up_at_once_far_enough_to_have_held_that_order_or_two_steps():
    assert fold([(0.93, True, True, 1)])[-1].level == 1
    assert fold([(0.96, True, True, 1)])[-1].level == 2
    assert fold([(0.985, True, True, 1)])[-1].level == 2


def test_where_errors_show_that_the_bound_is_broken_a_person_confirms_all():
    right = [(0.98, False, True, 1)] * 7
    assert fold([*right, *[(0.93, True, True, 1)] * 3])[-1].level == ALL


def test_it_comes_down_step_by_step_only_after_enough_right_ones_enough_of_them_blind_and_a_week():
    calm = [(0.985, False, True, 6)] * 700
    levels = [one.level for one in fold([(0.93, True, True, 1), *calm])]
    first = levels.index(0)
    assert first >= 164
    assert set(levels[:first]) == {1}
    assert set(levels[first:]) == {0}
    seen = [(0.985, False, False, 6)] * 700
    assert {one.level for one in fold([(0.93, True, True, 1), *seen])} == {1}
    hasty = [(0.985, False, True, 0)] * 700
    assert {one.level for one in fold([(0.93, True, True, 1), *hasty])} == {1}


def test_a_small_group_leans_on_a_site_that_holds_the_stricter_bound_unless_its_own_speak_against_it():
    pool = [Count(2_000, 3)] * ALL
    assert thresholds.floor([Count(70, 1)] * ALL, pool) == 0
    assert thresholds.floor([Count(10, 1)] * ALL, pool) == ALL
    assert thresholds.floor([Count(70, 1)] * ALL, [Count(300, 1)] * ALL) == ALL


def test_a_group_with_little_data_stands_no_lower_than_its_site_and_says_whose_bound_it_is():
    small, proven = [Count(12, 0)] * ALL, [Count(400, 0)] * ALL
    told = thresholds.threshold(0, 2, small, proven)
    assert (told.level, told.borrowed, told.pooled, told.proven) == (2, True, True, True)
    assert told.at_most == thresholds.at_most(0, 400) < 0.01
    alone = thresholds.threshold(0, 2, proven, small)
    assert (alone.level, alone.borrowed, alone.pooled) == (0, False, False)


def test_more_is_audited_under_suspicion_and_never_less_than_the_site_wants():
    assert [thresholds.audit_share(level, 0.03) for level in (0, 1, ALL)] == [0.03, 0.25, 0.25]
    assert thresholds.audit_share(1, 0.5) == 0.5
