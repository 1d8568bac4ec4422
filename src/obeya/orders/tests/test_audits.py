"""Blind audits of orders booked by themselves, and the two honest numbers."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.worlds import desk, small

from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, audits, events, figures, knowledge, models, queries, rules, tasks, telling

pytestmark = pytest.mark.django_db

DESK = Origin.fresh(source="web", actor="user:asha")


@pytest.fixture(autouse=True)
def _desk():
    with desk.standing():
        audit_all()
        yield


def audit_all(share="1"):
    audits.set_share(
        site=small.SITE, share=Decimal(share), why="For a test", access=desk.access("anand"), origin=DESK
    )


def book(text="Please send 2 ctn CAP-28-WHT"):
    """An order that ERP has: told to the audits as the reaction would."""
    order = desk.write(text)
    assert order.state == "confirmed"
    row = models.OrderRow.objects.get(pk=order.id)
    row.state, row.booked_at, row.erp_number = "booked", clock.now(), "SO-77"
    row.save()
    told = events.OrderBooked(row.id, row.number, "KRS01", "SO-77")
    event = telling.tell(row, told, DESK)
    tasks.hear_booked(event_id=str(event.id))
    tasks.hear_booked(event_id=str(event.id))
    return order


def audit_of(order):
    return models.AuditRow.objects.get(order=order.id)


def judge(order, *findings, note="", username="asha"):
    audits.judge(
        request_id=audit_of(order).request_id,
        findings=findings,
        note=note,
        access=desk.access(username),
        origin=DESK,
    )


def requests_of(kind):
    return [one for one in decision_queries.list_waiting(desk.access("asha")) if one.kind == kind]


def test_an_order_booked_by_itself_becomes_one_audit_of_the_desk_with_a_day_to_answer():
    order = book()
    (asked,) = requests_of("order_audit")
    assert (asked.function, asked.due_at - asked.opened_at) == ("order_desk", timedelta(days=1))
    assert asked.id == audit_of(order).request_id


def test_an_audit_tells_the_message_and_what_was_booked_and_nothing_of_how_sure_the_reading_was():
    book()
    (asked,) = requests_of("order_audit")
    told = str(asked.context) + asked.question + asked.title
    assert "Please send 2 ctn CAP-28-WHT" in told
    assert "CAP-28-WHT 28 mm screw cap, white" in told
    for word in ("confidence", "sure", "%", "candidates", "score"):
        assert word not in told


def test_nobody_is_told_but_the_desk_however_long_an_audit_waits():
    book()
    (asked,) = requests_of("order_audit")
    assert {step.to for step in asked.ladder.steps} == {"order_desk"}
    assert asked.ladder.repeat_s == 24 * 3_600


def test_an_order_that_a_person_touched_is_not_audited():
    order = desk.write("2 ctn CAP-28-WHT\n5 ctn zinkplugs")
    (doubt,) = order.doubts
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=DESK)
    row = models.OrderRow.objects.get(pk=order.id)
    event = telling.tell(row, events.OrderBooked(row.id, row.number, "KRS01", "SO"), DESK)
    tasks.hear_booked(event_id=str(event.id))
    assert not models.AuditRow.objects.exists()


def test_the_sample_is_chosen_by_the_order_and_has_the_share_that_is_set():
    ids = [uuid.UUID(int=number * 7919) for number in range(20_000)]
    chosen = [one for one in ids if rules.is_sampled(one, Decimal("0.03"))]
    assert 0.025 < len(chosen) / len(ids) < 0.035
    assert [one for one in ids if rules.is_sampled(one, Decimal("0.03"))] == chosen
    assert set(chosen) <= {one for one in ids if rules.is_sampled(one, Decimal("0.2"))}
    assert not any(rules.is_sampled(one, Decimal(0)) for one in ids)
    assert all(rules.is_sampled(one, Decimal(1)) for one in ids)


def test_without_a_setting_three_percent_are_audited_and_with_none_nothing():
    models.DeskRow.objects.all().delete()
    assert figures.audit_share(small.SITE) == Decimal("0.03")
    audit_all("0")
    book()
    assert not models.AuditRow.objects.exists()


def test_the_share_is_the_plant_managers_to_set_with_a_reason_and_an_event():
    for share, why, username in (("2", "Why", "anand"), ("0.1", "", "anand"), ("0.1", "Why not", "asha")):
        with pytest.raises(audits.CannotAudit):
            audits.set_share(
                site=small.SITE, share=Decimal(share), why=why, access=desk.access(username), origin=DESK
            )
    told = journal.list_about(f"site:{small.SITE}", types=["orders.audit_share_set"])
    assert [event.data["share"] for event in told] == ["1"]


def test_an_order_found_right_counts_and_nothing_follows():
    order = book()
    judge(order)
    found = figures.get_audit(audit_of(order).request_id)
    assert (found.wrong, found.findings, found.judged_by) == (False, (), desk.access("asha").user_id)
    assert requests_of("order_change") == []


def test_an_order_found_wrong_stays_as_it_is_and_a_person_is_asked_to_put_it_right():
    order = book()
    before = queries.get_order(order.id)
    judge(order, (0, "quantity"), (None, "delivery"), note="They wrote two boxes")
    after = queries.get_order(order.id)
    assert (after.lines, after.state, after.total) == (before.lines, before.state, before.total)
    (asked,) = requests_of("order_change")
    assert asked.question == (
        "SO-77 was booked wrong: line 1: another quantity or unit; another date or place of delivery."
        " Put it right."
    )
    assert "They wrote two boxes" in str(asked.context)
    types = [event.type for event in journal.list_story(order.correlation)]
    assert "orders.order_audited" in types


def test_words_that_were_read_as_the_wrong_item_count_against_it():
    order = book()
    row = models.OrderRow.objects.get(pk=order.id)
    line = row.lines.get()
    assert line.item is not None
    models.AliasRow.objects.create(
        site=row.site, customer=row.customer, words=line.words.lower(), item=line.item, source="booked",
        ok=3, last_at=clock.now(),
    )  # fmt: skip
    before = knowledge.reader_of(small.SITE)
    judge(order, (0, "item"))
    assert models.AliasRow.objects.get().bad == 1
    assert knowledge.reader_of(small.SITE) is not before


def test_an_audit_is_answered_once():
    order = book()
    judge(order)
    with pytest.raises(audits.CannotAudit, match="answered already"):
        judge(order, (0, "item"))
    assert audit_of(order).wrong is False


@pytest.mark.parametrize("finding", [(7, "item"), (0, "missing"), (None, "item"), (0, "")])
def test_a_finding_that_names_nothing_of_the_order_is_refused(finding):
    order = book()
    with pytest.raises(audits.CannotAudit):
        judge(order, finding)
    assert audit_of(order).wrong is None


def test_only_those_asked_answer_an_audit():
    order = book()
    with pytest.raises(audits.CannotAudit, match="another function"):
        judge(order, username="nikhil")


def test_an_answer_on_another_screen_is_carried_out_once():
    order = book()
    event = decisions.decide(
        request_id=audit_of(order).request_id,
        access=desk.access("asha"),
        option="wrong",
        rationale="It says red",
        origin=DESK,
    )
    for _ in range(2):
        tasks.hear_decision(event_id=str(event.id))
    found = audit_of(order)
    assert (found.wrong, found.findings, found.note) == (True, [[None, "other"]], "It says red")
    assert len(requests_of("order_change")) == 1


def test_straight_through_is_of_all_orders_received_and_messages_that_are_none_are_left_out():
    book()
    desk.write("2 ctn CAP-28-BLU\n5 ctn zinkplugs")
    greeting = desk.write("good morning sir, happy diwali to you and family")
    told = queries.counts([small.SITE], since=small.START)
    assert (told.received, told.orders, told.booked, told.booked_unseen) == (3, 2, 1, 1)
    (doubt,) = greeting.doubts
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), option="answered", origin=DESK)
    assert queries.counts([small.SITE], since=small.START).orders == 2
    total = figures.accuracy(small.SITE, now=clock.now(), weeks=4).total
    assert (total.received, total.by_itself, total.waiting) == (2, 1, 1)
    assert total.straight_through == Decimal("0.5")


def test_what_audits_found_is_told_by_week_channel_and_customer():
    judge(book(), (0, "item"))
    judge(book("3 ctn CAP-38-WHT"))
    book("1 ctn CAP-28-BLU")
    told = figures.accuracy(small.SITE, now=clock.now(), weeks=4)
    for groups in (told.weeks, told.channels, told.customers):
        (group,) = groups
        assert (group.figures.audited, group.figures.wrong, group.figures.asked) == (2, 1, 1)
    assert told.customers[0].name == "Krushnai Traders"
    assert told.weeks[0].week == small.START.date() - timedelta(days=2)
    assert figures.audited(small.SITE, now=clock.now()) == figures.Audited(2, 1)
    assert figures.audited(small.SITE, now=clock.now() + timedelta(weeks=13)) == figures.Audited(0, 0)


@pytest.mark.parametrize(
    ("wrong", "audited", "bound"),
    [(0, 0, 1.0), (0, 59, 0.0495), (0, 299, 0.00997), (1, 10, 0.3942), (5, 5, 1.0)],
)
def test_how_many_may_be_wrong_at_most_is_the_exact_binomial_limit(wrong, audited, bound):
    """0 of n: 1 - 0.05 ** (1 / n); 1 of 10: tables of Clopper and Pearson."""
    assert rules.at_most(wrong, audited) == pytest.approx(bound, abs=1e-4)
