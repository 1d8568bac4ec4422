"""What is learned, when the reader knows it, and what it costs."""

from decimal import Decimal

import pytest
from tests.worlds import small

from obeya.lib import clock
from obeya.orders import knowledge, learning, models
from obeya.orders.reading import types

pytestmark = pytest.mark.django_db

WORDS = "safed dhakkan"


@pytest.fixture(autouse=True)
def _plant():
    clock.use(clock.ManualClock(small.START))
    small.create()
    knowledge.forget()
    yield
    knowledge.forget()
    clock.use(clock.SystemClock())


def booked(number, *, seen):
    """An order of two cartons of white caps is booked, in the customer's own words."""
    message = types.Message(
        id=number, channel="whatsapp", customer="KRS01", sent_at=clock.now(), text=f"{WORDS} 2 ctn"
    )
    line = types.PastLine("CAP-28-WHT", Decimal(2), "ctn", None)
    learning.learn_confirmed(small.SITE, message, (line,), number, is_change=False, seen=seen)


def test_orders_that_nobody_looked_at_are_kept_and_do_not_make_the_reader_learn_anew():
    before = knowledge.reader_of(small.SITE)
    for number in ("OB-1", "OB-2"):
        booked(number, seen=False)
    assert models.PastOrderRow.objects.count() == 2
    assert models.AliasRow.objects.get().ok == 2
    assert knowledge.reader_of(small.SITE) is before


def test_after_some_minutes_the_reader_knows_them_too():
    before = knowledge.reader_of(small.SITE)
    booked("OB-1", seen=False)
    clock.use(clock.ManualClock(small.START + knowledge.FRESH * 2))
    after = knowledge.reader_of(small.SITE)
    assert after is not before
    assert [alias.sku for alias in after.lessons.aliases] == ["CAP-28-WHT"]


def test_an_order_that_a_person_looked_at_is_known_to_the_next_message():
    before = knowledge.reader_of(small.SITE)
    booked("OB-1", seen=False)
    booked("OB-2", seen=True)
    after = knowledge.reader_of(small.SITE)
    assert after is not before
    assert [(alias.sku, alias.ok) for alias in after.lessons.aliases] == [("CAP-28-WHT", 2)]


def test_an_order_nobody_looked_at_takes_nothing_from_what_a_person_said():
    knowledge.reader_of(small.SITE)
    booked("OB-1", seen=True)
    before = knowledge.reader_of(small.SITE)
    booked("OB-2", seen=False)
    row = models.AliasRow.objects.get()
    assert (row.ok, row.source) == (2, "confirmed")
    assert knowledge.reader_of(small.SITE) is before
