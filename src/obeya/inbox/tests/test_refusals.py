"""What is turned away at the door is counted for IT, and costs an attacker's target next to nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from obeya.inbox import actions, queries, refusals
from obeya.lib import clock

START = datetime(2026, 2, 6, 9, 0, tzinfo=UTC)


@pytest.fixture
def manual(monkeypatch):
    monkeypatch.setattr(refusals, "TALLY", refusals.Tally())
    now = clock.ManualClock(START)
    before = clock.use(now)
    yield now
    clock.use(before)


@pytest.mark.django_db
def test_a_flood_is_written_down_once_a_second(manual, django_assert_num_queries):
    actions.count_refused(source="whatsapp", reason="wrong signature")
    with django_assert_num_queries(0):
        for _ in range(1_000):
            actions.count_refused(source="whatsapp", reason="wrong signature")
    (told,) = queries.list_refusals("whatsapp")
    assert (told.reason, told.count) == ("wrong signature", 1)
    manual.advance(timedelta(seconds=1))
    actions.count_refused(source="whatsapp", reason="wrong signature")
    (told,) = queries.list_refusals("whatsapp")
    assert told.count == 1_002
    assert (told.first_at, told.last_at) == (START, START + timedelta(seconds=1))


@pytest.mark.django_db
def test_each_reason_is_counted_for_itself(manual):
    actions.count_refused(source="whatsapp", reason="wrong signature")
    actions.count_refused(source="whatsapp", reason="too large")
    actions.count_refused(source="email", reason="too large")
    assert {r.reason for r in queries.list_refusals("whatsapp")} == {"wrong signature", "too large"}
    assert len(queries.list_refusals()) == 3
