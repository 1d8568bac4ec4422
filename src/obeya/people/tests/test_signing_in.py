"""Sessions and users are read by prepared statements, under Django's rules."""

from datetime import timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import RequestFactory

from obeya.journal.events import Origin
from obeya.lib import clock, lookups
from obeya.people import actions, models, signing_in

pytestmark = pytest.mark.django_db

ORIGIN = Origin.fresh(source="test", actor="system")
ONE = (b"test_one", b"SELECT 1 WHERE 1 = $1")
PASSWORD = "correct-horse-battery"


@pytest.fixture
def asha():
    made = actions.create_user(username="asha", display_name="Asha", password=PASSWORD, origin=ORIGIN)
    return models.User.objects.get(pk=made.id)


def session_of(user):
    session = signing_in.SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "obeya.people.signing_in.Backend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def who_comes_with(key):
    request = RequestFactory().get("/")
    request.session = signing_in.SessionStore(key)
    return get_user(request)


def test_a_session_names_its_person_with_every_field(asha):
    found = who_comes_with(session_of(asha))
    assert found == asha
    fields = [field.attname for field in models.User._meta.concrete_fields]
    assert [getattr(found, name) for name in fields] == [getattr(asha, name) for name in fields]


def test_an_expired_session_is_none(asha):
    key = session_of(asha)
    Session.objects.filter(pk=key).update(expire_date=clock.now() - timedelta(seconds=1))
    store = signing_in.SessionStore(key)
    assert store.load() == {}
    assert store.session_key is None
    assert not who_comes_with(key).is_authenticated


def test_an_unknown_session_and_a_forged_one_are_nobody(asha):
    assert not who_comes_with("nothing-of-this-name").is_authenticated
    key = session_of(asha)
    stored = Session.objects.get(pk=key)
    Session.objects.filter(pk=key).update(session_data="x" + stored.session_data[1:])
    assert not who_comes_with(key).is_authenticated


def test_a_changed_password_ends_the_sessions_of_before(asha):
    key = session_of(asha)
    asha.set_password("another-horse-battery")
    asha.save()
    assert not who_comes_with(key).is_authenticated


def test_who_is_deactivated_or_gone_is_nobody_at_once(asha):
    key = session_of(asha)
    models.User.objects.filter(pk=asha.pk).update(is_active=False)
    assert not who_comes_with(key).is_authenticated
    assert signing_in.Backend().get_user(asha.pk + 1_000) is None


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_between_two_requests_is_replaced():
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()  # as at the end of a request
    _break_connection()
    assert lookups.read(*ONE, ["1"]) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_within_a_request_is_told():
    assert lookups.read(*ONE, ["1"]) == [(1,)]
    _break_connection()
    with pytest.raises(OperationalError):
        lookups.read(*ONE, ["1"])
    connection.close()


def _break_connection():
    """Have the server end the connection of this test, asked by another one."""
    pid = connection.connection.info.backend_pid
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.db.close()


def test_both_reads_are_prepared_on_the_server(asha):
    assert who_comes_with(session_of(asha)) == asha
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        known = " ".join(statement for (statement,) in cursor.fetchall())
    assert "session_key = $1" in known
    assert "WHERE id = $1" in known
