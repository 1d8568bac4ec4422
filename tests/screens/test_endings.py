"""What came of a decision, and exceptions that were none: told on the screens and through the API."""

from __future__ import annotations

import pytest
from django.test import Client

from obeya.cases import queries as cases
from obeya.decisions import actions as decisions
from obeya.decisions import queries as requests
from obeya.journal.events import Origin
from obeya.people import actions as people
from obeya.people import queries as people_queries
from tests.screens.conftest import HTMX
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db
ORIGIN = Origin.fresh(source="test", actor="system")


@pytest.fixture
def case(hold):
    (listed,) = cases.list_cases(sites=[small.SITE])
    return cases.get_case(listed.id)


@pytest.fixture
def decided(world, case):
    """Quality has decided; the others have not."""
    request = next(q.request for q in case.questions if q.request.function == "quality")
    decisions.decide(
        request_id=request.id,
        access=people_queries.access_of(world.people["meera"]),
        option=request.options[0].code,
        rationale="Vent worn",
        origin=ORIGIN,
    )
    return requests.get_request(request.id)


def program(world, username):
    secret = people.create_token(user_id=world.people[username].id, name="x", origin=ORIGIN).secret
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client, url, **body):
    return client.post(url, body, content_type="application/json")


def test_who_decided_says_what_came_of_it_and_the_story_shows_it(as_user, case, decided):
    meera, url = as_user("meera"), f"/requests/{decided.id}"
    assert "What came of it?" in text_of(meera.get(f"/exceptions/{case.id}"))
    assert f'action="{url}/outcome"' in html_of(meera.get(url))
    answer = meera.post(f"{url}/outcome", {"worked": "partly", "text": "Two more shots"}, headers=HTMX)
    assert answer.status_code == 200
    assert "it worked in part: Two more shots" in text_of(answer)
    page = text_of(as_user("ravi").get(f"/exceptions/{case.id}"))
    assert "What came of it: it worked in part" in page
    assert "Two more shots" in page


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "Choose whether it worked"),
        ({"worked": "maybe", "text": "x"}, "Choose whether it worked"),
        ({"worked": "no", "text": " "}, "what did not work"),
    ],
)
def test_a_half_told_outcome_is_refused_in_words(as_user, decided, form, told):
    answer = as_user("meera").post(f"/requests/{decided.id}/outcome", form, headers=HTMX)
    assert answer.status_code == 409
    assert told in answer.content.decode()
    assert requests.get_request(decided.id).decision.outcome is None


def test_another_function_reads_the_decision_and_does_not_judge_it(as_user, decided):
    ravi, url = as_user("ravi"), f"/requests/{decided.id}"
    assert f"{url}/outcome" not in html_of(ravi.get(url))
    assert ravi.post(f"{url}/outcome", {"worked": "yes"}, headers=HTMX).status_code == 409
    assert as_user("dinesh").post(f"{url}/outcome", {"worked": "yes"}).status_code == 404
    assert requests.get_request(decided.id).decision.outcome is None


def test_an_exception_is_withdrawn_on_its_page_with_a_reason(as_user, case):
    meera, url = as_user("meera"), f"/exceptions/{case.id}"
    assert f'action="{url}/withdraw"' in html_of(meera.get(url))
    refusal = meera.post(f"{url}/withdraw", {"reason": " "}, headers=HTMX)
    assert refusal.status_code == 409
    assert "Say in a sentence" in refusal.content.decode()
    answer = meera.post(f"{url}/withdraw", {"reason": "Wrong lot tapped"}, headers=HTMX)
    assert answer.status_code == 200
    assert "The exception was withdrawn" in text_of(answer)
    assert "Wrong lot tapped" in text_of(answer)
    assert f"{url}/withdraw" not in html_of(answer)
    assert cases.get_case(case.id).state == "withdrawn"


def test_who_may_not_withdraw_it_has_no_button_and_is_refused(as_user, case):
    ravi, url = as_user("ravi"), f"/exceptions/{case.id}"
    assert f"{url}/withdraw" not in html_of(ravi.get(url))
    assert ravi.post(f"{url}/withdraw", {"reason": "x"}, headers=HTMX).status_code == 409
    assert as_user("dinesh").post(f"{url}/withdraw", {"reason": "x"}).status_code == 403
    assert f"{url}/withdraw" in html_of(as_user("lata").get(url)), "she raised it"
    assert cases.get_case(case.id).state == "open"


def test_a_program_tells_the_outcome_once_and_is_told_why_it_may_not(world, decided, case):
    url = f"/api/requests/{decided.id}/outcome"
    meera = program(world, "meera")
    for _ in range(2):
        assert post(meera, url, worked="yes", text="Quiet since").status_code == 200
    story = cases.story_of(cases.get_case(case.id))
    assert [event.type for event in story.events].count("decisions.outcome_recorded") == 1
    assert post(meera, url, worked="no").status_code == 422
    assert post(meera, url, worked="perhaps").status_code == 422
    assert post(program(world, "ravi"), url, worked="yes").status_code == 403
    other = next(q.request for q in case.questions if q.request.function == "planning")
    assert post(program(world, "ravi"), f"/api/requests/{other.id}/outcome", worked="yes").status_code == 409


def test_a_program_withdraws_an_open_exception(world, case):
    url = f"/api/cases/{case.id}/withdraw"
    assert post(program(world, "ravi"), url, reason="x").status_code == 403
    assert post(program(world, "dinesh"), url, reason="x").status_code == 403
    lata = program(world, "lata")
    assert post(lata, url, reason=" ").status_code == 422
    answer = post(lata, url, reason="Wrong lot")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert post(lata, url, reason="Wrong lot").status_code == 409
