"""Champion and challenger: better over all, worse nowhere, or nothing changes."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obeya.orders import retraining_rules as retraining
from obeya.orders.reading import deciding
from obeya.orders.retraining_rules import Case, Count, Group

TODAY = deciding.TODAY


def cases_of(number, *, right=0.99, codes=(), score=0.97, customers=12, group="WhatsApp", seed=1):
    chance = random.Random(seed)
    return [
        Case(f"C{n % customers}", (group,), "order", score, tuple(codes), chance.random() < right)
        for n in range(number)
    ]


def compare(cases, challenger, *, fitted_on=100, champion=TODAY):
    return retraining.compare(
        cases,
        fitted_on=fitted_on,
        customers=len({case.customer for case in cases}),
        champion=champion,
        challenger=challenger,
        threshold=0.9,
    )


def learned(share):
    """A site where a word that is not known seldom matters: more readings with that doubt are right."""
    return [
        *cases_of(80, right=1.0),
        *cases_of(80, right=share, codes=["unread"], score=0.97, seed=2),
    ]


def test_with_little_data_nothing_happens_and_it_says_what_is_missing():
    told = compare(cases_of(30), replace(TODAY, slope=0.06), fitted_on=20)
    assert told.code == "too_little"
    assert "20 older messages (at least 60 are needed) and 30 newer ones (40) of 12 customers (5)" in told.why


def test_where_the_constants_are_true_already_the_fit_stays_near_and_nothing_is_promoted():
    cases = [*cases_of(200, right=0.985), *cases_of(60, right=0.54, codes=["unread_item"], seed=3)]
    fitted = retraining.fit(cases, TODAY)
    assert fitted.factors["unread_item"] == pytest.approx(TODAY.factors["unread_item"], rel=0.25)
    assert compare(cases_of(100, right=0.985, seed=9), fitted).code in ("not_better", "nothing_new")


def test_a_challenger_that_tells_the_truth_better_takes_over():
    fitted = retraining.fit(learned(0.95), TODAY)
    assert fitted.factors["unread"] > TODAY.factors["unread"]
    told = compare(learned(0.95), fitted)
    assert told.promoted, told.why
    assert told.challenger_error < told.champion_error
    assert told.chance <= retraining.SURE


def test_no_challenger_books_what_has_a_doubt():
    fitted = retraining.fit(learned(1.0), TODAY)
    assert not any(case.auto(fitted, 0.9) for case in learned(1.0) if case.codes)


def test_a_challenger_that_books_wrong_orders_in_one_group_is_not_promoted_however_good_elsewhere():
    wrong = cases_of(30, right=0.5, score=0.86, group="E-mail", seed=4)
    bolder = replace(TODAY, grades=((0.0, 0.08), (0.12, 0.28), (0.35, 0.54), (0.85, 0.985)))
    told = compare([*cases_of(300, score=0.86, right=1.0), *wrong], bolder)
    assert told.code == "loses"
    assert told.why.startswith("E-mail: ") or told.why.startswith("all together: ")


def test_groups_too_small_are_judged_together():
    groups = retraining.grouped(
        [
            *[(("A",), (True, True), (True, True))] * 25,
            *[(("B",), (True, True), (True, True))] * 5,
            *[(("C",), (False, False), (True, False))] * 5,
        ]
    )
    told = {group.name: (group.champion, group.challenger, group.loses) for group in groups}
    assert told["A"] == (Count(25, 25, 0), Count(25, 25, 0), False)
    assert told[retraining.REST] == (Count(10, 5, 0), Count(10, 10, 5), True)
    assert "B" not in told
    assert groups[0].name == retraining.EVERYBODY


def test_a_challenger_that_would_book_far_less_is_left_to_a_person():
    timid = replace(TODAY, grades=((0.0, 0.08), (0.12, 0.28), (0.35, 0.54), (0.9, 0.85)))
    told = compare(cases_of(200, right=0.85), timid)
    assert told.code == "books_less"
    assert "a person must want that" in told.why


counts = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda n: Count(100, n[0] + n[1], n[0]))


@given(counts, counts)
def test_a_group_that_books_more_wrong_ones_or_a_larger_share_of_them_loses(first, second):
    group = Group("x", first, second)
    if second.wrong > first.wrong:
        assert group.loses
    if first.auto and second.auto and second.wrong / second.auto > first.wrong / first.auto + 1e-9:
        assert group.loses
    assert not Group("x", first, first).loses


@given(st.lists(st.tuples(st.sampled_from(sorted(TODAY.factors)), st.booleans()), max_size=120))
@settings(max_examples=40)
def test_whatever_was_confirmed_the_fitted_constants_stay_shares_in_order(found):
    cases = [Case("C", (), "order", 0.97, (code,), right) for code, right in found]
    fitted = retraining.fit(cases, TODAY)
    assert all(0.02 <= factor <= 0.95 for factor in fitted.factors.values())
    shares = [share for _, share in fitted.grades]
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] <= 0.99


def test_the_customers_kept_out_are_the_same_every_night_and_about_a_third():
    codes = [f"C{n:03}" for n in range(600)]
    out = [code for code in codes if retraining.is_held_out(code)]
    assert out == [code for code in codes if retraining.is_held_out(code)]
    assert 150 < len(out) < 250


@pytest.mark.parametrize(
    ("right", "wrong", "bad"), [(0, 1, False), (0, 2, True), (2, 2, False), (2, 3, True)]
)
def test_words_are_bad_where_messages_contradict_them_more_often_than_not_and_more_than_once(
    right, wrong, bad
):
    assert retraining.Word(1, right, wrong).bad is bad


def test_words_stay_where_a_group_would_lose_or_fewer_messages_be_read_right():
    fine = Group("A", Count(20, 10, 1), Count(20, 10, 0))
    worse = Group("B", Count(20, 10, 0), Count(20, 10, 1))
    assert retraining.without([fine], (10, 11)) == ""
    assert retraining.without([fine, worse], (10, 11)) == "B would lose."
    assert retraining.without([fine], (11, 10)) == "10 messages would be read right instead of 11."
