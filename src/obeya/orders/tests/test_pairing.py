"""Pairing old messages with old orders: only where one order, and one message, can be meant."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.orders import pairing

ZONE = ZoneInfo("Asia/Kolkata")
NOON = datetime(2026, 1, 5, 12, tzinfo=ZONE)


def message(text, *, hours=0, customer="A"):
    return pairing.Message(customer, "whatsapp", NOON + timedelta(hours=hours), text)


def order(number, *quantities, hours=1, customer="A"):
    at = NOON + timedelta(hours=hours)
    return pairing.Order(number, customer, at, frozenset(Decimal(one) for one in quantities))


def test_a_message_is_paired_with_the_order_that_followed():
    said = message("white caps 20 peti, blue 5")
    found = pairing.pair([said], [order("O1", 20, 5), order("O2", 20, 5, hours=40)])
    assert found.paired == {"O1": said}


@pytest.mark.parametrize(
    "other",
    [order("O1", 20, hours=-1), order("O1", 20, hours=73), order("O1", 20, customer="B"), order("O1", 20, 7)],
)
def test_an_order_before_too_late_of_somebody_else_or_of_other_quantities_is_not_meant(other):
    found = pairing.pair([message("caps 20")], [other])
    assert (found.paired, found.followed_by_none) == ({}, 1)


def test_an_order_of_which_only_the_day_is_known_follows_the_messages_of_that_day():
    midnight = pairing.Order("O1", "A", NOON.replace(hour=0), frozenset([Decimal(20)]))
    assert set(pairing.pair([message("caps 20")], [midnight]).paired) == {"O1"}


def test_two_orders_at_the_same_moment_leave_a_message_unsure():
    found = pairing.pair([message("caps 20")], [order("O1", 20), order("O2", 20)])
    assert (found.paired, found.unsure) == ({}, 1)


def test_different_messages_for_one_order_leave_all_of_them_unsure():
    said = [message("caps 20"), message("boxes 20"), message("lids 20")]
    found = pairing.pair(said, [order("O1", 20)])
    assert (found.paired, found.unsure) == ({}, 3)


def test_the_same_message_exported_twice_is_one():
    found = pairing.pair([message("caps 20"), message("caps  20")], [order("O1", 20)])
    assert set(found.paired) == {"O1"}
    assert found.unsure == 0


@pytest.mark.parametrize(
    ("text", "value"), [("२० पेटी", "20"), ("٢٠ كرتون", "20"), ("1,200 pcs", "1200"), ("bees peti", "20")]
)
def test_numbers_are_seen_in_every_script_and_in_words(text, value):
    assert Decimal(value) in pairing.numbers_in(text)


TEXTS = st.sampled_from(["caps 20", "caps 5", "lids 20 and 5", "hello"])
MESSAGES = st.lists(
    st.builds(message, TEXTS, hours=st.integers(-80, 80), customer=st.sampled_from("AB")), max_size=8
)
ORDERS = st.lists(
    st.builds(
        order,
        st.sampled_from(["O1", "O2", "O3", "O4"]),
        st.sampled_from([5, 20]),
        hours=st.integers(-80, 80),
        customer=st.sampled_from("AB"),
    ),
    max_size=4,
    unique_by=lambda one: one.order_no,
)


@given(MESSAGES, ORDERS)
def test_every_pair_agrees_and_another_order_of_the_same_orders_changes_nothing(messages, orders):
    found = pairing.pair(messages, orders)
    by_number = {one.order_no: one for one in orders}
    for number, said in found.paired.items():
        meant = by_number[number]
        assert meant.customer == said.customer
        assert meant.ordered_at >= said.sent_at or meant.ordered_at.hour == 0
        assert meant.ordered_at <= said.sent_at + pairing.WINDOW
        assert meant.ordered_at.date() >= said.sent_at.date()
        assert meant.quantities <= pairing.numbers_in(said.text)
    assert pairing.pair(messages, orders[::-1]).paired == found.paired
