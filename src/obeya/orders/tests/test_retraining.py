"""The nightly check: from confirmed messages to constants and words in use, and back again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.worlds import desk, small

from obeya.catalog import ports
from obeya.catalog import queries as catalog
from obeya.cli import main
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import (
    actions,
    knowledge,
    learning_queries,
    models,
    nightly,
    queries,
    replays,
    retraining,
    retraining_rules,
)
from obeya.orders.reading import deciding, types
from obeya.outbox import queries as outbox
from obeya.people import queries as people

pytestmark = pytest.mark.django_db

NIGHT = Origin.fresh(source="nightly", actor="system")
DESK = Origin.fresh(source="web", actor="user:asha")
CUSTOMERS = [f"K{n:02}" for n in range(12)]
SKUS = ("CAP-28-WHT", "CAP-38-WHT", "CAP-28-BLU")


@pytest.fixture(autouse=True)
def manual():
    with desk.standing() as manual:
        yield manual


def history(number):
    """Imported orders with their messages, one every two hours until now."""
    orders = []
    for n in range(number):
        sku = SKUS[n % 3]
        orders.append(
            types.PastOrder(
                order_no=f"H-{n}",
                customer=CUSTOMERS[n % len(CUSTOMERS)],
                ordered_at=clock.now() - timedelta(hours=2 * (number - n)),
                channel="whatsapp",
                message=f"{2 + n % 5} ctn {sku}",
                lines=(types.PastLine(sku, Decimal(2 + n % 5), "ctn"),),
            )
        )
    actions.add_past_orders(site=small.SITE, orders=orders)


@pytest.fixture
def customers():
    small.apply(
        small.SITE,
        "customers",
        *(
            ports.CustomerRow(code=code, erp_id=code, name=f"Trader {code}", currency="INR")
            for code in CUSTOMERS
        ),
    )


def retrain():
    return retraining.retrain(site=small.SITE, origin=NIGHT)


def stored(**changes):
    """A check whose constants are in use."""
    constants = {"factors": {"unread": 0.9}, "grades": [list(grade) for grade in deciding.TODAY.grades]}
    given = {"at": clock.now(), "code": "promoted", "why": "better", "fitted_on": 90, "replayed": 60}
    return models.LearningRow.objects.create(
        site_id=small.SITE, constants=constants, active=True, **{**given, **changes}
    )


def test_with_little_data_nothing_happens_and_it_is_said_and_kept():
    found = retrain()
    assert found.verdict.code == "too_little"
    (check,) = learning_queries.list_checks(small.SITE)
    assert check.why.startswith(
        "There is too little to learn from: 0 older messages (at least 60 are needed)"
    )
    assert not check.in_use
    assert knowledge.calibration_of(small.SITE) == deciding.TODAY
    (told,) = journal.list_about(f"site:{small.SITE}", types=["orders.learning_checked"])
    assert told.data["code"] == "too_little"
    assert outbox.list_notices(desk.access("anand")) == ()


def test_where_what_is_in_use_is_true_nothing_is_promoted(customers):
    history(200)
    found = retrain()
    assert (found.replayed, found.verdict.code) == (66, "not_better")
    assert "too little to matter" in found.verdict.why
    assert learning_queries.find_in_use(small.SITE) is None


def test_what_is_read_again_is_read_by_what_was_known_then(customers):
    history(120)
    known = replays.gather(small.SITE, now=clock.now())
    assert [one.sent_at for one in known] == sorted(one.sent_at for one in known)
    assert known[0].lines == frozenset({(("CAP-28-WHT", Decimal(2), "ctn"), 1)})
    before = knowledge.lessons_of(small.SITE, before=known[50].sent_at)
    assert len(before.past_orders) == 50
    read = replays.read_as_then(small.SITE, known[:5], replays.Watch())
    assert [one.right for one in read] == [True] * 5
    assert {one.case().codes for one in read} == {()}
    assert all(one.reading.confidence > 0.9 for one in read)


def test_a_check_stops_when_its_time_is_up(customers):
    history(200)
    seconds = iter(range(10_000))
    watch = replays.Watch(most_s=50, clock=lambda: float(next(seconds)))
    found = retraining.retrain(site=small.SITE, origin=NIGHT, watch=watch)
    assert found.replayed < 66
    assert found.left_out > 0
    assert not found.verdict.promoted


def test_orders_nobody_looked_at_are_no_evidence_and_those_a_person_accepted_are():
    auto = desk.write("2 ctn CAP-28-WHT")
    assert auto.state == "confirmed"
    assert replays.gather(small.SITE, now=clock.now()) == []
    models.OrderRow.objects.filter(pk=auto.id).update(as_read_accepted=True)
    (known,) = replays.gather(small.SITE, now=clock.now())
    assert (known.customer, known.lines) == ("KRS01", frozenset({(("CAP-28-WHT", Decimal(2), "ctn"), 1)}))


def test_a_challenger_that_is_better_takes_over_is_told_and_can_be_taken_back(customers, monkeypatch):
    history(200)
    better = retraining_rules.Verdict("promoted", "No group loses.")
    monkeypatch.setattr(retraining_rules, "compare", lambda cases, **given: better)
    learned = deciding.Calibration(
        {**deciding.TODAY.factors, "unread": 0.9}, ((0.0, 0.1), (0.12, 0.3), (0.35, 0.6), (0.9, 0.98))
    )
    monkeypatch.setattr(retraining_rules, "fit", lambda cases, champion: learned)
    assert retrain().verdict.promoted
    assert knowledge.calibration_of(small.SITE) == learned
    assert desk.write("2 ctn CAP-28-WHT").confidence < Decimal("0.985")
    notices = outbox.list_notices(desk.access("anand"))
    assert {one.title for one in notices} == {"Something new was learned from confirmed orders"}

    with pytest.raises(retraining.CannotGoBack, match="plant manager"):
        retraining.go_back(site=small.SITE, access=desk.access("asha"), origin=DESK)
    retraining.go_back(site=small.SITE, access=desk.access("anand"), origin=DESK)
    assert knowledge.calibration_of(small.SITE) == deciding.TODAY
    assert journal.list_about(f"site:{small.SITE}", types=["orders.learning_rolled_back"])
    with pytest.raises(retraining.CannotGoBack, match="nothing to go back from"):
        retraining.go_back(site=small.SITE, access=desk.access("anand"), origin=DESK)
    assert retrain().verdict.code == "paused"


def test_going_back_uses_the_promotion_before_it_that_nobody_took_back():
    first = stored(at=clock.now() - timedelta(days=9))
    models.LearningRow.objects.filter(pk=first.pk).update(active=False)
    stored()
    retraining.go_back(site=small.SITE, access=desk.access("anand"), origin=DESK)
    in_use = learning_queries.find_in_use(small.SITE)
    assert in_use is not None
    assert in_use.id == first.pk


def alias(words, sku, *, ok=5, customer="KRS01"):
    item = catalog.get_item(small.SITE, sku)
    found = catalog.find_customer(small.SITE, customer)
    assert found is not None
    return models.AliasRow.objects.create(
        site_id=small.SITE, customer_id=found.id, words=words, item_id=item.id, ok=ok, source="fix",
        last_at=clock.now(),
    )  # fmt: skip


def confirmed(text, sku):
    """An order of KRS01 that somebody made mean `sku`, and accepted."""
    order = desk.write(text)
    for doubt in desk.open_doubts(order):
        actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), sku=sku, origin=DESK)
    models.OrderRow.objects.filter(pk=order.id).update(as_read_accepted=True)
    assert queries.get_order(order.id).lines[0].sku == sku


def test_words_that_confirmed_messages_contradict_are_set_aside_until_they_are_settled(customers, manual):
    history(200)
    for _ in range(3):
        confirmed("4 ctn zinkplug", "CAP-38-WHT")
        manual.advance(timedelta(days=3))
    models.AliasRow.objects.all().delete()
    bad, good = alias("zinkplug", "CAP-28-BLU", ok=50), alias("cap 28 wht", "CAP-28-WHT")
    found = retrain()
    for row in (bad, good):
        row.refresh_from_db()
    assert bad.conflict_at is not None, found.words.why
    assert good.conflict_at is None
    assert "“zinkplug” for CAP-28-BLU proved wrong" in learning_queries.list_checks(small.SITE)[0].words
    assert "zinkplug" not in {known.key for known in knowledge.reader_of(small.SITE).lessons.aliases}


def test_the_check_is_planned_at_night_of_the_site_and_once(manual):
    assert nightly.defer_due(manual.now()) == []
    zone = people.get_site(small.SITE).tz
    night = manual.now().astimezone(zone).replace(hour=2, minute=40)
    assert nightly.defer_due(night) == [small.SITE]
    assert nightly.defer_due(night) == []


def test_the_command_says_what_it_found_and_a_dry_run_changes_nothing(customers, capsys):
    history(200)
    main.main(["orders", "retrain", "--site", small.SITE, "--dry-run"])
    told = capsys.readouterr().out
    assert "compared on 66 newer ones" in told
    assert "Not promoted: " in told
    assert "Nothing was changed" in told
    assert not models.LearningRow.objects.exists()
