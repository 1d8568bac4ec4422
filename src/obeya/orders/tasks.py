"""Background work of the order desk."""

from __future__ import annotations

from procrastinate.contrib.django import app

from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, audits, counters, nightly, questions, retraining
from obeya.orders.enquiries import replying
from obeya.orders.pricing import trying


@app.task(name="orders.hear_decision", queue="reactions")
def hear_decision(*, event_id: str) -> None:
    """A request was decided; it may have been about an order."""
    event = journal.get_event(event_id)
    if event.subject.startswith("order:"):
        actions.hear_decision(event=event)
    elif event.subject.startswith("audit:"):
        audits.hear_decision(event=event)
    elif event.subject.startswith("enquiry:"):
        replying.hear(event=event)


@app.task(name="orders.hear_posting", queue="reactions")
def hear_posting(*, event_id: str) -> None:
    """A posting arrived in ERP or was given up; it may have been an order's."""
    actions.hear_posting(event=journal.get_event(event_id))


@app.task(name="orders.hear_failed_message", queue="reactions")
def hear_failed_message(*, event_id: str) -> None:
    """A message did not get through; it may have been a counter-offer."""
    counters.hear_failed(event=journal.get_event(event_id))


@app.periodic(cron="* * * * *")
@app.task(name="orders.expire_counters", queue="reactions", queueing_lock="orders.expire_counters")
def expire_counters(timestamp: int) -> None:
    """Every minute, counter-offers that nobody answered in time go back to commercial."""
    del timestamp  # procrastinate passes the planned moment; the offers are due by the clock
    counters.expire()


@app.task(name="orders.hear_undelivered", queue="reactions")
def hear_undelivered(*, event_id: str) -> None:
    """A message did not get through; it may have been a question to a customer."""
    questions.hear_undelivered(event=journal.get_event(event_id))


@app.task(name="orders.hear_booked", queue="reactions")
def hear_booked(*, event_id: str) -> None:
    """An order is in ERP; it may be one to audit."""
    audits.hear_booked(event=journal.get_event(event_id))


@app.task(name=trying.TASK, queue=trying.QUEUE)
def try_price_rules(*, draft_id: int, revision: int) -> None:
    """A draft of price rules is tried out on last month's orders."""
    trying.run_trial(draft_id=draft_id, revision=revision)


@app.periodic(cron="40 * * * *")
@app.task(name="orders.retrain_all", queue=nightly.QUEUE, queueing_lock="orders.retrain_all")
def retrain_all(timestamp: int) -> None:
    """Every hour, plan the check of what was learned for the sites where it is night."""
    del timestamp  # procrastinate passes the planned moment; the night is told by the clock
    nightly.defer_due(clock.now())


@app.task(name=nightly.RETRAIN, queue=nightly.QUEUE)
def retrain(*, site: str) -> None:
    """Compare newly learned constants and words with those in use."""
    retraining.retrain(site=site, origin=Origin.fresh(source="nightly", actor="system"))
