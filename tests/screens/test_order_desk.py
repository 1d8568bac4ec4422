"""The order desk with real orders: look, settle, confirm, ask, refuse."""

import re
from decimal import Decimal

import pytest

from obeya.catalog import readers
from obeya.orders import queries as orders
from obeya.outbox import queries as outbox
from obeya.web.order_desk import build
from tests.screens.conftest import HTMX, take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

UNCLEAR = "5 ctn 28 mm screw cap"
"""Three items fit these words."""


def doubt_of(order, kind):
    (found,) = [doubt for doubt in order.doubts if doubt.kind == kind and not doubt.settled]
    return found


def answer(client, order, kind, **form):
    doubt = doubt_of(orders.get_order(order.id), kind)
    return client.post(f"/orders/{order.id}/doubts/{doubt.id}", form, headers=HTMX)


def test_a_clear_order_is_shown_with_its_prices_and_marks(as_user):
    order = take_order("20 ctn CAP-28-WHT")
    page = as_user("asha").get(f"/orders/{order.id}")
    told = text_of(page)
    for words in ("Krushnai Traders", "28 mm screw cap, white", "2,520.00", "50,400.00", "= 100,000 pcs"):
        assert words in told, words
    assert re.search(r'<span class="read read-qty" data-line="1">20</span>', html_of(page))


def test_without_an_erp_a_confirmed_order_says_that_it_is_not_there(as_user):
    assert readers.serving(small.SITE) == ""
    order, asha = take_order("20 ctn CAP-28-WHT"), as_user("asha")
    assert (order.state, order.posting, order.unposted) == ("confirmed", None, True)
    (row,) = orders.list_orders(sites=[small.SITE])
    assert row.unposted
    page = text_of(asha.get(f"/orders/{order.id}"))
    assert "No ERP was connected for this site when the order was confirmed, so nothing was posted." in page
    story = text_of(asha.get(f"/orders/{order.id}/story"))
    assert "No ERP is connected for this site, so nothing was posted" in story
    for url in (f"/orders/{order.id}", "/orders", "/"):
        told = text_of(asha.get(url))
        assert "Confirmed, not in ERP" in told, url
        assert "On its way to ERP" not in told, url


def test_with_an_erp_a_confirmed_order_is_on_its_way(as_user):
    readers.register(small.CONNECTOR, [small.SITE], lambda: pytest.fail("nothing is read here"))
    try:
        order = take_order("20 ctn CAP-28-WHT")
    finally:
        readers.register(small.CONNECTOR, [], lambda: pytest.fail("nothing is read here"))
    assert order.posting is not None
    assert not order.unposted
    (row,) = orders.list_orders(sites=[small.SITE])
    assert not row.unposted
    page = text_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "On its way to ERP" in page
    assert "nothing was posted" not in page
    assert "nothing was posted" not in text_of(as_user("asha").get(f"/orders/{order.id}/story"))


def test_confirming_without_an_erp_does_not_promise_one(as_user):
    take_order("Please send 2 ctn CAP-28-WHT")
    order, asha = take_order("Please send 2 ctn CAP-28-WHT"), as_user("asha")
    assert order.state == "waiting"
    told = asha.post(f"/orders/{order.id}/confirm", headers=HTMX)
    assert orders.get_order(order.id).unposted
    assert "goes to ERP" not in told.headers.get("HX-Trigger", "") + told.content.decode()
    assert "not in ERP" in text_of(told)


def test_the_spans_joined_are_the_message():
    text = "Send 20 ctn of caps"
    read = [
        (5, 7, "qty", 0),
        (8, 11, "unit", 0),
        (6, 9, "item", 0),
        (15, 40, "item", 0),
        (11, 14, "op", None),
    ]
    runs = list(build.spans(text, read))
    assert "".join(run.text for run in runs) == text
    assert [(run.text, run.line) for run in runs if run.role != "plain"] == [("20", 1), ("ctn", 1)]


def test_an_unknown_item_is_settled_by_typing_its_code(as_user):
    order, asha = take_order(UNCLEAR), as_user("asha")
    assert order.state == "waiting"
    page = text_of(asha.get(f"/orders/{order.id}"))
    assert "may mean several items" in page
    assert "CAP-28-BLU" in page
    missed = answer(asha, order, "item", item_search="no such thing")
    assert missed.status_code == 409
    assert "No item has" in missed.content.decode()
    settled = answer(asha, order, "item", item_search="CAP-38-WHT")
    assert "38 mm screw cap, white" in text_of(settled)
    assert orders.get_order(order.id).lines[0].sku == "CAP-38-WHT"


def test_typed_letters_that_fit_several_items_name_them(as_user):
    order = take_order(UNCLEAR)
    several = answer(as_user("asha"), order, "item", item_search="28 mm screw cap")
    assert several.status_code == 409
    assert "CAP-28-BLU" in several.content.decode()


def test_the_search_box_offers_items(as_user):
    order = take_order(UNCLEAR)
    doubt = doubt_of(order, "item")
    url = f"/orders/{order.id}/doubts/{doubt.id}/items?item_search=preform"
    assert (
        html_of(as_user("asha").get(url)).strip()
        == '<option value="PRE-28-21">PET preform 28 mm, 21 g</option>'
    )


