"""Customers' pages: who is invited to the portal, by whom, and what their systems get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from obeya.catalog import queries as catalog
from obeya.journal import queries as journal
from obeya.lib import clock
from obeya.outbox import queries as outbox
from obeya.people import buyer_queries
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db
Log = Callable[[str], Client]


@pytest.fixture(autouse=True)
def time() -> Iterator[clock.ManualClock]:
    with desk.standing() as manual:
        yield manual


@pytest.fixture
def log_in() -> Log:
    def _log_in(username: str) -> Client:
        client = Client()
        client.force_login(_user(username))
        return client

    return _log_in


def _user(username: str) -> Any:
    return get_user_model().objects.get(username=username)


def url_of(code: str = "KRS01") -> str:
    return f"/customers/{catalog.get_customer(small.SITE, code).id}"


def the_buyer() -> buyer_queries.Standing:
    (one,) = buyer_queries.list_buyers([small.SITE], customer="KRS01")
    return one


def invite(client: Client, **given: str) -> Any:
    form = {"name": "Mahesh Kadam", "email": "mahesh@krushnai.example", "phone": "", **given}
    return client.post(f"{url_of()}/invite", form)


def test_the_desk_invites_somebody_who_then_gets_a_link(log_in: Log) -> None:
    client = log_in("asha")
    page = client.get("/customers", {"q": "krush"}).content.decode()
    assert url_of() in page
    assert invite(client).status_code == 302
    (letter,) = outbox.list_messages(sites=[small.SITE], channel="email")
    assert letter.to == "mahesh@krushnai.example"
    assert "/portal/enter?key=" in letter.body
    page = client.get(url_of()).content.decode()
    assert "Mahesh Kadam" in page
    assert "Invited" in page
    (told,) = journal.list_about(f"buyer:{the_buyer().buyer.id}")
    assert (told.type, told.actor) == ("people.buyer_invited", "user:asha")


def test_an_invitation_that_cannot_be_sent_says_why_and_keeps_what_was_typed(log_in: Log) -> None:
    answer = invite(log_in("asha"), email="", phone="98220 12345")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "country code" in page
    assert 'value="98220 12345"' in page
    assert buyer_queries.list_buyers([small.SITE]) == ()


def test_a_token_is_shown_once(log_in: Log) -> None:
    client = log_in("priya")
    invite(client)
    buyer = the_buyer().buyer
    page = client.post(f"{url_of()}/buyers/{buyer.id}/token", {"name": "Their ERP"}).content.decode()
    secret = page[page.index("obeyabuyer_") :].partition('"')[0]
    assert buyer_queries.find_holder(secret, "token") is not None
    again = client.get(url_of()).content.decode()
    assert "Their ERP" in again
    assert secret not in again
    api = Client(headers={"Authorization": f"Bearer {secret}"})
    assert api.get("/api/portal/orders").json() == []
    client.post(f"{url_of()}/buyers/{buyer.id}/revoke")
    assert api.get("/api/portal/orders").status_code == 401
    assert "Access taken away" in client.get(url_of()).content.decode()


def test_a_buyer_of_another_customer_is_not_reached_from_here(log_in: Log) -> None:
    client = log_in("asha")
    invite(client)
    buyer = the_buyer().buyer
    for what in ("token", "revoke"):
        assert client.post(f"{url_of('SHB01')}/buyers/{buyer.id}/{what}", {"name": "x"}).status_code == 404
    assert the_buyer().revoked_at is None


def test_who_may_not_invite_sees_no_form(log_in: Log) -> None:
    for username in ("kavita", "nikhil", "anand"):
        client = log_in(username)
        page = client.get(url_of())
        assert page.status_code == 200
        assert "Invite somebody" not in page.content.decode()
        assert invite(client).status_code == 403
    assert log_in("lata").get(url_of()).status_code == 403


def test_what_the_portal_shows_is_set_on_the_customers_page(log_in: Log) -> None:
    client = log_in("asha")
    client.post("/customers/portal", {"prices": "1"})
    assert buyer_queries.portal_of(small.SITE) == buyer_queries.Portal(shows_prices=True, shows_stock=False)
    client.post("/customers/portal", {})
    assert buyer_queries.portal_of(small.SITE) == buyer_queries.Portal()


def test_an_order_leads_to_its_customer(log_in: Log) -> None:
    order = desk.write("5 ctn zinkplugs")
    client = log_in("asha")
    assert f"/orders/{order.id}/customer" in client.get(f"/orders/{order.id}").content.decode()
    assert client.get(f"/orders/{order.id}/customer").headers["Location"] == url_of()
