"""Lists that people of one function share: each sees what is theirs."""

import pytest

from obeya.decisions import actions as decisions
from obeya.decisions import queries as requests
from obeya.journal.events import Origin
from obeya.people import actions as people_actions
from obeya.people import queries as people
from obeya.web import hub, shared, topics
from tests.screens.conftest import place_hold
from tests.worlds import small

pytestmark = pytest.mark.django_db

ORIGIN = Origin.fresh(source="test", actor="system")


@pytest.fixture(autouse=True)
def _listening(monkeypatch):
    """As in a web process whose hub listens, and nothing is notified during the test."""
    monkeypatch.setattr(shared, "SHELF", shared.Shelf())
    monkeypatch.setattr(hub.HUB, "_position", hub.Position("test"))


@pytest.fixture
def nora(world):
    """A second person of quality."""
    nora = people_actions.create_user(
        username="nora", display_name="Nora Naik", password=None, email="", language="en", origin=ORIGIN
    )
    people_actions.grant(
        user_id=nora.id, site=small.SITE, function=people.Function.QUALITY, shift_id=None, origin=ORIGIN
    )
    return nora


def access(username):
    person = people.find_user(username)
    assert person is not None
    return people.access_of(person)


def waiting(as_user, username):
    return as_user(username).get("/waiting/list").content.decode()


def of_quality(hold):
    (request,) = [one for one in requests.list_about(f"case:{hold.case_id}") if one.function == "quality"]
    return request


def test_two_people_of_a_function_see_the_same_list_and_other_functions_theirs(as_user, nora, hold):
    assert waiting(as_user, "meera") == waiting(as_user, "nora")
    assert str(of_quality(hold).id) in waiting(as_user, "nora")
    assert str(of_quality(hold).id) not in waiting(as_user, "ravi")


def test_who_has_claimed_a_request_sees_it_as_their_own_and_the_other_the_name(as_user, nora, hold):
    decisions.claim(request_id=of_quality(hold).id, access=access("meera"), origin=ORIGIN)
    assert "Yours" not in waiting(as_user, "nora")
    assert "Yours" in waiting(as_user, "meera")
    assert "Meera" in waiting(as_user, "nora")


def test_what_is_given_to_somebody_of_another_function_is_in_their_list_alone(as_user, nora, hold):
    request = of_quality(hold)
    ravi = access("ravi")
    assert ravi.user_id is not None
    decisions.delegate(
        request_id=request.id, access=access("meera"), to=ravi.user_id, to_access=ravi, note="", origin=ORIGIN
    )
    assert str(request.id) in waiting(as_user, "ravi")
    assert str(request.id) not in waiting(as_user, "imran")


def test_a_new_hold_is_in_the_list_once_it_is_notified(as_user, world, monkeypatch):
    before = as_user("anand").get("/exceptions/list").content.decode()
    hold = place_hold(world)
    assert as_user("meera").get("/exceptions/list").content.decode() == before
    told = topics.Change("cases", str(hold.case_id), small.SITE)
    monkeypatch.setattr(hub.HUB, "_position", hub.HUB.position.after(told))
    assert str(hold.case_id) in as_user("meera").get("/exceptions/list").content.decode()
