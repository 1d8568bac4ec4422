"""A byte that was flipped on the disk is reported with its place, and the rest is proved all the same."""

import contextlib
import dataclasses
import os
import secrets
import uuid
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection

from obeya.cli import main
from obeya.journal import actions, events, verification

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ORIGIN = events.Origin("test", "user:asha", uuid.uuid4(), uuid.uuid4(), None)
EVENTS = 60
PAGE = 8192


@events.register("journal_test.heard")
@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    number: int
    note: str


@contextlib.contextmanager
def copied():
    """Work on a copy of the database whose files no server has read yet, so that damage is seen."""
    ours = connection.settings_dict["NAME"]
    name = f"damaged_{secrets.token_hex(4)}"
    connection.close()
    on_server(f'CREATE DATABASE "{name}" TEMPLATE "{ours}" STRATEGY file_copy')
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def on_server(statement):
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def flip(relation, page):
    """Flip one bit in the middle of a page on the disk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('data_directory'), pg_relation_filepath(%s),"
            " current_setting('data_checksums')",
            [relation],
        )
        folder, path, checksums = cursor.fetchone()
    assert checksums == "on"
    connection.close()
    with Path(folder, path).open("r+b") as file:
        file.seek(page * PAGE + PAGE - 20)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


@pytest.fixture
def journal():
    """A sealed journal of two sites over several pages; the events by page of the table."""
    for number in range(EVENTS):
        payload = Heard(number, secrets.token_hex(300))
        site = "SURAT" if number % 3 == 0 else "PUNE"
        actions.append(actions.Draft(payload=payload, site=site, subject=f"lot:{number}", origin=ORIGIN))
    actions.seal_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text, (ctid::text::point)[0]::int FROM journal_event ORDER BY pos")
        pages = dict(cursor.fetchall())
    assert len(set(pages.values())) > 3
    with copied():
        yield pages


def test_every_event_of_a_damaged_page_is_named_and_all_others_are_proved(journal):
    flip("journal_event", 1)
    report = verification.verify()
    unreadable = {fault.event_id: fault for fault in report.faults if fault.event_id != "-"}
    assert set(unreadable) == {event for event, page in journal.items() if page == 1}
    assert all("cannot be read: invalid page" in fault.text for fault in unreadable.values())
    assert {fault.site for fault in unreadable.values()} == {"PUNE", "SURAT"}
    assert all(fault.sequence > 0 for fault in unreadable.values())
    assert report.proved == EVENTS - len(unreadable)
    assert report.heads["SURAT"].sequence + report.heads["PUNE"].sequence == EVENTS


def test_seals_that_cannot_be_read_are_told_by_their_positions(journal):
    flip("journal_seal", 0)
    report = verification.verify()
    assert not report.sound
    assert any("the seals at the positions 1 to " in fault.text for fault in report.faults)


def test_an_index_that_cannot_be_read_ends_the_walk_with_a_fault(journal):
    flip("journal_seal", 0)
    flip("journal_seal_pkey", 1)
    assert any("cannot be read" in fault.text for fault in verification.verify().faults)


def test_the_command_names_them_without_a_traceback(journal, capsys):
    flip("journal_event", 2)
    assert main.main(["journal", "verify"]) == 1
    told = capsys.readouterr()
    first = next(event for event, page in journal.items() if page == 2)
    assert f"({first}): the event cannot be read" in told.out
    assert "Traceback" not in told.err


def test_missing_tables_are_told_in_one_sentence(journal, capsys):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE journal_seal, journal_event CASCADE")
    with pytest.raises(ProgrammingError):
        verification.verify()
    assert main.main(["journal", "verify"]) == 1
    told = capsys.readouterr().err
    assert "run `obeya migrate` first" in told
    assert len(told.splitlines()) == 1