@pytest.mark.parametrize(
    ("text", "option", "said"),
    [
        ("CAP-28-WHT 20-30 ctn", "set", "Give the quantity and its unit."),
        ("CAP-28-WHT 2 bag", "set", "Give the quantity and its unit."),
        (UNCLEAR, "other_item", "Say which item it is."),
        (UNCLEAR, "release", "Choose one of the answers that this question offers."),
    ],
)
def test_an_answer_without_its_value_is_refused_on_both_screens(as_user, text, option, said):
    order, asha = take_order(text), as_user("asha")
    (doubt,) = [one for one in order.doubts if not one.settled]
    for url in (f"/requests/{doubt.id}/decide", f"/orders/{order.id}/doubts/{doubt.id}"):
        form = {"option": option, "rationale": "so it is", "constraints": "today"}
        refused = asha.post(url, form, headers=HTMX)
        assert refused.status_code == 409
        assert said in refused.content.decode()
        assert orders.get_order(order.id) == order


def test_an_unknown_sender_is_settled_by_naming_the_customer(as_user):
    order = take_order("1 ctn CAP-28-RED", sender="+91 99999 00001", name="Somebody")
    asha = as_user("asha")
    assert "Nobody in the customer list" in text_of(asha.get(f"/orders/{order.id}"))
    settled = answer(asha, order, "customer", customer_search="shubhada")
    assert "Shubhada Plastics Agency" in text_of(settled)
    assert orders.get_order(order.id).customer_code == "SHB01"


def test_a_price_below_the_floor_is_commercials_to_decide(as_user):
    order = take_order("5 box CAP-28-BLU @ 200")
    desk = html_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "Commercial decides" in desk
    assert "Below floor" in desk
    price = doubt_of(order, "price")
    refused = as_user("asha").post(
        f"/orders/{order.id}/doubts/{price.id}", {"option": "asked", "rationale": "Old friend"}, headers=HTMX
    )
    assert refused.status_code == 409
    assert "another function" in refused.content.decode()
    nikhil = as_user("nikhil")
    assert "Why" in text_of(nikhil.get(f"/orders/{order.id}"))
    without_reason = nikhil.post(f"/orders/{order.id}/doubts/{price.id}", {"option": "asked"}, headers=HTMX)
    assert without_reason.status_code == 409
    assert text_of(
        nikhil.post(
            f"/orders/{order.id}/doubts/{price.id}",
            {"option": "list", "rationale": "No reason for a discount"},
            headers=HTMX,
        )
    )
    assert orders.get_order(order.id).lines[0].unit_price == Decimal(270)


def test_over_credit_says_by_how_much(as_user):
    order = take_order("2 ctn CAP-28-WHT", sender="+91 00000 20102", name="Shubhada Wagh")
    assert "over the credit limit of INR 30,000.00" in text_of(as_user("asha").get(f"/orders/{order.id}"))


def test_the_desk_asks_the_customer_in_their_channel(as_user):
    order, asha = take_order(UNCLEAR), as_user("asha")
    empty = asha.post(f"/orders/{order.id}/ask", {"text": " "}, headers=HTMX)
    assert empty.status_code == 409
    sent = asha.post(f"/orders/{order.id}/ask", {"text": "Which flange?"}, headers=HTMX)
    assert "toast" in sent["HX-Trigger"]
    (message,) = outbox.list_messages(subject=f"order:{order.id}")
    assert (message.body, message.channel) == ("Which flange?", "whatsapp")


def test_the_desk_refuses_with_a_reason_and_the_page_says_it(as_user):
    order, asha = take_order(UNCLEAR), as_user("asha")
    assert asha.post(f"/orders/{order.id}/reject", {"reason": "made-up"}, headers=HTMX).status_code == 409
    form = {"reason": "not_supplied", "note": "We make no flanges"}
    told = text_of(asha.post(f"/orders/{order.id}/reject", form, headers=HTMX))
    assert "We cannot supply it We make no flanges" in told
    assert "Refused" in told
    assert asha.post(f"/orders/{order.id}/confirm", headers=HTMX).status_code == 409


def test_only_the_order_desk_confirms(as_user):
    order = take_order("hello there")
    assert as_user("anand").get(f"/orders/{order.id}").status_code == 200
    assert as_user("anand").post(f"/orders/{order.id}/confirm").status_code == 403
    assert as_user("nikhil").post(f"/orders/{order.id}/reject").status_code == 403


def test_the_filters_keep_the_chosen_order_beside_them(as_user):
    booked, waits = take_order("20 ctn CAP-28-WHT"), take_order(UNCLEAR)
    asha = as_user("asha")
    page = html_of(asha.get("/orders?show=waiting"))
    assert f"/orders/{waits.id}?show=waiting" in page
    assert str(booked.id) not in page
    listed = html_of(asha.get(f"/orders/list?show=waiting&chosen={waits.id}"))
    assert re.search(rf'href="/orders/{waits.id}\?show=waiting"[^>]*aria-current="true"', listed)


def test_the_story_of_an_order_begins_with_the_raw_message(as_user):
    order = take_order("20 ctn CAP-28-WHT")
    told = text_of(as_user("asha").get(f"/orders/{order.id}/story"))
    for words in ("arrived", "The message was read", "Confirmed, untouched by a person"):
        assert words in told, words
