"""Who sends a request: Django's sessions and log-in, with their two reads made by prepared statements.

Every request reads its session and its user, fifty open screens a hundred times for one change. The rules
are Django's: a session ends when it expires, its content is signed, a changed password ends it, and who is
not active is nobody.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from obeya.lib import lookups
from obeya.people import models

_FIELDS = [field.attname for field in models.User._meta.concrete_fields]
_COLUMNS = ", ".join(f'"{field.column}"' for field in models.User._meta.concrete_fields)
_PERSON = f'SELECT {_COLUMNS} FROM "{models.User._meta.db_table}" WHERE id = $1'  # noqa: S608 - names of our own columns
_KEPT = f'SELECT session_data FROM "{Session._meta.db_table}" WHERE session_key = $1 AND expire_date > $2'  # noqa: S608 - the name of Django's own table
_USER = (b"user", _PERSON.encode())
_SESSION = (b"session", _KEPT.encode())


class SessionStore(db.SessionStore):
    """A session in the database."""

    def _validate_session_key(self, key: str) -> bool:
        """A cookie may say anything, even what no database can be asked for."""
        return super()._validate_session_key(key) and "\0" not in key  # type: ignore[misc]  # the stubs leave it out

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where there is none or it has expired."""
        found = lookups.read(*_SESSION, [self.session_key, timezone.now().isoformat()])
        if not found:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0][0])
        return kept


class Backend(ModelBackend):
    """Passwords and the users behind sessions."""

    def get_user(self, user_id: int) -> models.User | None:
        """The active user with this id."""
        found = lookups.read(*_USER, [str(user_id)])
        if not found:
            return None
        user = models.User.from_db(DEFAULT_DB_ALIAS, _FIELDS, found[0])
        return user if self.user_can_authenticate(user) else None
