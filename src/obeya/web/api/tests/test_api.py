"""The API: a person's token may do what the person may do, and every refusal says why."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.worlds import small

from obeya.cases import queries as cases
from obeya.catalog import readers
from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.decisions import rules as decision_rules
from obeya.floor import actions as floor
from obeya.floor import queries as floor_queries
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import knowledge
from obeya.orders import queries as orders
from obeya.people import actions as people
from obeya.people import models
from obeya.people import queries as people_queries
from obeya.people.queries import Function
from obeya.web.api import understanding

pytestmark = pytest.mark.django_db

ORIGIN = Origin.fresh(source="test", actor="system")


class Program:
    """A program with the token of one person."""

    def __init__(self, person=None, token=None):
        if person is not None:
            token = people.create_token(user_id=person.id, name="program", origin=ORIGIN).secret
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)

    def get(self, path, **query):
        return self.client.get(f"/api{path}", query, headers=self.headers)

    def post(self, path, body=None):
        return self.client.post(
            f"/api{path}", data=json.dumps(body), content_type="application/json", headers=self.headers
        )


@pytest.fixture
def world():
    clock.use(clock.ManualClock(small.START))
    interpreters.register(understanding.SOURCE, understanding.understand)
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    knowledge.forget()
    yield small.create()
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
    clock.use(clock.SystemClock())


@pytest.fixture
def desk(world):
    return Program(world.people["asha"])


@pytest.fixture
def it(world):
    return Program(world.people["priya"])


def is_problem(answer, status):
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


def ask(function="quality", **more):
    values = {
        "key": str(uuid.uuid4()),
        "site": small.SITE,
        "kind": "test",
        "subject": "lot:1",
        "function": function,
        "title": "Lot 1",
        "question": "What now?",
        "options": [decision_rules.Option("yes", "Yes"), decision_rules.Option("no", "No", False)],
        "window_s": 600,
        "origin": ORIGIN,
    }
    return decisions.open_request(**values | more)


def order_of(desk, text):
    """An order as the API tells it, and the doubt that is open in it."""
    message = {"kind": "order_message", "sender": small.PHONE, "text": text}
    made = {"site": small.SITE, "natural_key": str(uuid.uuid4()), "body": message}
    told = desk.post("/signals", made).json()
    inbox.understand(signal_id=uuid.UUID(told["id"]))
    order = desk.get(f"/orders/{signals.get_signal(told['id']).became.removeprefix('order:')}").json()
    return order, next((one["id"] for one in order["doubts"] if not one["settled"]), "")


def test_without_a_living_token_nothing_opens(world):
    made = people.create_token(user_id=world.people["asha"].id, name="old", origin=ORIGIN)
    assert Program(token=made.secret).get("/orders").status_code == 200
    people.revoke_token(token_id=made.id, origin=ORIGIN)
    for token in (None, "obeya_wrong", "x" * 5_000, made.secret):
        told = Program(token=token).get("/orders")
        is_problem(told, 401)
        assert told.headers["WWW-Authenticate"] == "Bearer"


def test_a_log_in_is_no_token(world):
    client = Client()
    client.force_login(_user("asha"))
    is_problem(client.get("/api/orders"), 401)


def _user(username):
    return models.User.objects.get(username=username)


def test_using_a_token_is_noted(world):
    Program(world.people["asha"]).get("/orders")
    (token,) = people_queries.list_tokens(world.people["asha"])
    assert token.last_used_at == clock.now()


def test_a_signal_is_stored_once_and_says_so(it):
    told = {"site": small.SITE, "natural_key": "scale-7/1", "body": {"weight": "12.5"}}
    first, second = it.post("/signals", told), it.post("/signals", told)
    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json()["fresh"], second.json()["fresh"]) == (True, False)
    assert first.json()["id"] == second.json()["id"]
    stored = signals.get_signal(first.json()["id"])
    assert json.loads(stored.body) == {"weight": "12.5"}
    assert (stored.source, stored.site, stored.headers["posted_by"]) == ("api", small.SITE, "user:priya")


def test_the_same_key_with_other_contents_is_a_conflict(it):
    told = {"site": small.SITE, "natural_key": "1", "body": {"weight": 1}}
    it.post("/signals", told)
    assert is_problem(it.post("/signals", told | {"body": {"weight": 2}}), 409)["errors"][0]["field"] == (
        "natural_key"
    )


def test_bytes_are_kept_as_they_are(it):
    body = bytes(range(256))
    told = {"site": small.SITE, "natural_key": "1", "body_base64": base64.b64encode(body).decode()}
    assert signals.get_signal(it.post("/signals", told).json()["id"]).body == body


def test_an_order_message_becomes_an_order(desk, world):
    message = {"kind": "order_message", "sender": small.PHONE, "text": "Please send 2 ctn CAP-28-WHT"}
    told = desk.post("/signals", {"site": small.SITE, "natural_key": "portal-1", "body": message}).json()
    inbox.understand(signal_id=uuid.UUID(told["id"]))
    again = desk.post("/signals", {"site": small.SITE, "natural_key": "portal-1", "body": message}).json()
    assert again["state"] == "understood"
    order = desk.get(f"/orders/{again['became'].removeprefix('order:')}").json()
    assert (order["state"], order["customer_code"]) == ("confirmed", "KRS01")
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("CAP-28-WHT", "2.000000")]
    (row,) = desk.get("/orders").json()
    assert row["id"] == order["id"]
    assert desk.get("/orders", state="booked").json() == []


def test_any_other_signal_waits_with_a_reason(it):
    told = it.post("/signals", {"site": small.SITE, "natural_key": "1", "body": ["what?"]}).json()
    inbox.understand(signal_id=uuid.UUID(told["id"]))
    assert signals.get_signal(told["id"]).state == "waiting"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": None}, "body"),
        ({"body_base64": "AAAA"}, "body"),
        ({"body": None, "body_base64": "!"}, "body_base64"),
        ({"natural_key": ""}, "told.natural_key"),
        ({"natural_key": "a\0b"}, "told.natural_key"),
        ({"natural_key": "k" * 401}, "told.natural_key"),
        ({"occurred_at": "1066-10-14T09:00:00Z"}, "told.occurred_at"),
        ({"occurred_at": "2026-02-04T09:00:00"}, "told.occurred_at"),
    ],
)
def test_what_is_wrong_with_a_signal_is_named(it, change, field):
    told = {"site": small.SITE, "natural_key": "1", "body": {}} | change
    assert is_problem(it.post("/signals", told), 422)["errors"][0]["field"] == field
    assert signals.list_signals(sites=[small.SITE]) == []


def test_a_signal_for_a_site_of_others_is_refused(it):
    small.create_site("SURAT")
    is_problem(it.post("/signals", {"site": "SURAT", "natural_key": "1", "body": {}}), 403)


def test_an_operator_may_not_post_orders_in_a_customers_name(world):
    told = {"site": small.SITE, "natural_key": "1", "body": {}}
    is_problem(Program(world.people["lata"]).post("/signals", told), 403)


def test_events_come_in_order_page_by_page(it):
    journal.seal_all()
    found, after = [], 0
    while True:
        page = it.get("/events", after=after, limit=7).json()
        found += page["events"]
        after = page["after"]
        if not page["more"]:
            break
    positions = [event["position"] for event in found]
    assert positions == sorted(positions)
    assert len(set(positions)) == len(positions) > 14
    assert {event["specversion"] for event in found} == {"1.0"}
    assert {event["site"] for event in found} == {small.SITE}


def test_events_of_some_types_only(it):
    journal.seal_all()
    told = it.get("/events", types=["people.shift_created"], limit=500).json()
    assert {event["type"] for event in told["events"]} == {"people.shift_created"}
    assert told["more"] is False


def test_events_of_other_sites_stay_there(it, world):
    small.create_site("SURAT")
    journal.seal_all()
    assert all(event["site"] == small.SITE for event in it.get("/events", limit=500).json()["events"])
    is_problem(it.get("/events", site="SURAT"), 403)


def test_what_waits_for_you_and_only_that(world):
    mine, other = ask("quality"), ask("planning")
    quality = Program(world.people["meera"])
    assert [found["id"] for found in quality.get("/requests").json()] == [str(mine.id)]
    told = quality.get(f"/requests/{mine.id}").json()
    assert (told["question"], told["may_answer"], told["decision"]) == ("What now?", True, None)
    assert [option["code"] for option in told["options"]] == ["yes", "no"]
    is_problem(quality.get(f"/requests/{other.id}"), 404)


def test_many_requests_in_hand_take_no_more_queries_than_few(world):
    quality = Program(world.people["meera"])

    def queries_for(more):
        for _ in range(more):
            request = ask("quality")
            assert quality.post(f"/requests/{request.id}/claim").status_code == 200
        with CaptureQueriesContext(connection) as caught:
            told = quality.get("/requests").json()
        assert {one["in_hand_of"] for one in told} == {"meera"}
        return len(told), len(caught)

    few, many = queries_for(3), queries_for(12)
    assert (few[0], many[0]) == (3, 15)
    assert few[1] == many[1]


def test_deciding_once_counts_and_saying_it_again_is_harmless(world):
    request = ask("quality")
    quality = Program(world.people["meera"])
    answer = {"option": "yes", "rationale": "It is fine.", "constraints": ["only this lot"]}
    first = quality.post(f"/requests/{request.id}/decide", answer)
    assert first.status_code == 200
    assert first.json()["decision"]["decided_by"] == "meera"
    assert first.json()["decision"]["constraints"] == ["only this lot"]
    assert quality.post(f"/requests/{request.id}/decide", answer).json() == first.json()
    is_problem(quality.post(f"/requests/{request.id}/decide", answer | {"option": "no"}), 409)
    decided = decision_queries.get_request(request.id).decision
    assert decided is not None
    assert decided.option == "yes"


@pytest.mark.parametrize("answer", [{"option": "maybe", "rationale": "why not"}, {"option": "yes"}, {}])
def test_an_incomplete_answer_is_told_what_is_missing(world, answer):
    request = ask("quality")
    is_problem(Program(world.people["meera"]).post(f"/requests/{request.id}/decide", answer), 422)


def test_the_plant_manager_looks_but_does_not_decide(world):
    request = ask("quality")
    manager = Program(world.people["anand"])
    assert manager.get(f"/requests/{request.id}").json()["may_answer"] is False
    is_problem(
        manager.post(f"/requests/{request.id}/decide", {"option": "yes", "rationale": "I say so"}), 403
    )


def test_taking_in_hand_and_giving_back(world):
    request = ask("quality")
    quality = Program(world.people["meera"])
    assert quality.post(f"/requests/{request.id}/claim").json()["in_hand_of"] == "meera"
    assert quality.post(f"/requests/{request.id}/release").json()["in_hand_of"] == ""
    is_problem(quality.post(f"/requests/{request.id}/release"), 422)


def test_a_doubt_of_an_order_is_settled_with_an_item(desk):
    message = {"kind": "order_message", "sender": small.PHONE, "text": "2 ctn CAP-28-WHT\n5 ctn zinkplugs"}
    told = desk.post("/signals", {"site": small.SITE, "natural_key": "1", "body": message}).json()
    inbox.understand(signal_id=uuid.UUID(told["id"]))
    order = desk.get(f"/orders/{signals.get_signal(told['id']).became.removeprefix('order:')}").json()
    (doubt,) = [one for one in order["doubts"] if one["kind"] == "item"]
    is_problem(desk.post(f"/requests/{doubt['id']}/decide", {"sku": "NO-SUCH"}), 422)
    assert desk.post(f"/requests/{doubt['id']}/decide", {"sku": "CAP-28-BLU"}).status_code == 200
    after = orders.get_order(order["id"])
    assert [line.sku for line in after.lines] == ["CAP-28-WHT", "CAP-28-BLU"]


@pytest.mark.parametrize("text", ["CAP-28-WHT 20-30 ctn", "2 or maybe 3 ctn CAP-28-WHT", "CAP-28-WHT 2 bag"])
@pytest.mark.parametrize(
    "answer",
    [{}, {"constraints": ["today"]}, {"quantity": "3"}, {"uom": "ctn"}, {"quantity": "3", "uom": "pallet"}],
    ids=str,
)
def test_a_doubtful_quantity_is_not_booked_by_an_answer_that_says_nothing(desk, text, answer):
    order, doubt = order_of(desk, text)
    is_problem(desk.post(f"/requests/{doubt}/decide", {"option": "set"} | answer), 422)
    assert desk.get(f"/orders/{order['id']}").json() == order
    assert desk.get(f"/requests/{doubt}").json()["state"] == "open"


@pytest.mark.parametrize("constraints", [[], ["only this time"]])
@pytest.mark.parametrize("option", ["other_item", "other_customer", "set", "as_read", ""])
def test_an_answer_to_an_order_without_its_value_decides_nothing(desk, option, constraints):
    order, doubt = order_of(desk, "5 ctn zinkplugs")
    answer = {"option": option, "constraints": constraints}
    is_problem(desk.post(f"/requests/{doubt}/decide", answer), 422)
    assert desk.get(f"/orders/{order['id']}").json() == order
    assert desk.get(f"/requests/{doubt}").json()["decision"] is None


def test_the_conditions_of_an_answer_to_an_order_are_kept(desk):
    order, doubt = order_of(desk, "CAP-28-WHT 20-30 ctn")
    answer = {"quantity": "25", "uom": "ctn", "constraints": ["said on the phone"]}
    told = desk.post(f"/requests/{doubt}/decide", answer).json()
    assert told["decision"]["constraints"] == ["said on the phone"]
    after = orders.get_order(order["id"])
    assert after.state == "confirmed"
    (line,) = after.lines
    assert line.quantity == 25
    assert line.uom == "ctn"


def test_an_exception_is_read_with_its_questions(world):
    hold = floor.place_hold(
        hold_id=uuid.uuid4(),
        lot_id=world.lots[small.LOT],
        quantity=None,
        reason=floor_queries.REASONS[0][0],
        note="",
        machine="IM-1",
        by=world.people["lata"],
        origin=ORIGIN,
    )
    (found,) = cases.list_cases(sites=[small.SITE])
    told = Program(world.people["ravi"]).get(f"/cases/{found.id}").json()
    assert told["state"] == "open"
    assert {question["request"]["function"] for question in told["questions"]} == {
        "quality",
        "planning",
        "materials",
        "customer_service",
    }
    assert hold
    is_problem(Program(world.people["dinesh"]).get(f"/cases/{found.id}"), 403)


@pytest.mark.parametrize("path", ["/orders/{}", "/requests/{}", "/cases/{}"])
def test_what_is_not_there_is_not_found(desk, path):
    is_problem(desk.get(path.format(uuid.uuid4())), 404)
    is_problem(desk.get(path.format("1")), 422)


def test_a_foreign_site_sees_nothing_of_this_one(world, desk):
    message = {"kind": "order_message", "sender": small.PHONE, "text": "2 ctn CAP-28-WHT"}
    told = desk.post("/signals", {"site": small.SITE, "natural_key": "1", "body": message}).json()
    inbox.understand(signal_id=uuid.UUID(told["id"]))
    (order,) = desk.get("/orders").json()
    request = ask("order_desk")
    small.create_site("SURAT")
    person = people.create_user(username="far", display_name="Far", origin=ORIGIN)
    for function in Function:
        people.grant(user_id=person.id, site="SURAT", function=function, origin=ORIGIN)
    far = Program(person)
    assert far.get("/orders").json() == far.get("/requests").json() == []
    is_problem(far.get(f"/orders/{order['id']}"), 404)
    is_problem(far.get(f"/requests/{request.id}"), 404)
    is_problem(far.post(f"/requests/{request.id}/decide", {"option": "no"}), 404)
    is_problem(far.get("/orders", site=small.SITE), 403)


def test_the_wrong_address_and_the_wrong_method_are_problems_too(desk):
    is_problem(desk.get("/nowhere"), 404)
    is_problem(desk.post("/nowhere"), 404)
    told = desk.client.delete("/api/orders", headers=desk.headers)
    is_problem(told, 405)
    assert told.headers["Allow"] == "GET"


def test_a_body_that_is_no_json_is_a_problem(it):
    for body in (b"{", b"\xff", b"[" * 100_000, b'{"n": ' + b"9" * 5_000 + b"}"):
        answer = it.client.post(
            "/api/signals", data=body, content_type="application/json", headers=it.headers
        )
        is_problem(answer, 400)


def test_a_body_that_is_too_large_is_a_problem(it, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    is_problem(it.post("/signals", {"site": small.SITE, "natural_key": "1", "body": "x" * 1_000}), 413)


def test_while_the_database_is_away_the_api_says_come_again(it, monkeypatch):
    def gone(**_values):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(orders, "list_orders", gone)
    told = Program(token=None)
    told.headers = it.headers
    monkeypatch.setattr(signals, "get_signal", gone)
    monkeypatch.setattr(inbox, "receive", gone)
    answer = it.post("/signals", {"site": small.SITE, "natural_key": "1", "body": {}})
    is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"


def test_a_failure_of_ours_is_a_problem_and_tells_no_secrets(desk, monkeypatch, caplog):
    def broken(**_values):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(orders, "list_orders", broken)
    answer = desk.get("/orders")
    is_problem(answer, 500)
    assert b"secret" not in answer.content
    assert "secret detail" in caplog.text


def test_the_description_names_every_operation_and_its_token(world):
    told = Client().get("/api/openapi.json").json()
    assert set(told["paths"]) >= {
        "/api/signals",
        "/api/events",
        "/api/orders/{order_id}",
        "/api/cases/{case_id}",
    }
    for path in told["paths"].values():
        for operation in path.values():
            assert operation["security"]
            assert "4XX" in operation["responses"]
            assert operation["description"]


def test_the_page_of_the_description_needs_nothing_from_elsewhere(world):
    assert Client().get("/api/docs").status_code == 302
    client = Client()
    client.force_login(_user("asha"))
    page = client.get("/api/docs").content.decode()
    assert "https://" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count('<script src="/static/') + page.count(
        'type="application/json"'
    )
    assert client.get("/api/").headers["Location"] == "/api/docs"


def test_a_token_ends_when_its_time_is_over(world):
    expires = clock.now() + timedelta(hours=1)
    made = people.create_token(
        user_id=world.people["asha"].id, name="short", origin=ORIGIN, expires_at=expires
    )
    assert Program(token=made.secret).get("/orders").status_code == 200
    clock.use(clock.ManualClock(expires))
    is_problem(Program(token=made.secret).get("/orders"), 401)
