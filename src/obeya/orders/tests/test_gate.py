"""An order that is read without a doubt, and still waits: its group was found wrong before."""

import itertools
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.worlds import desk, small

from obeya.decisions import queries as decision_queries
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import (
    actions,
    audits,
    events,
    figures,
    models,
    queries,
    tasks,
    telling,
    threshold_queries,
    thresholds_rules,
)
from obeya.outbox import queries as outbox

pytestmark = pytest.mark.django_db

DESK = Origin.fresh(source="web", actor="user:asha")
GROUP = ("whatsapp", "latin")
ORDER = "Please send 2 ctn CAP-28-WHT"


@pytest.fixture(autouse=True)
def manual():
    with desk.standing() as manual:
        share("1")
        yield manual


def share(told):
    audits.set_share(
        site=small.SITE, share=Decimal(told), why="For a test", access=desk.access("anand"), origin=DESK
    )


_orders = itertools.cycle(
    [f"{number} ctn {sku}" for number in (3, 4) for sku in ("CAP-38-WHT", "CAP-28-BLU")]
)


def another():
    """A sure order that repeats none before."""
    return f"Please send {next(_orders)}"


def book(order):
    """ERP has the order: told to the audits as the reaction would."""
    row = models.OrderRow.objects.get(pk=order.id)
    assert row.state == "confirmed", [doubt.reason for doubt in order.doubts]
    row.state, row.booked_at, row.erp_number = "booked", clock.now(), "SO-77"
    row.save()
    event = telling.tell(row, events.OrderBooked(row.id, row.number, "KRS01", "SO-77"), DESK)
    tasks.hear_booked(event_id=str(event.id))
    return order


def judge(order, *findings):
    audit = models.AuditRow.objects.get(order=order.id)
    audits.judge(
        request_id=audit.request_id, findings=findings, note="", access=desk.access("asha"), origin=DESK
    )


def audited(*findings):
    judge(book(desk.write(another())), *findings)


def level(key=GROUP):
    row = models.ThresholdRow.objects.filter(site=small.SITE, channel=key[0], script=key[1]).first()
    return row.level if row else 0


def hold_all():
    models.ThresholdRow.objects.update_or_create(
        site_id=small.SITE,
        channel=GROUP[0],
        script=GROUP[1],
        defaults={"level": 4, "since": clock.now(), "why": "2 of 40 compared with the message were wrong."},
    )


def answer(order, option):
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), option=option, origin=DESK)
    return queries.get_order(order.id)


def sure_of(order):
    return models.SureRow.objects.get(order=order.id)


def test_without_anything_found_every_sure_order_is_booked_as_before_and_noted_in_its_group():
    order = desk.write(ORDER)
    assert order.state == "confirmed"
    sure = sure_of(order)
    assert (sure.channel, sure.script, sure.held_at, sure.wrong) == ("whatsapp", "latin", None, None)
    assert 0.9 <= sure.score <= 0.99
    assert not models.ThresholdRow.objects.exists()


def test_an_audit_that_finds_an_error_tightens_the_group_and_its_site_at_once_and_tells_why():
    audited((0, "item"))
    assert (level(), level(threshold_queries.POOL)) == (2, 2)
    told = journal.list_about(f"site:{small.SITE}", types=["orders.threshold_changed"])
    assert {(event.data["channel"], event.data["level"]) for event in told} == {("*", 2), ("whatsapp", 2)}
    assert {event.data["why"] for event in told} == {"1 of 1 compared with the message was wrong."}
    notices = outbox.list_notices(desk.access("anand"))
    assert "Orders by WhatsApp in Latin letters are checked more closely now" in {
        one.title for one in notices
    }
    assert {one.title for one in outbox.list_notices(desk.access("asha"))} == {one.title for one in notices}


def test_where_a_person_confirms_all_the_order_says_so_in_plain_words():
    hold_all()
    order = desk.write(ORDER)
    assert order.state == "waiting"
    (doubt,) = desk.open_doubts(order)
    assert (doubt.kind, doubt.request.function) == ("watched", "order_desk")
    assert doubt.reason == (
        "A person confirms all orders by WhatsApp in Latin letters since 4 Feb:"
        " 2 of 40 compared with the message were wrong."
    )


def test_one_tap_books_what_waited_and_counts_as_compared():
    hold_all()
    order = answer(desk.write(ORDER), "as_read")
    assert order.state == "confirmed"
    assert not order.auto
    sure = sure_of(order)
    assert (sure.wrong, sure.blind, sure.held_at is not None) == (False, False, True)


def test_the_button_that_confirms_the_whole_order_books_it_too():
    hold_all()
    order = desk.write(ORDER)
    actions.confirm(order_id=order.id, access=desk.access("asha"), origin=DESK)
    assert queries.get_order(order.id).state == "confirmed"
    assert sure_of(order).wrong is False


