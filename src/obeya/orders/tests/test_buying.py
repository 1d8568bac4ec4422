"""What buyers send as lines: booked without reading, and through every gate that holds for any order."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.worlds import desk, small

from obeya.catalog import queries as catalog
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, buying, forms, learning, models, queries

pytestmark = pytest.mark.django_db
BY = buying.By("KRS01", "Mahesh Kadam", "buyer:1")
D = Decimal
TODAY = date(2026, 2, 4)


@pytest.fixture(autouse=True)
def time() -> Iterator[clock.ManualClock]:
    with desk.standing() as manual:
        yield manual


def line(sku: str = "CAP-28-WHT", quantity: str = "2", uom: str = "ctn", words: str = "") -> forms.FormLine:
    return forms.FormLine(sku, D(quantity), uom, words)


def signal_of(key: str = "", files: tuple[str, ...] = ()) -> signals.Signal:
    got = inbox.receive(
        site=small.SITE,
        source="portal",
        natural_key=key or str(uuid.uuid4()),
        body=b"{}",
        attachments=[inbox.Attachment(digest) for digest in files],
    )
    return signals.get_signal(got.signal_id)


def order_of(outcome: interpreters.Outcome) -> queries.Order:
    assert isinstance(outcome, interpreters.Understood)
    return queries.get_order(outcome.became.removeprefix("order:"))


def send(*lines: forms.FormLine, by: buying.By = BY, **given: Any) -> queries.Order:
    return order_of(buying.take_form(signal=signal_of(), by=by, form=forms.Form(lines or (line(),), **given)))


def test_clear_lines_are_confirmed_without_a_person() -> None:
    order = send(
        line(),
        line("CAP-28-BLU", "3"),
        po_number="KT/200",
        ship_to="Hadapsar godown",
        requested_on=TODAY + timedelta(days=3),
    )
    assert (order.state, order.auto, desk.open_doubts(order)) == ("confirmed", True, [])
    assert [(one.sku, one.quantity, one.uom, one.unit_price) for one in order.lines] == [
        ("CAP-28-WHT", D(2), "ctn", D(2600)),
        ("CAP-28-BLU", D(3), "ctn", D(2700)),
    ]
    assert (order.po_number, order.ship_to, order.requested_on) == (
        "KT/200",
        "Hadapsar godown",
        date(2026, 2, 7),
    )
    assert order.total == D(13_300)
    assert order.text.startswith("2 ctn CAP-28-WHT 28 mm screw cap, white\n3 ctn CAP-28-BLU")


def test_what_was_read_is_marked_where_it_stands() -> None:
    order = send(line(words="safed dhakkan"), line("CAP-28-BLU", "3"))
    marked = {(role, position): order.text[start:end] for start, end, role, position in order.spans}
    assert marked["item", 0] == "safed dhakkan"
    assert marked["qty", 1] == "3"
    assert marked["item", 1] == "CAP-28-BLU 28 mm screw cap, blue"


def test_the_same_signal_books_once() -> None:
    signal = signal_of("once")
    form = forms.Form((line(),))
    first = buying.take_form(signal=signal, by=BY, form=form)
    assert buying.take_form(signal=signal, by=BY, form=form) == first
    assert models.OrderRow.objects.count() == 1


def test_every_gate_of_an_order_holds_for_lines_too() -> None:
    over = send(line(quantity="100"))
    assert [doubt.kind for doubt in desk.open_doubts(over)] == ["credit"]
    wrong_unit = send(line("CAP-38-WHT", "1", "bag"))
    assert [doubt.kind for doubt in desk.open_doubts(wrong_unit)] == ["unit"]
    unknown = send(line("NO-SUCH", "1"))
    assert [doubt.kind for doubt in desk.open_doubts(unknown)] == ["item"]
    no_price = send(line("RES-PP-IM", "1", "bag"))
    assert [doubt.kind for doubt in desk.open_doubts(no_price)] == ["price"]


def test_the_same_basket_again_is_asked_about(time: clock.ManualClock) -> None:
    send()
    time.advance(timedelta(minutes=5))
    (doubt,) = desk.open_doubts(send())
    assert "second order" in doubt.reason


def test_a_note_is_read_by_a_person_unless_it_only_greets() -> None:
    assert send(note="Thank you, please").state == "confirmed"
    waiting = send(line("CAP-28-BLU"), note="unload at the back gate")
    (doubt,) = desk.open_doubts(waiting)
    assert "back gate" in doubt.reason
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("asha"),
        option="as_read",
        origin=Origin.fresh(source="test", actor="x"),
    )
    assert queries.get_order(waiting.id).state == "confirmed"


def test_a_file_beside_the_lines_is_compared_by_a_person() -> None:
    digest = inbox.store_media(content=b"%PDF-1.7", content_type="application/pdf")
    order = order_of(buying.take_form(signal=signal_of(files=(digest,)), by=BY, form=forms.Form((line(),))))
    (doubt,) = desk.open_doubts(order)
    assert "compare" in doubt.reason


def test_a_customer_whom_erp_no_longer_lists_books_nothing() -> None:
    small.apply(small.SITE, "customers", replace(small.CUSTOMERS[0], active=False))
    (doubt,) = desk.open_doubts(send())
    assert "no longer" in doubt.reason


def test_an_order_in_words_is_read_like_any_message() -> None:
    order = order_of(buying.take_written(signal=signal_of(), by=BY, text="Please send 2 ctn CAP-28-WHT"))
    assert (order.state, order.channel, order.customer_code) == ("confirmed", "portal", "KRS01")
    doubtful = order_of(buying.take_written(signal=signal_of(), by=BY, text="5 ctn zinkplugs"))
    assert doubtful.state == "waiting"


def test_an_order_that_nobody_booked_is_taken_back_at_once() -> None:
    order = send(note="call me before you send")
    outcome = buying.take_wish(signal=signal_of(), by=BY, order_id=order.id, wish=buying.CANCEL, said="sorry")
    assert order_of(outcome).id == order.id
    assert queries.get_order(order.id).state == "refused"


def test_a_wish_about_a_confirmed_order_is_asked_at_the_desk_and_changes_nothing() -> None:
    order = send()
    for wish, said in ((buying.CANCEL, ""), (buying.CHANGE, "make it 4 cartons")):
        asked = order_of(buying.take_wish(signal=signal_of(), by=BY, order_id=order.id, wish=wish, said=said))
        assert (asked.state, asked.intent) == ("waiting", "change_request")
        (doubt,) = desk.open_doubts(asked)
        assert doubt.kind == "message"
        assert f"Mahesh Kadam asks to {wish} {order.number}" in doubt.reason
        assert said in doubt.reason
    assert queries.get_order(order.id) == order


def test_nobody_wishes_about_an_order_of_another_customer() -> None:
    order = send()
    other = buying.By("SHB01", "Shubhada", "buyer:2")
    outcome = buying.take_wish(signal=signal_of(), by=other, order_id=order.id, wish=buying.CANCEL, said="")
    assert isinstance(outcome, interpreters.Refused)
    assert queries.get_order(order.id).state == "confirmed"


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        (forms.Form(()), "lines", "no line yet"),
        (forms.Form((line(),) * 201), "lines", "200 lines"),
        (forms.Form((line("NO-SUCH"),)), "sku", "Line 1: NO-SUCH is not among"),
        (forms.Form((line(), line(quantity="0"))), "quantity", "Line 2: say how much"),
        (forms.Form((line(quantity="-1"),)), "quantity", "say how much"),
        (forms.Form((line(quantity="NaN"),)), "quantity", "say how much"),
        (forms.Form((line(quantity="1e12"),)), "quantity", "cannot be written down"),
        (forms.Form((line(quantity="1.00000001"),)), "quantity", "cannot be written down"),
        (forms.Form((line(uom="bag"),)), "uom", "sold in pcs, box, ctn"),
        (forms.Form((line(),), requested_on=TODAY - timedelta(days=1)), "requested_on", "between today"),
        (forms.Form((line(),), requested_on=TODAY + timedelta(days=400)), "requested_on", "a year"),
        (forms.Form((line(),), ship_to="Elsewhere"), "ship_to", "not one of your places"),
        (forms.Form((line(),), po_number="x" * 61), "po_number", "60 letters"),
        (forms.Form((line(),), note="x" * 1001), "note", "1000 letters"),
    ],
)
def test_a_form_says_what_is_wrong_and_in_which_line(form: forms.Form, field: str, words: str) -> None:
    items = catalog.items_by_sku(small.SITE, {one.sku for one in form.lines})
    problems = forms.problems_of(form, items, places=["Hadapsar godown"], today=TODAY)
    assert [(one.field, words in one.text) for one in problems] == [(field, True)]


def test_words_that_the_buyer_chose_an_item_for_are_learned_and_the_catalogues_own_are_not() -> None:
    order = send(line(words="safed wala dhakkan"), line("CAP-28-BLU", "3"))
    row = models.OrderRow.objects.get(pk=order.id)
    learning.keep_order(row)
    words = set(models.AliasRow.objects.values_list("words", flat=True))
    assert any("safed" in one or "dhakkan" in one for one in words)
    assert not any("screw" in one for one in words)
