"""Keep what is in the database and bring it back: a world that takes long to load is loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

SCHEMA = "kept_world"

_TABLES = """
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'django_migrations'
 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname
"""
"""Every table with its columns, but for those that the database fills in itself."""

_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


def is_kept() -> bool:
    """Whether there is a world to bring back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [SCHEMA])
        return bool(cursor.fetchone()[0])


def keep() -> None:
    """Copy every row and every sequence aside."""
    with _unguarded() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table, columns in _tables(cursor):
            cursor.execute(f'CREATE TABLE {SCHEMA}."{table}" AS SELECT {columns} FROM public."{table}"')
        cursor.execute(f"CREATE TABLE {SCHEMA}.sequences AS {_SEQUENCES}")


def bring_back() -> None:
    """Make the database hold exactly what was kept."""
    with _unguarded() as cursor:
        tables = _tables(cursor)
        names = ", ".join(f'public."{table}"' for table, _ in tables)
        cursor.execute(f"TRUNCATE {names} CASCADE")
        for table, columns in tables:
            cursor.execute(
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
                f' SELECT {columns} FROM {SCHEMA}."{table}"'
            )
        cursor.execute(
            "SELECT setval(quote_ident(sequencename)::regclass, coalesce(last_value, 1),"
            f" last_value IS NOT NULL) FROM {SCHEMA}.sequences"
        )


@contextmanager
def _unguarded() -> Iterator[CursorWrapper]:
    """One transaction in which neither triggers nor foreign keys speak up."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def _tables(cursor: CursorWrapper) -> list[tuple[str, str]]:
    cursor.execute(_TABLES)
    return list(cursor.fetchall())