def test_a_line_that_was_read_wrong_is_pointed_out_asked_about_and_counts_as_an_error():
    hold_all()
    order = answer(desk.write(ORDER), "line:0")
    assert [doubt.kind for doubt in desk.open_doubts(order)] == ["item"]
    assert (sure_of(order).wrong, sure_of(order).what) == (True, "line 1, seen at the desk")
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=DESK)
    (doubt,) = desk.open_doubts(order)
    assert doubt.kind == "quantity"
    actions.answer_doubt(
        request_id=doubt.id, access=desk.access("asha"), quantity=Decimal(3), uom="ctn", origin=DESK
    )
    booked = answer(order, "as_read")
    assert (booked.state, booked.lines[0].sku, booked.lines[0].quantity) == ("confirmed", "CAP-38-WHT", 3)
    assert sure_of(order).wrong is True
    assert threshold_queries.evidence(small.SITE, GROUP, now=clock.now())[0] == thresholds_rules.Count(1, 1)


def test_an_order_that_waited_is_audited_too_and_the_audit_counts_more_than_the_desk():
    hold_all()
    order = book(answer(desk.write(ORDER), "as_read"))
    judge(order, (0, "quantity"))
    sure = sure_of(order)
    assert (sure.wrong, sure.blind, sure.what) == (True, True, "line 1: another quantity or unit")
    assert figures.audited(small.SITE, now=clock.now()) == figures.Audited(0, 0)


def test_an_error_that_was_found_stays_found():
    hold_all()
    order = answer(desk.write(ORDER), "line:0")
    before = sure_of(order).looked_at
    for given in ({"sku": "CAP-28-WHT"}, {"quantity": Decimal(2), "uom": "ctn"}):
        (doubt,) = desk.open_doubts(order)
        actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), origin=DESK, **given)
    answer(order, "as_read")
    assert (sure_of(order).wrong, sure_of(order).looked_at) == (True, before)


def test_a_group_without_an_error_of_its_own_is_as_careful_as_its_site_and_names_the_site():
    audited((0, "item"))
    models.ThresholdRow.objects.filter(channel="*").update(level=4)
    order = desk.write("CAP-28-WHT ૨૦ કાર્ટન")
    assert sure_of(order).script == "gujarati"
    (doubt,) = desk.open_doubts(order)
    assert doubt.reason.startswith("A person confirms all orders since 4 Feb: 1 of 1 compared")


def test_more_orders_of_a_group_under_suspicion_are_audited():
    share("0")
    order = desk.write(ORDER)
    row = models.OrderRow.objects.get(pk=order.id)
    assert threshold_queries.audit_share(row) == 0
    hold_all()
    assert threshold_queries.audit_share(row) == Decimal("0.25")


def test_a_group_comes_down_again_after_a_week_of_enough_right_ones(manual):
    audited((0, "item"))
    models.SureRow.objects.all().delete()
    models.AuditRow.objects.all().delete()
    _found_before(400, ago=timedelta(days=2))
    models.ThresholdRow.objects.update(right=39, blind=9, since=clock.now())
    audited()
    assert level() == 2
    manual.advance(timedelta(days=8))
    audited()
    assert (level(), level(threshold_queries.POOL)) == (1, 2), "the site must hold the stricter bound"
    notices = outbox.list_notices(desk.access("anand"))
    assert any("are checked less closely now" in one.title for one in notices)


def _found_before(number, *, ago):
    """That many orders of the group were compared blind and right, and one was wrong, some time ago."""
    sample = models.OrderRow.objects.get(pk=desk.write(ORDER).id)
    models.SureRow.objects.all().delete()
    rows, sample.state = [], "refused"
    for _ in range(number):
        sample.pk, sample.signal = uuid.uuid4(), uuid.uuid4()
        sample.number = f"OB-{sample.pk}"
        rows.append(models.OrderRow(**{f.attname: getattr(sample, f.attname) for f in sample._meta.fields}))
    models.OrderRow.objects.bulk_create(rows)
    models.SureRow.objects.bulk_create(
        models.SureRow(
            order=row, site_id=small.SITE, channel="whatsapp", script="latin", score=0.985,
            looked_at=clock.now() - ago, wrong=number == 0, blind=True,
        )
        for number, row in enumerate(rows)
    )  # fmt: skip


def test_the_groups_tell_both_numbers_the_bound_and_what_is_asked_of_them():
    audited()
    audited((0, "item"))
    book(desk.write(ORDER))
    (group,) = threshold_queries.list_groups(small.SITE, now=clock.now(), since=small.START)
    assert (group.orders, group.by_itself, group.looked, group.wrong, group.blind) == (
        "orders by WhatsApp in Latin letters", 3, 2, 1, 2,
    )  # fmt: skip
    assert (group.level, group.score, group.audit_share) == (2, 0.97, Decimal(1))
    assert group.why == "1 of 2 compared with the message was wrong."
    assert group.at_most is not None
    assert not group.proven


def test_a_request_about_a_watched_order_offers_each_line_and_refusing():
    hold_all()
    order = desk.write("2 ctn CAP-28-WHT\n3 ctn CAP-38-WHT")
    (doubt,) = desk.open_doubts(order)
    options = decision_queries.get_request(doubt.id).options
    assert [option.code for option in options] == ["as_read", "line:0", "line:1", "refuse"]
    assert options[1].label.startswith("Read wrong: 2 ctn 28 mm screw cap, white")
