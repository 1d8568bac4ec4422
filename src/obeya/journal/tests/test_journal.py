"""The journal: appended once, never changed, in an order and a chain that can be proved."""

import dataclasses
import json
import threading
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from obeya.journal import actions, events, export, queries, reactions, verification

pytestmark = pytest.mark.django_db(transaction=True)


@events.register("journal_test.counted")
@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    number: int
    quantity: Decimal = Decimal("1.50")
    at: datetime = datetime(2026, 2, 1, tzinfo=UTC)


ORIGIN = events.Origin("test", "user:asha", uuid.uuid4())


def draft(number: int, site: str = "PUNE") -> actions.Draft:
    return actions.Draft(payload=Counted(number), site=site, subject=f"thing:{number}", origin=ORIGIN)


def test_an_event_comes_back_as_it_was_written():
    (written,) = actions.append(draft(1))
    read = queries.get_event(written.id)
    assert read == written
    assert events.decode(read) == Counted(1)
    assert read.data["quantity"] == "1.50"


@pytest.mark.parametrize("statement", ["UPDATE journal_event SET actor = 'x'", "DELETE FROM journal_event"])
def test_the_database_refuses_to_change_an_event(statement):
    actions.append(draft(1))
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert len(queries.list_story(ORIGIN.correlation)) == 1


def test_a_payload_with_a_float_is_refused():
    with pytest.raises(events.CannotRegisterPayload):

        @events.register("journal_test.inexact")
        @dataclasses.dataclass(frozen=True)
        class Inexact:
            weight: float


def test_events_roll_back_with_the_change_they_tell():
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.append(draft(1))
        raise RuntimeError
    assert queries.list_story(ORIGIN.correlation) == []


def test_a_reaction_is_a_job_of_the_same_transaction():
    reactions.on("journal_test.counted", task="journal_test.react")
    try:
        (event,) = actions.append(draft(7))
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.append(draft(8))
            raise RuntimeError
    finally:
        reactions._table.pop("journal_test.counted")
    actions.seal_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, lock, args FROM procrastinate_jobs")
        assert cursor.fetchall() == [
            ("journal_test.react", "journal_test|thing:7", json.dumps({"event_id": str(event.id)}))
        ]


def test_a_sealed_chain_verifies_per_site():
    actions.append(draft(1), draft(2, "SURAT"), draft(3))
    actions.append_many(draft(n) for n in range(4, 50))
    assert actions.seal_all() == 49
    report = verification.verify()
    assert report.sound
    assert report.proved == 49
    assert {site: head.sequence for site, head in report.heads.items()} == {"PUNE": 48, "SURAT": 1}


def _as_owner(statement: str, params: list[uuid.UUID | str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)


def test_a_changed_event_is_found_and_named():
    actions.append(*(draft(n) for n in range(20)))
    actions.seal_all()
    victim = queries.tail(after=11, limit=1)[0].event
    _as_owner("UPDATE journal_event SET data = jsonb_set(data, '{number}', '99') WHERE id = %s", [victim.id])
    (fault,) = verification.verify().faults
    assert (fault.site, fault.sequence, fault.event_id) == ("PUNE", 12, str(victim.id))
    assert "changed" in fault.text


def test_a_removed_event_is_found():
    actions.append(*(draft(n) for n in range(5)))
    actions.seal_all()
    victim = queries.tail(after=2, limit=1)[0].event
    _as_owner("DELETE FROM journal_event WHERE id = %s", [victim.id])
    assert "gone" in verification.verify().faults[0].text


def test_an_event_slipped_in_beside_the_chain_is_found():
    actions.append(draft(1))
    _as_owner("DELETE FROM journal_pending", [])
    assert "outside the chain" in str(verification.verify().faults[0])


def test_a_tailing_reader_sees_every_event_once_and_causes_first():
    """Eight writers commit in any order; a reader that follows `tail` misses nothing, ever."""
    stop = threading.Event()
    seen: list[queries.Sealed] = []

    def write(writer: int) -> None:
        parent = None
        for n in range(25):
            with transaction.atomic():
                origin = dataclasses.replace(ORIGIN, causation=parent)
                (event,) = actions.append(dataclasses.replace(draft(writer * 100 + n), origin=origin))
                parent = event.id
        connection.close()

    def follow() -> None:
        after = 0
        while True:
            ended = stop.is_set()
            actions.seal()
            page = queries.tail(after=after)
            seen.extend(page)
            after = page[-1].position if page else after
            if ended and not page:
                connection.close()
                return

    reader = threading.Thread(target=follow)
    reader.start()
    writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert [s.position for s in seen] == list(range(1, 201))
    places = {s.event.id: s.position for s in seen}
    assert len(places) == 200
    assert all(s.event.causation is None or places[s.event.causation] < s.position for s in seen)


def test_an_exported_event_has_the_cloudevents_attributes():
    actions.append(draft(3))
    actions.seal_all()
    (line,) = export.lines()
    told = json.loads(line)
    assert told["specversion"] == "1.0"
    assert told["type"] == "journal_test.counted"
    assert told["source"] == "/sites/PUNE/test"
    assert told["sequence"] == "1"
    assert told["data"]["number"] == 3
