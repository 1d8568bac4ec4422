"""The queue of the order desk: filters, search and pages, all in the address."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from obeya.lib import clock
from obeya.orders import models, queue_queries
from tests.screens.conftest import take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

UNCLEAR = "urgent: 5 ctn 28 mm screw cap"
CLEAR = "20 ctn CAP-38-WHT"
"""Its item is the 38 mm screw cap, white."""


def found(text="", after="", limit=50, **narrowed):
    wanted = queue_queries.Wanted(text=text, **narrowed)
    now = clock.now()
    return queue_queries.list_page(site=small.SITE, wanted=wanted, now=now, after=after, limit=limit)


def ids(page):
    return [row.id for row in page.rows]


@pytest.fixture
def two(world):
    return take_order(UNCLEAR), take_order(CLEAR)


@pytest.mark.parametrize("text", ["screw", "SCREW cap", "28 mm scr", "krushnai screw", "+91 screw"])
def test_an_order_is_found_by_words_of_its_message_and_its_customer(two, text):
    assert two[0].id in ids(found(text))


@pytest.mark.parametrize("text", ["CAP-38-WHT", "cap-38", "krushnai 38-wht"])
def test_an_order_is_found_by_what_was_read_in_it(two, text):
    assert ids(found(text)) == [two[1].id]


def test_an_order_is_found_by_its_number_whole_or_by_its_last_figures(two):
    number = two[1].number
    for text in (number, number.lower(), number.rpartition("-")[2], number.rpartition("-")[2].lstrip("0")):
        assert two[1].id in ids(found(text)), text
    assert ids(found(number)) == [two[1].id]


def test_an_order_is_found_by_the_customers_own_number(two):
    models.OrderRow.objects.filter(pk=two[0].id).update(po_number="KT/PO/2291")
    assert ids(found("kt/po/2291")) == [two[0].id]


@pytest.mark.parametrize("text", ["'", "\\", "a'b:*|!(", "%%%", "x" * 5000, "& | <->", "' OR 1=1 --"])
def test_a_search_for_anything_does_no_harm(two, as_user, text):
    assert as_user("asha").get("/orders", {"q": text, "customer": text, "channel": text}).status_code == 200


def test_what_no_text_may_hold_is_taken_for_a_gap(two):
    assert two[0].id in ids(found("urgent\0screw"))


def test_a_search_that_finds_nothing_says_what_to_do_next(two, as_user):
    assert "Try fewer words" in text_of(as_user("asha").get("/orders", {"q": "nowhere"}))
    assert "Try fewer words" not in text_of(as_user("asha").get("/orders"))


def test_nothing_is_found_where_one_word_is_nowhere(two):
    assert ids(found("screw nowhere")) == []


def test_the_search_is_served_by_its_index(two):
    hit = queue_queries._Matches(queue_queries._words(), queue_queries._query("screw"))
    rows = models.OrderRow.objects.annotate(hit=hit).filter(hit=True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "orders_order_words" in rows.explain()


def test_the_queue_is_narrowed_by_state_channel_customer_and_doubt(two):
    mail = take_order(UNCLEAR, sender="new@buyer.example", name="New Buyer", channel="email")
    assert set(ids(found(state="waiting"))) == {two[0].id, mail.id}
    assert ids(found(channel="email")) == [mail.id]
    assert set(ids(found(customer="krushnai"))) == {two[0].id, two[1].id}
    assert ids(found(doubt="customer")) == [mail.id]
    assert two[0].id in ids(found(doubt="item"))
    assert two[1].id not in ids(found(doubt="item"))


def test_the_queue_is_narrowed_to_what_came_long_ago(two):
    models.OrderRow.objects.filter(pk=two[0].id).update(received_at=clock.now() - timedelta(hours=2))
    assert ids(found(older_s=3600)) == [two[0].id]


def test_pages_follow_each_other_without_a_gap_though_orders_came_at_one_moment(world):
    orders = {take_order(UNCLEAR).id for _ in range(5)}
    models.OrderRow.objects.update(received_at=clock.now())
    seen, after = [], ""
    for _ in range(3):
        page = found(after=after, limit=2)
        seen += ids(page)
        after = page.after
    assert (after, len(seen), set(seen)) == ("", 5, orders)


@pytest.mark.parametrize("after", ["x", "2026-01-01~x", "2026-01-01T00:00:00~" + "0" * 32, "~"])
def test_a_place_that_nobody_gave_begins_at_the_top(two, as_user, after):
    told = as_user("asha").get("/orders/list", {"after": after})
    assert str(two[1].id) in html_of(told)


def test_the_address_keeps_the_filters_when_an_order_is_opened(two, as_user):
    page = html_of(as_user("asha").get("/orders?show=waiting&q=urgent&age=0&nonsense=1"))
    assert f'href="/orders/{two[0].id}?show=waiting&amp;q=urgent"' in page
    assert 'value="urgent"' in page
    opened = html_of(as_user("asha").get(f"/orders/{two[0].id}?show=waiting&q=urgent"))
    assert f"order-row-{two[0].id}" in opened
    assert f"order-row-{two[1].id}" not in opened
    assert 'aria-current="true"' in opened


def test_the_live_parts_hold_to_the_filters(two, as_user):
    asha = as_user("asha")
    listed = html_of(asha.get("/orders/list?chosen=x&q=urgent"))
    assert str(two[0].id) in listed
    assert str(two[1].id) not in listed
    tools = html_of(asha.get("/orders/tools?show=waiting&channel=email"))
    assert '<option value="email" selected>' in tools
    assert 'href="/orders?show=refused&amp;channel=email"' in tools


def test_a_long_queue_has_a_way_to_older_orders_and_back(world, as_user, monkeypatch):
    monkeypatch.setattr(queue_queries.list_page, "__kwdefaults__", {"after": "", "limit": 1})
    older, newer = take_order(UNCLEAR), take_order(UNCLEAR)
    asha = as_user("asha")
    first = html_of(asha.get("/orders?show=waiting"))
    assert str(newer.id) in first
    assert str(older.id) not in first
    (link,) = re.findall(r'href="([^"]+)" rel="next"', first)
    second = asha.get(link.replace("&amp;", "&"))
    assert str(older.id) in html_of(second)
    assert "To the newest" in text_of(second)
    assert "Older orders" not in text_of(second)
