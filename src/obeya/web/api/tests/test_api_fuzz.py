"""Whatever is sent to the API is answered with a reason: never with a failure of ours."""

import json
import uuid

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.worlds import small

from obeya.decisions import actions as decisions
from obeya.decisions import rules as decision_rules
from obeya.journal.events import Origin
from obeya.people import actions as people
from obeya.people.queries import Function

pytestmark = pytest.mark.django_db
ORIGIN = Origin.fresh(source="test", actor="system")
SLOW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = st.text(max_size=40) | st.sampled_from(
    ["\x00", "\ud800", "9" * 400, "PUNE", "-1", "1e999", "NaN", "'--"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MOMENT = st.sampled_from(
    ["2026-02-04T09:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "noon", "1e9"]
)
SIGNAL = st.fixed_dictionaries(
    {"site": st.just("PUNE"), "natural_key": TEXT, "body": JSON},
    optional={
        "body_base64": TEXT | st.just("AAAA"),
        "content_type": TEXT,
        "occurred_at": MOMENT | JSON,
    },
)
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "option": st.sampled_from(["yes", "no"]) | TEXT,
        "rationale": TEXT,
        "constraints": st.lists(TEXT, max_size=30) | JSON,
        "sku": TEXT,
        "quantity": st.floats() | st.integers() | TEXT | JSON,
        "uom": TEXT,
        "customer": TEXT,
    },
)


@pytest.fixture
def program():
    small.create_site()
    person = people.create_user(username="asha", display_name="Asha", origin=ORIGIN)
    for function in Function:
        people.grant(user_id=person.id, site=small.SITE, function=function, origin=ORIGIN)
    secret = people.create_token(user_id=person.id, name="fuzz", origin=ORIGIN).secret
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})


def check(answer):
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]


def post(program, path, body):
    check(program.post(f"/api{path}", data=body, content_type="application/json"))


@SLOW
@given(told=SIGNAL)
def test_any_signal_is_stored_or_refused(program, told):
    post(program, "/signals", json.dumps(told))


@SLOW
@given(body=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_stored_or_refused(program, body):
    post(program, "/signals", body)


@SLOW
@given(answer=ANSWER | JSON)
def test_any_answer_decides_or_is_refused(program, answer):
    request = decisions.open_request(
        key=str(uuid.uuid4()),
        site=small.SITE,
        kind="test",
        subject="lot:1",
        function="quality",
        title="t",
        question="q",
        options=[decision_rules.Option("yes", "Yes"), decision_rules.Option("no", "No", False)],
        window_s=60,
        origin=ORIGIN,
    )
    post(program, f"/requests/{request.id}/decide", json.dumps(answer))


QUERY = st.dictionaries(
    st.sampled_from(["after", "site", "types", "limit", "state"]), TEXT | st.integers().map(str), max_size=5
)


@SLOW
@given(query=QUERY, path=st.sampled_from(["/events", "/orders", "/requests"]))
def test_any_question_is_answered_or_refused(program, query, path):
    storable = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    check(program.get(f"/api{path}", storable))


@SLOW
@given(
    path=st.sampled_from(["/orders/", "/requests/", "/cases/", "/"]),
    key=TEXT.map(lambda text: text.encode("utf-8", "replace").decode()),
)
def test_any_id_is_found_or_not(program, path, key):
    answer = program.get(f"/api{path}{key.replace('?', '').replace('#', '')}")
    if answer.status_code not in (301, 302):
        check(answer)
