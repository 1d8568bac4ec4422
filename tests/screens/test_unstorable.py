"""A NUL cannot be stored: whoever sends one is told so, and nothing is kept or half done."""

import json

import pytest
from django.test import Client

from obeya.decisions import queries as decisions
from obeya.floor import queries as holds
from obeya.inbox import queries as inbox
from obeya.journal.events import Origin
from obeya.people import actions as people
from tests.screens.conftest import HTMX, take_order
from tests.screens.test_screens import request_of
from tests.screens.test_terminal import form
from tests.worlds import small

pytestmark = pytest.mark.django_db

WORDS = "character that cannot be stored"


def is_told(answer):
    return answer.status_code == 400 and WORDS in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/search?q=a%00b", "/orders?site=%00", "/terminal?machine=a%00b", "/terminal/lot?code=%00", "/?a%00b=c"],
)
def test_an_address_that_holds_one_is_answered_in_words(as_user, address):
    assert is_told(as_user("lata" if "terminal" in address else "asha").get(address))


def test_a_part_of_the_path_that_is_one_is_answered_in_words(as_user):
    order = take_order("2 ctn CAP-28-WHT")
    assert is_told(as_user("asha").get(f"/orders/{order.id}/files/a%00b"))


def test_a_tap_at_the_terminal_keeps_nothing(as_user, world):
    lata = as_user("lata")
    assert is_told(lata.post("/terminal/hold", form(world, note="Gate\0side")))
    assert not inbox.list_signals(sites=[small.SITE], source="terminal")
    assert not holds.list_holds(sites=[small.SITE])
    assert lata.post("/terminal/hold", form(world, note="Gate side")).status_code == 302


@pytest.mark.parametrize("field", ["rationale", "constraint", "\0"])
def test_a_decision_stays_open(as_user, hold, field):
    asked = request_of(hold, "quality")
    typed = {"option": asked.options[0].code, "rationale": "Checked", field: "a\0b"}
    assert is_told(as_user("meera").post(f"/requests/{asked.id}/decide", typed))
    assert decisions.get_request(asked.id).state == "open"


@pytest.mark.parametrize("what", ["delegate", "decide", "claim"])
def test_a_fragment_is_left_as_it_is_and_the_words_are_shown_beside_it(as_user, hold, what):
    asked = request_of(hold, "quality")
    answer = as_user("meera").post(f"/requests/{asked.id}/{what}", {"note": "a\0b"}, headers=HTMX)
    assert is_told(answer)
    assert answer.headers["HX-Reswap"] == "none"
    assert WORDS in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def test_a_question_to_the_customer_is_not_sent(as_user):
    order = take_order("2 ctn CAP-28-WHT")
    assert is_told(as_user("asha").post(f"/orders/{order.id}/ask", {"text": "Which\0one?"}))


def test_who_is_not_logged_in_is_led_to_the_log_in_first(client, db):
    assert client.get("/search?q=a%00b", HTTP_HOST="127.0.0.1").status_code == 302
    assert is_told(client.post("/login", {"username": "a\0b", "password": "x"}, HTTP_HOST="127.0.0.1"))


def test_a_cookie_that_holds_one_is_nobodys(db):
    visitor = Client(HTTP_HOST="127.0.0.1")
    visitor.cookies["sessionid"] = "nobody\0s-session"
    assert visitor.get("/search").status_code == 302


def program_of(person):
    origin = Origin.fresh(source="test", actor="system")
    secret = people.create_token(user_id=person.id, name="test", origin=origin).secret
    return Client(HTTP_HOST="127.0.0.1", headers={"Authorization": f"Bearer {secret}"})


def test_the_api_takes_none_either(world, hold):
    asked = request_of(hold, "quality")
    assert program_of(world.people["priya"]).get("/api/events?types=a%00b").status_code == 422
    assert program_of(world.people["asha"]).get("/api/orders?site=a%00b").status_code == 422
    program = program_of(world.people["meera"])
    answer = {"option": asked.options[0].code, "rationale": "a\0b"}
    refused = program.post(f"/api/requests/{asked.id}/decide", answer, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "answer.rationale")
    assert decisions.get_request(asked.id).state == "open"
