"""The API for buyers' systems: an order once, its state, the catalogue, and refusals in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import models
from obeya.people import buyers
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db
ORIGIN = Origin.fresh(source="test", actor="system")
LINE = {"sku": "CAP-28-WHT", "quantity": "2", "uom": "ctn"}


@pytest.fixture(autouse=True)
def time() -> Iterator[clock.ManualClock]:
    with desk.standing() as manual:
        yield manual


def program(customer: str = "KRS01") -> Client:
    """A customer's system with a token."""
    link = buyers.invite(site=small.SITE, customer=customer, name="IT", email="it@x.example", origin=ORIGIN)
    token = buyers.give_token(
        buyer_id=link.buyer_id,
        name="ERP",
        expires_at=clock.now() + buyers.TOKEN_LASTS,
        origin=ORIGIN,
    )
    return Client(headers={"Authorization": f"Bearer {token.secret}"})


def post(client: Client, *lines: dict[str, Any], key: str = "A-1", **given: Any) -> Any:
    body = {"lines": lines or [LINE], **given}
    return client.post(
        "/api/portal/orders", body, content_type="application/json", headers={"Idempotency-Key": key}
    )


def understand(key: str, customer: str = "KRS01") -> None:
    signal = signals.find_signal("portal", f"{small.SITE}/{customer}/api/{key}")
    assert signal is not None
    inbox.understand(signal_id=signal.id)


def test_an_order_is_taken_once_and_its_state_can_be_asked_for() -> None:
    client = program()
    first = post(client, po_number="4711", requested_on="2026-02-10")
    assert first.status_code == 201
    assert (first.json()["state"], first.json()["key"], first.json()["id"]) == ("received", "A-1", None)
    assert post(client, po_number="4711", requested_on="2026-02-10").status_code == 200
    other = post(client, {**LINE, "quantity": "3"})
    assert other.status_code == 409
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    understand("A-1")
    told = client.get("/api/portal/sent/A-1").json()
    assert (told["state"], told["says"][:8], told["po_number"]) == ("confirmed", "Accepted", "4711")
    assert told["lines"][0] | {"due_on": None} == {
        "line": 1,
        "sku": "CAP-28-WHT",
        "name": "28 mm screw cap, white",
        "quantity": "2.000000",
        "uom": "ctn",
        "unit_price": None,
        "amount": None,
        "still_open": None,
        "due_on": None,
    }
    assert client.get(f"/api/portal/orders/{told['id']}").json() == {**told, "key": None}
    (row,) = client.get("/api/portal/orders").json()
    assert row["id"] == told["id"]
    assert models.OrderRow.objects.count() == 1


def test_what_the_desk_looks_at_is_named_without_floors_or_limits() -> None:
    client = program()
    post(client, {**LINE, "quantity": "100"})
    understand("A-1")
    answer = client.get("/api/portal/sent/A-1")
    assert answer.json()["looking_at"] == [{"line": None, "what": "your account with us"}]
    assert "400" not in answer.content.decode()


def test_prices_are_told_only_where_the_site_shows_them() -> None:
    client = program()
    post(client)
    understand("A-1")
    assert client.get("/api/portal/catalogue", {"q": "white"}).json()[0]["prices"] == {}
    assert client.get("/api/portal/sent/A-1").json()["total"] is None
    buyers.set_portal(site=small.SITE, shows_prices=True, shows_stock=False, origin=ORIGIN)
    found = client.get("/api/portal/catalogue", {"q": "28 white"}).json()
    assert [(one["sku"], one["prices"]["ctn"], one["available"]) for one in found] == [
        ("CAP-28-WHT", "2600", None)
    ]
    told = client.get("/api/portal/sent/A-1").json()
    assert (Decimal(told["total"]), Decimal(told["lines"][0]["unit_price"])) == (5200, 2600)


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        ([LINE, {**LINE, "uom": "bag"}], "lines.1.uom", "Line 2: 28 mm screw cap, white is not sold in"),
        ([{**LINE, "sku": "NO-SUCH"}], "lines.0.sku", "Line 1: NO-SUCH is not among the items you can order"),
        ([{**LINE, "quantity": "-1"}], "lines.0.quantity", "Line 1: say how much"),
        ([{**LINE, "quantity": "many"}], "lines.0.quantity", "Line 1: quantity:"),
        ([LINE, {"sku": "CAP-28-WHT"}], "lines.1.quantity", "Line 2: quantity:"),
        ([], "lines", "There is no line yet"),
    ],
)
def test_a_refusal_names_the_line_in_plain_words(lines: list[Any], field: str, words: str) -> None:
    client = program()
    answer = client.post(
        "/api/portal/orders",
        {"lines": lines},
        content_type="application/json",
        headers={"Idempotency-Key": "A-1"},
    )
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    told = answer.json()
    assert told["errors"][0]["field"] == field
    assert words in told["detail"]
    assert client.get("/api/portal/sent/A-1").status_code == 404


def test_an_order_without_a_key_or_with_an_endless_one_is_refused() -> None:
    client = program()
    body = json.dumps({"lines": [LINE]})
    for headers in ({}, {"Idempotency-Key": "x" * 101}, {"Idempotency-Key": "a b"}):
        answer = client.post("/api/portal/orders", body, content_type="application/json", headers=headers)
        assert answer.status_code == 422, headers
    for hostile in (
        "",
        "[",
        "[]",
        '{"lines": null}',
        '{"lines": [{"sku": "\\u0000", "quantity": 1, "uom": "x"}]}',
    ):
        answer = client.post(
            "/api/portal/orders", hostile, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code in (400, 422), hostile


def test_two_customers_may_use_the_same_key_and_see_nothing_of_each_other() -> None:
    mine, theirs = program(), program("SHB01")
    assert post(mine).status_code == 201
    assert post(theirs, {**LINE, "quantity": "1"}).status_code == 201
    understand("A-1")
    order = mine.get("/api/portal/sent/A-1").json()
    assert theirs.get(f"/api/portal/orders/{order['id']}").status_code == 404
    assert theirs.get("/api/portal/sent/A-1").json()["id"] is None
    assert theirs.get("/api/portal/orders").json() == []


def test_the_description_is_open_and_names_every_operation() -> None:
    told = Client().get("/api/portal/openapi.json").json()
    assert set(told["paths"]) == {
        "/api/portal/catalogue",
        "/api/portal/orders",
        "/api/portal/orders/{order_id}",
        "/api/portal/sent/{key}",
    }
    assert Client().get("/api/portal/docs").status_code == 200
    assert "Idempotency-Key" in json.dumps(told)
    nothing = Client().get("/api/portal/nothing")
    assert nothing.status_code == 404
    assert nothing["Content-Type"] == "application/problem+json"
