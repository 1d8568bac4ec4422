"""The fast way to run one statement behaves as any query of Django's does."""

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from obeya.lib import prepared

ADD = (b"add_thing", b"INSERT INTO prepared_thing (id, name) VALUES ($1, $2)")
READ = (b"read_things", b"SELECT id, name FROM prepared_thing WHERE id > $1 ORDER BY id")
MANY_TYPES = (
    b"many_types",
    b"SELECT 1::int, 2::bigint, true, 1.50::numeric, null::text, 'g\xc3\xbc'::text, '{\"a\": [1]}'::jsonb,"
    b" '\\x00ff'::bytea, '2026-01-02 03:04:05.678+05:30'::timestamptz, '2026-01-02'::date,"
    b" 'a0000000-0000-4000-8000-000000000000'::uuid, array['a', 'b']",
)


@pytest.fixture
def things(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE prepared_thing (id int PRIMARY KEY, name text)")
    yield names
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE prepared_thing")


def names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM prepared_thing ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def test_alone_it_is_a_transaction_of_its_own(things):
    prepared.execute(*ADD, ["1", "ügé ∞"])
    prepared.execute(*ADD, ["2", None])
    assert things() == ["ügé ∞", None]


def test_as_the_first_statement_of_a_transaction_it_is_taken_back_with_it(things):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        prepared.execute(*ADD, ["1", "one"])
        raise ZeroDivisionError
    assert things() == []


def test_inside_a_savepoint_it_is_taken_back_with_it(things):
    with transaction.atomic():
        prepared.execute(*ADD, ["1", "one"])
        with pytest.raises(IntegrityError), transaction.atomic():
            prepared.execute(*ADD, ["1", "again"])
        prepared.execute(*ADD, ["2", "two"])
    assert things() == ["one", "two"]


def test_after_an_error_the_transaction_takes_no_more(things):
    with pytest.raises(TransactionManagementError), transaction.atomic():
        try:
            prepared.execute(*ADD, ["x", "no number"])
        except DataError:
            transaction.set_rollback(True)
        prepared.execute(*ADD, ["1", "one"])
    assert things() == []


def test_a_new_connection_prepares_it_anew(things):
    prepared.execute(*ADD, ["1", "one"])
    connection.close()
    prepared.execute(*ADD, ["2", "two"])
    assert things() == ["one", "two"]


def test_a_text_that_would_be_cut_is_refused(things):
    with pytest.raises(DataError):
        prepared.execute(*ADD, ["1", "one\0two"])
    assert things() == []


def test_a_connection_that_broke_says_so_and_the_next_one_works(things):
    prepared.execute(*ADD, ["1", "one"])
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(OperationalError):
        prepared.execute(*ADD, ["2", "two"])
    connection.close()
    prepared.execute(*ADD, ["3", "three"])
    assert things() == ["one", "three"]


def test_rows_come_back_with_their_nulls(things):
    prepared.execute(*ADD, ["1", "ügé ∞"])
    prepared.execute(*ADD, ["2", None])
    assert prepared.fetch(*READ, ["0"]) == [(1, "ügé ∞"), (2, None)]
    assert prepared.fetch(*READ, ["2"]) == []


def test_values_of_every_type_are_what_djangos_cursor_gives(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute(MANY_TYPES[1].decode())
        as_django = cursor.fetchall()
    found = prepared.fetch(*MANY_TYPES, [])
    assert found == as_django
    assert [type(value) for value in found[0]] == [type(value) for value in as_django[0]]


def deallocate_all():
    """What psycopg itself does at a rollback where it prepares statements of its own."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def test_a_statement_that_was_deallocated_is_prepared_again(things):
    prepared.execute(*ADD, ["1", "one"])
    deallocate_all()
    prepared.execute(*ADD, ["2", "two"])
    assert things() == ["one", "two"]


def test_a_statement_lost_within_a_transaction_fails_it_and_the_next_one_works(things):
    prepared.execute(*ADD, ["1", "one"])
    deallocate_all()
    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        prepared.execute(*ADD, ["2", "two"])
    with transaction.atomic():
        prepared.execute(*ADD, ["2", "two"])
    assert things() == ["one", "two"]


def test_a_column_that_changed_its_type_is_read_anew(things):
    prepared.execute(*ADD, ["1", "7"])
    assert prepared.fetch(*READ, ["0"]) == [(1, "7")]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE prepared_thing ALTER name TYPE int USING name::int")
    assert prepared.fetch(*READ, ["0"]) == [(1, 7)]
