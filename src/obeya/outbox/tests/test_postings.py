"""Postings: queued once, sent in order, settled by what the ERP itself says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from obeya.journal import queries as journal
from obeya.outbox import actions, models, queries
from obeya.outbox.tests import fakes
from obeya.outbox.tests.fakes import ORIGIN, queue, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


def deliver(clock, after_s=0):
    clock.advance(timedelta(seconds=after_s))
    return actions.deliver_due("fake")


def state(posting):
    return queries.get_posting(posting.id).state


def test_a_posting_reaches_the_erp_exactly_as_it_was_queued(erp, clock):
    posting = queue(1)
    assert deliver(clock) == 1
    (document,) = erp.documents
    assert document.payload == fakes.order()
    assert document.payload.lines[0].quantity == Decimal("2.50")
    view = queries.get_posting(posting.id)
    assert (view.state, view.number, view.posted_at) == ("posted", "SO-0001", clock.now())
    assert view.state_text == "In Tryton as SO-0001."
    assert told(posting) == ["queued", "posted"]


def test_the_same_key_again_changes_nothing(erp, clock):
    first = queue(1)
    assert queue(1).id == first.id
    deliver(clock)
    assert queue(1).id == first.id
    assert len(erp.documents) == 1
    assert told(first) == ["queued", "posted"]


def test_the_same_key_with_other_contents_is_refused(erp):
    queue(1)
    with pytest.raises(actions.PostingConflict):
        queue(1, quantity="3")
    with pytest.raises(actions.PostingConflict):
        queue(1, document="order:2")


def test_a_posting_needs_to_say_what_it_is_about():
    with pytest.raises(ValueError, match="document"):
        queue(1, document="  ")


def test_a_posting_is_gone_with_the_transaction_that_queued_it(erp, clock):
    with pytest.raises(RuntimeError), transaction.atomic():
        queue(1)
        raise RuntimeError
    assert deliver(clock) == 0
    assert models.Posting.objects.count() == 0


def test_the_database_refuses_a_posting_that_is_posted_at_no_time(erp):
    posting = queue(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Posting.objects.filter(pk=posting.pk).update(state="posted")


def test_a_lost_answer_is_settled_by_asking_and_nothing_is_sent_twice(erp, clock):
    erp.script.append("lost_answer")
    posting = queue(1)
    deliver(clock)
    assert state(posting) == "unknown"
    assert deliver(clock, after_s=1) == 0
    deliver(clock, after_s=1)
    assert state(posting) == "posted"
    assert (len(erp.documents), len(erp.commands)) == (1, 1)
    assert told(posting) == ["queued", "delayed", "posted"]


def test_a_request_that_may_still_be_at_work_is_waited_for(erp, clock):
    erp.script.append("at_work")
    posting = queue(1)
    deliver(clock)
    for _ in range(59):
        deliver(clock, after_s=1)
    assert (state(posting), len(erp.commands)) == ("unknown", 1)
    erp.catch_up()
    deliver(clock, after_s=1)
    assert (state(posting), len(erp.documents)) == ("posted", 1)


def test_a_request_that_came_to_nothing_is_sent_again_after_the_erps_limit(erp, clock):
    erp.script.append("lost_request")
    posting = queue(1)
    deliver(clock)
    asked_at = []
    erp.before_find = lambda: asked_at.append((clock.now() - fakes.START).total_seconds())
    for _ in range(60):
        deliver(clock, after_s=1)
    assert asked_at == [2, 4, 8, 16, 32, 60]
    assert (state(posting), len(erp.documents), len(erp.commands)) == ("posted", 1, 2)
    attempts = [(a.number, a.answer) for a in queries.list_attempts(posting.id)]
    assert attempts == [(1, "unknown"), (2, "posted")]


def test_a_document_left_half_done_is_finished_from_its_step(erp, clock):
    erp.script.append("half")
    posting = queue(1)
    deliver(clock)
    deliver(clock, after_s=2)
    assert [command.step for command in erp.commands] == ["", "confirm"]
    assert erp.commands[1].erp_refs == {"number": "SO-0001", "id": "0001"}
    assert (len(erp.documents), erp.documents[0].confirmed, state(posting)) == (1, True, "posted")


def test_an_erp_that_is_down_is_told_in_plain_words_and_tried_again(erp, clock):
    erp.reachable = False
    posting, other = queue(1), queue(2)
    deliver(clock)
    for wait_s in (2, 4):
        deliver(clock, after_s=wait_s)
    view = queries.get_posting(posting.id)
    assert view.state_text == "Tryton does not answer (connection refused); tried 2 times, next try 14:00:14."
    assert view.what_to_do.startswith("Nothing has to be done")
    assert told(posting) == ["queued", "delayed"]
    (health,) = queries.health()
    assert (health.healthy, health.counts) == (False, {"waiting": 2})
    assert health.text == "Tryton does not answer (connection refused): 2 postings wait."
    erp.reachable = True
    deliver(clock, after_s=15)
    assert (state(posting), state(other), len(erp.documents)) == ("posted", "posted", 2)
    assert queries.health()[0].healthy


def test_an_erp_that_is_down_is_tried_with_one_posting_not_with_all(erp, clock):
    erp.reachable = False
    for number in range(20):
        queue(number)
    assert deliver(clock) == 1
    assert deliver(clock, after_s=1) == 0
    waiting = queries.list_postings()[0]
    assert waiting.state_text == "Waits: Tryton does not answer (connection refused); next try 14:00:02."


def test_progress_made_before_the_line_broke_is_kept(erp, clock):
    erp.script.append("unreachable_half")
    posting = queue(1)
    deliver(clock)
    assert (state(posting), posting.__class__.objects.get().step) == ("waiting", "confirm")
    deliver(clock, after_s=2)
    assert (state(posting), len(erp.documents)) == ("posted", 1)


def test_a_refusal_is_told_once_and_never_sent_again_by_itself(erp, clock):
    erp.script.append("refuse")
    posting = queue(1)
    for _ in range(20):
        deliver(clock, after_s=60)
    assert len(erp.commands) == 1
    assert told(posting) == ["queued", "rejected"]
    rejected = journal.list_about(f"posting:{posting.id}")[-1]
    assert rejected.data["code"] == "credit_limit"
    assert rejected.data["field"] == "customer"
    assert rejected.correlation == ORIGIN.correlation
    (view,) = queries.list_trouble(["PUNE"])
    assert view.state_text == "Tryton refused it: It will exceed the credit limit by 9720."
    assert "try again" in view.what_to_do
    assert queries.list_trouble(["SURAT"]) == ()


def test_a_person_has_a_refused_posting_tried_again_and_the_erp_is_asked_first(erp, clock):
    erp.script.append("refuse")
    posting = queue(1)
    deliver(clock)
    actions.retry_posting(posting_id=posting.id, origin=ORIGIN)
    deliver(clock)
    assert (erp.questions, state(posting), len(erp.documents)) == (1, "posted", 1)
    assert told(posting) == ["queued", "rejected", "retried", "posted"]


def test_a_conflict_waits_for_a_person_and_a_retry_finds_what_is_there(erp, clock):
    erp.script.append("conflict")
    posting = queue(1)
    deliver(clock, after_s=600)
    assert told(posting) == ["queued", "conflict"]
    assert queries.get_posting(posting.id).state_text == (
        "Tryton has something else in its place: SO-0001 has other lines."
    )
    actions.retry_posting(posting_id=posting.id, origin=ORIGIN)
    deliver(clock)
    assert (state(posting), len(erp.documents)) == ("posted", 1)


def test_retrying_does_not_send_what_may_still_be_at_work(erp, clock):
    erp.script.append("at_work")
    posting = queue(1)
    deliver(clock)
    actions.retry_posting(posting_id=posting.id, origin=ORIGIN)
    deliver(clock)
    assert (erp.questions, len(erp.commands), state(posting)) == (1, 1, "unknown")


def test_a_document_removed_in_the_erp_meanwhile_is_not_made_again(erp, clock):
    erp.script.append("half")
    posting = queue(1)
    deliver(clock)
    erp.documents.clear()
    for _ in range(60):
        deliver(clock, after_s=2)
    assert (state(posting), erp.documents) == ("conflict", [])


def test_an_erp_that_takes_its_time_is_polled_until_the_document_is_there(erp, clock):
    erp.script.append("accept")
    posting = queue(1)
    deliver(clock)
    assert (state(posting), queries.get_posting(posting.id).erp_refs) == ("accepted", {"ticket": "ticket-1"})
    for _ in range(30):
        deliver(clock, after_s=10)
    assert told(posting) == ["queued", "delayed"]
    erp.catch_up()
    deliver(clock, after_s=30)
    assert (state(posting), len(erp.commands), len(erp.documents)) == ("posted", 1, 1)


@pytest.mark.parametrize("trouble", ["refuse", "conflict", "lost_request", "accept"])
def test_later_postings_of_a_document_wait_and_other_documents_go_on(erp, clock, trouble):
    erp.script.append(trouble)
    first, later, other = queue(1, document="lot:L1"), queue(2, document="lot:L1"), queue(3)
    deliver(clock)
    deliver(clock, after_s=2)
    assert state(later) == "waiting"
    assert queries.get_posting(later.id).state_text == "Waits for an earlier posting of the same document."
    assert state(other) == "posted"
    assert state(first) != "posted"


def test_postings_of_one_document_go_out_in_the_order_of_their_queueing(erp, clock):
    postings = [queue(number, document="lot:L1") for number in range(5)]
    erp.script.extend(["lost_answer", "ok", "half"])
    for _ in range(10):
        deliver(clock, after_s=2)
    assert [document.key for document in erp.documents] == [posting.key for posting in postings]


def test_a_cancelled_posting_lets_the_next_of_its_document_go(erp, clock):
    erp.script.append("refuse")
    first, later = queue(1, document="lot:L1"), queue(2, document="lot:L1")
    deliver(clock)
    actions.cancel_posting(posting_id=first.id, reason="Booked by hand as SO-77", origin=ORIGIN)
    deliver(clock)
    assert (state(first), state(later)) == ("cancelled", "posted")
    cancelled = journal.list_about(f"posting:{first.id}")[-1]
    assert (cancelled.data["reason"], cancelled.data["maybe_in_erp"]) == ("Booked by hand as SO-77", False)
    with pytest.raises(actions.CannotRetryPosting):
        actions.retry_posting(posting_id=first.id, origin=ORIGIN)
    with pytest.raises(actions.CannotCancelPosting):
        actions.cancel_posting(posting_id=later.id, reason="too late", origin=ORIGIN)


def test_giving_up_needs_a_reason_and_says_whether_the_erp_may_have_it(erp, clock):
    erp.script.append("lost_request")
    posting = queue(1)
    deliver(clock)
    with pytest.raises(actions.CannotCancelPosting):
        actions.cancel_posting(posting_id=posting.id, reason=" ", origin=ORIGIN)
    actions.cancel_posting(posting_id=posting.id, reason="Not needed", origin=ORIGIN)
    assert journal.list_about(f"posting:{posting.id}")[-1].data["maybe_in_erp"] is True


def test_a_posting_that_a_person_cancels_while_the_erp_is_asked_stays_cancelled(erp, clock):
    erp.script.append("lost_answer")
    posting = queue(1)
    deliver(clock)
    erp.before_find = lambda: actions.cancel_posting(posting_id=posting.id, reason="Stop", origin=ORIGIN)
    deliver(clock, after_s=2)
    assert state(posting) == "cancelled"


def test_nobody_interferes_while_a_posting_is_being_sent(erp, clock):
    posting = queue(1)
    refused = []

    def interfere():
        for act in (actions.retry_posting, actions.cancel_posting):
            more = {"reason": "Stop"} if act is actions.cancel_posting else {}
            with pytest.raises((actions.CannotRetryPosting, actions.CannotCancelPosting)) as caught:
                act(posting_id=posting.id, origin=ORIGIN, **more)
            refused.append(caught.type)

    erp.before_post = interfere
    deliver(clock)
    assert refused == [actions.CannotRetryPosting, actions.CannotCancelPosting]
    assert state(posting) == "posted"


def test_that_a_request_leaves_is_written_down_before_it_does(erp, clock):
    posting = queue(1)
    seen = []
    erp.before_post = lambda: seen.append(
        (models.Posting.objects.get().state, queries.list_attempts(posting.id)[0].ended_at)
    )
    deliver(clock)
    assert seen == [("sending", None)]


def test_a_connector_that_is_not_set_up_says_so(clock):
    posting = queue(1, connector="odoo")
    assert actions.deliver_due("odoo") == 0
    assert queries.get_posting(posting.id).state_text == "Waits: Odoo is not set up."
    assert queries.health()[0].text == "Odoo is not set up here: 1 postings wait."


def test_the_payload_and_the_newest_posting_of_a_subject_are_found(erp):
    posting = queue(1)
    assert queries.get_payload(posting.id) == fakes.order()
    found = (queries.posting_of("order:1"), queries.find_posting(posting.key))
    assert [view and view.id for view in found] == [posting.id, posting.id]
    assert queries.posting_of("order:99") is None
    assert [view.id for view in queries.list_postings(sites=["PUNE"], connector="fake")] == [posting.id]
    with pytest.raises(queries.NoSuchPosting):
        queries.get_posting(ORIGIN.correlation)
