"""The rules alone: what each answer makes of a posting, and of a message."""

import itertools
from datetime import timedelta

import pytest

from obeya.outbox import ports, rules
from obeya.outbox.tests.fakes import START

LIMIT_S = 60.0
SENDING = rules.Standing(state=rules.State.SENDING)
UNKNOWN = rules.Standing(state=rules.State.UNKNOWN, unknown_since=START)


def after_s(seconds):
    return START + timedelta(seconds=seconds)


def test_a_key_is_the_same_for_ever_and_differs_by_event_kind_and_part():
    known = "a5ab50d9c3fa0b32cad399e551d200e1b2113b216770ca970c3e810d6791b035"
    assert rules.key_of("e1", "delivery") == rules.key_of("e1", ports.CommandKind.DELIVERY) == known
    keys = {rules.key_of(e, k, p) for e, k, p in itertools.product("ab", ("delivery", "reverse"), ("", "1"))}
    assert len(keys) == 8
    assert all(len(key) == 64 for key in keys)


def test_only_what_surely_is_not_on_its_way_is_sent():
    moves = {state: rules.next_move(rules.Standing(state=state)) for state in rules.MOVING}
    assert moves.pop(rules.State.WAITING) is rules.Move.SEND
    assert set(moves.values()) == {rules.Move.ASK}
    retried = rules.Standing(state=rules.State.WAITING, ask_first=True)
    assert rules.next_move(retried) is rules.Move.ASK


def test_waiting_times_double_up_to_their_limit():
    assert [rules.wait_s(n) for n in range(1, 8)] == [2, 4, 8, 16, 30, 30, 30]
    assert rules.wait_s(1000, 15) == 15


def test_a_lost_answer_is_asked_about_and_a_request_that_never_left_is_sent_again():
    lost = rules.after_answer(SENDING, ports.Unknown("HTTP 500"), START)
    assert (lost.state, lost.unknown_since) == (rules.State.UNKNOWN, START)
    kept = rules.after_answer(SENDING, ports.Unknown("refused", sent=False), START)
    assert (kept.state, kept.unknown_since, kept.failures) == (rules.State.WAITING, None, 1)


@pytest.mark.parametrize("seconds", [0, 1, 30, 59.999])
def test_nothing_is_sent_while_an_earlier_request_may_be_at_work(seconds):
    change = rules.after_found(UNKNOWN, None, after_s(seconds), LIMIT_S)
    assert change.state is rules.State.UNKNOWN
    assert after_s(seconds) < change.next_at <= after_s(60)


def test_it_is_sent_again_once_the_earlier_request_is_provably_over():
    change = rules.after_found(UNKNOWN, None, after_s(60), LIMIT_S)
    assert (change.state, change.step) == (rules.State.WAITING, "")


def test_a_document_that_was_seen_and_is_gone_is_for_a_person():
    seen = rules.Standing(state=rules.State.UNKNOWN, unknown_since=START, erp_refs={"number": "SO-7"})
    change = rules.after_found(seen, None, after_s(90), LIMIT_S)
    assert (change.state, change.told) == (rules.State.CONFLICT, rules.Told.CONFLICT)
    assert "SO-7" in change.error


def test_what_the_erp_has_decides():
    whole = rules.after_found(UNKNOWN, ports.Found({"number": "SO-1"}, True, ""), START, LIMIT_S)
    assert (whole.state, whole.erp_refs) == (rules.State.POSTED, {"number": "SO-1"})
    half = rules.after_found(UNKNOWN, ports.Found({"id": "1"}, False, "confirm"), START, LIMIT_S)
    assert (half.state, half.step, half.erp_refs) == (rules.State.WAITING, "confirm", {"id": "1"})


def test_trouble_is_told_once():
    first = rules.after_answer(SENDING, ports.Unknown("x", sent=False), START)
    assert first.told is rules.Told.DELAYED
    again = rules.Standing(state=rules.State.SENDING, delayed=True)
    assert rules.after_answer(again, ports.Unknown("x", sent=False), START).told is None
    assert rules.after_no_word(again, "x", START).told is None


def test_a_refusal_keeps_how_far_it_got():
    answer = ports.Rejected("credit", "too much", step="confirm", erp_refs={"id": "7"})
    change = rules.after_answer(SENDING, answer, START)
    assert (change.state, change.step, change.erp_refs) == (rules.State.REJECTED, "confirm", {"id": "7"})


def test_an_erp_that_accepted_is_asked_and_never_sent_to_again():
    standing = rules.Standing(state=rules.State.ACCEPTED)
    for n in range(1, 50):
        change = rules.after_found(standing, None, after_s(n * 60), LIMIT_S)
        assert change.state is rules.State.ACCEPTED
        told = rules.Told.DELAYED if n == rules.ACCEPTED_TOO_LONG else None
        assert change.told is told
        standing = rules.Standing(
            state=change.state, failures=change.failures, delayed=standing.delayed or told is not None
        )


def test_an_erp_out_of_reach_is_left_alone_and_any_word_of_it_ends_that():
    line = rules.line_after(rules.Line(), "not_sent", START)
    assert line == rules.Line(1, after_s(2))
    line = rules.line_after(line, "cannot_ask", after_s(2))
    assert line == rules.Line(2, after_s(6))
    assert rules.line_after(line, "rejected", START) == rules.Line()


def test_one_lost_answer_does_not_hold_the_others_up_but_two_in_a_row_do():
    line = rules.line_after(rules.Line(), "unknown", START)
    assert line.paused_until is None
    assert rules.line_after(line, "unknown", START).paused_until == after_s(4)


M = rules.MessageState


def test_receipts_in_any_order_end_in_the_same_state():
    for order in itertools.permutations(["sent", "delivered", "read"]):
        state = M.UNKNOWN
        for status in order:
            state = rules.after_status(state, status)
        assert state is M.READ


def test_a_failure_does_not_undo_a_delivery_and_a_delivery_proves_a_failure_wrong():
    assert rules.after_status(M.DELIVERED, "failed") is M.DELIVERED
    assert rules.after_status(M.SENT, "failed") is M.FAILED
    assert rules.after_status(M.FAILED, "sent") is M.FAILED
    assert rules.after_status(M.FAILED, "delivered") is M.DELIVERED
    assert rules.after_status(M.SENT, "a newer word") is M.SENT


def test_a_channel_that_asks_to_wait_is_left_alone_as_long():
    assert rules.message_retry_at(1, None, START) == after_s(4)
    assert rules.message_retry_at(1, 90.0, START) == after_s(90)
    assert rules.message_retry_at(99, None, START) == after_s(600)
