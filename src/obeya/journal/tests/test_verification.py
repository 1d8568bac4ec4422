"""One changed byte anywhere in an event or in the chain is found, and its place is named."""

import dataclasses
import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction

from obeya.journal import actions, events, queries, verification

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = events.Origin("test", "user:asha", uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
EVENTS = 12
VICTIM = 7


@events.register("journal_test.weighed")
@dataclasses.dataclass(frozen=True, slots=True)
class Weighed:
    number: int
    quantity: Decimal
    note: str


@pytest.fixture
def victim():
    """A sealed journal of two sites; one event in the middle of the first."""
    for number in range(EVENTS):
        payload = Weighed(number, Decimal("1.50"), "ढक्कन ढीला “है”\n\\")
        site = "SURAT" if number == 3 else "PUNE"
        actions.append(actions.Draft(payload=payload, site=site, subject=f"lot:{number}", origin=ORIGIN))
    actions.seal_all()
    assert verification.verify().sound
    return queries.tail(after=VICTIM - 1, limit=1)[0]


def change(statement, *values):
    """What somebody can do who owns the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)


EVENT_CHANGES = (
    "type = 'journal_test.weighee'",
    "version = 2",
    "site = 'PUND'",
    "subject = 'lot:7'",
    "occurred_at = occurred_at + interval '1 microsecond'",
    "occurred_at = (to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    " || '+00 BC')::timestamptz",
    "occurred_at = 'infinity'",
    "recorded_at = '290000-01-01 UTC'",
    "source = 'tesu'",
    "actor = 'user:ashb'",
    "correlation = 'a0000000-0000-4000-8000-000000000000'",
    "causation = NULL",
    "signal = NULL",
    "data = jsonb_set(data, '{number}', '7')",
    "data = jsonb_set(data, '{number}', '6.0')",
    "data = jsonb_set(data, '{number}', '\"6\"')",
    "data = jsonb_set(data, '{quantity}', '\"1.5\"')",
    "data = jsonb_set(data, '{note}', to_jsonb(replace(data ->> 'note', 'ढ', 'ड')))",
    "data = data - 'note'",
    "data = jsonb_set(data, '{number}', ('1' || repeat('0', 5000))::jsonb)",
    "data = jsonb_set(data, '{note}', (repeat('[', 5000) || repeat(']', 5000))::jsonb)",
    "digest = set_byte(digest, 31, get_byte(digest, 31) # 1)",
)


@pytest.mark.parametrize("changed", EVENT_CHANGES)
def test_a_change_to_any_attribute_is_found_and_its_place_named(victim, changed):
    change(f"UPDATE journal_event SET {changed} WHERE id = %s", victim.event.id)
    report = verification.verify()
    (fault,) = report.faults
    assert (fault.site, fault.sequence, fault.event_id) == ("PUNE", VICTIM - 1, str(victim.event.id))
    assert "changed after it was written" in fault.text or "of site PUND" in fault.text
    assert report.proved == VICTIM - 1


SEAL_CHANGES = (
    "hash = set_byte(hash, 0, get_byte(hash, 0) # 128)",
    "sequence = sequence + 64",
    "event_id = 'a0000000-0000-4000-8000-000000000000'",
    "site = 'PUNF'",
)


@pytest.mark.parametrize("changed", SEAL_CHANGES)
def test_a_change_to_a_link_is_found(victim, changed):
    change(f"UPDATE journal_seal SET {changed} WHERE event_id = %s", victim.event.id)
    first = verification.verify().faults[0]
    assert first.sequence in (VICTIM - 1, VICTIM, VICTIM - 1 + 64)
    assert first.site in ("PUNE", "PUNF")


def test_a_place_in_the_order_of_all_sites_that_was_changed_is_found(victim):
    change("UPDATE journal_seal SET position = position + 100 WHERE position = %s", EVENTS)
    (fault,) = verification.verify().faults
    assert "jumps from 11 to 112" in fault.text


def test_the_newest_event_of_one_site_cannot_be_cut_off_while_another_goes_on(victim):
    change("DELETE FROM journal_event WHERE id IN (SELECT event_id FROM journal_seal WHERE site = 'SURAT')")
    change("DELETE FROM journal_seal WHERE site = 'SURAT'")
    report = verification.verify()
    (fault,) = report.faults
    assert "jumps from 3 to 5" in fault.text
    assert report.proved == EVENTS - 1


def test_other_sites_are_proved_beside_a_damaged_one(victim):
    change("UPDATE journal_event SET actor = 'x' WHERE id = %s", victim.event.id)
    report = verification.verify()
    assert report.heads["SURAT"].sequence == 1
    assert report.heads["PUNE"].sequence == VICTIM - 2
