"""People change their own password; whoever's access ended is out at once, wherever they were logged in."""

import pytest
from django.test import Client

from obeya.journal import queries as journal
from obeya.people import actions as people
from obeya.people.queries import Function
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

NEW = "another-horse-battery-7"


@pytest.fixture
def world(db):
    return small.create(passwords=["meera"])


def logged_in(password=small.PASSWORD):
    client = Client(HTTP_HOST="127.0.0.1")
    client.post("/login", {"username": "meera", "password": password})
    return client


def gets_in(client):
    return client.get("/waiting").status_code == 200


def change(client, old=small.PASSWORD, new=NEW, again=NEW):
    return client.post("/password", {"old": old, "new": new, "again": again})


def test_the_menu_leads_to_the_own_password_and_it_is_changed(world):
    here, elsewhere = logged_in(), logged_in()
    assert gets_in(elsewhere)
    assert 'href="/password"' in html_of(here.get("/waiting"))
    assert "New password" in text_of(here.get("/password"))
    done = change(here)
    assert (done.status_code, done["Location"]) == (302, "/password?changed=1")
    assert "Your password is changed" in text_of(here.get(done["Location"]))
    assert gets_in(here), "the session in which it was changed goes on"
    assert not gets_in(elsewhere), "every other session ends"
    assert not gets_in(logged_in()), "the old password is dead"
    assert gets_in(logged_in(NEW))
    assert "people.password_changed" in [event.type for event in journal.list_about("user:meera")]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"old": "not-it-at-all-9"}, "This is not your password."),
        ({"again": "something-else-55"}, "The two passwords differ."),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "x" * 600, "again": "x" * 600}, "This is too long."),
        ({"new": "", "again": ""}, "too short"),
    ],
)
def test_a_password_that_cannot_be_is_refused_in_words_and_nothing_changes(world, typed, told):
    here = logged_in()
    refused = change(here, **typed)
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert gets_in(logged_in())


def test_the_old_password_cannot_be_guessed_by_trying(world):
    here = logged_in()
    answers = [change(here, old=f"guess-number-{number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Too many tries" in answers[-1].content.decode()


def test_who_has_no_password_here_is_told_so(world, as_user):
    asha = as_user("asha")
    assert "There is no password to change here." in text_of(asha.get("/password"))
    assert change(asha).status_code == 422


def test_every_session_of_a_deactivated_person_ends_at_once(world):
    here, phone = logged_in(), logged_in()
    assert gets_in(here)
    assert gets_in(phone)
    people.deactivate_user(user_id=world.people["meera"].id, origin=small.ORIGIN)
    for client in (here, phone, logged_in()):
        assert client.get("/waiting")["Location"].startswith("/login")
        assert change(client)["Location"].startswith("/login")


def test_what_a_revoked_function_opened_is_closed_at_once(world):
    here = logged_in()
    assert gets_in(here)
    people.revoke(
        user_id=world.people["meera"].id, site=small.SITE, function=Function.QUALITY, origin=small.ORIGIN
    )
    assert here.post("/notices/read").status_code == 403
