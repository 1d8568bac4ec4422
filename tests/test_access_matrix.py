"""Every address with every function, with none, without a log-in, and from another site.

The addresses come from the resolver, so a new one is checked by itself. One that names a thing this file
does not know makes it fail: add the thing to `_things`, so that a foreign site is tried on it.
"""

from __future__ import annotations

import inspect
import itertools
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import Operation

from obeya.cases import queries as cases
from obeya.catalog import ports, readers
from obeya.catalog import queries as catalog
from obeya.floor import actions as floor
from obeya.floor import queries as holds
from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions as orders
from obeya.orders import alias_queries, knowledge
from obeya.orders import queries as order_queries
from obeya.outbox import actions as outbox
from obeya.outbox import queries as postings
from obeya.people import actions as people
from obeya.people import queries as people_queries
from obeya.people.queries import Function
from obeya.web import access, middleware
from obeya.web.api import calling
from obeya.web.portal import api as portal_api
from tests.worlds import buyers as buyer_world
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db

FOREIGN = "SURAT"
ORIGIN = Origin.fresh(source="test", actor="system")
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
LOG_IN = "/login"
METHODS = ("GET", "POST")
SEARCH = "?q=CAP&item_search=CAP&customer_search=Kr&code=CW28"
"""What search boxes of every kind are filled with."""


@dataclass(frozen=True)
class Address:
    """One address: its route, its view, and the view's own rule."""

    route: str
    view: Callable[..., Any]

    @property
    def rule(self) -> access.Rule | None:
        return access.rule_of(self.view)

    @property
    def of_a_library(self) -> bool:
        return self.view.__module__.startswith(middleware.LIBRARY_VIEWS)

    @property
    def arguments(self) -> list[str]:
        return [name for _, name in ARGUMENT.findall(self.route)]

    @property
    def operations(self) -> list[Operation]:
        """The API operations behind the view; none for any other view."""
        inner = inspect.unwrap(self.view)
        path_view = inspect.getclosurevars(inner).nonlocals.get("self") if inspect.isfunction(inner) else None
        return list(getattr(path_view, "operations", []))

    def url(self, things: Mapping[str, str]) -> str:
        return "/" + ARGUMENT.sub(lambda found: things[found[2]], self.route)


def _walk(patterns: list[URLPattern | URLResolver], front: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = front + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield Address(route, pattern.callback)


ADDRESSES = list(_walk(get_resolver().url_patterns))
SCREENS = [one for one in ADDRESSES if one.rule is not None and not one.rule.before_login]
OPERATIONS = [(one, operation) for one in ADDRESSES for operation in one.operations]
PLANT_OPERATIONS = [(one, op) for one, op in OPERATIONS if one.rule and one.rule.kind == "token"]
BUYER_OPERATIONS = [(one, op) for one, op in OPERATIONS if one.rule and one.rule.kind == "buyer_token"]
PORTAL = [one for one in ADDRESSES if one.rule is not None and one.rule.kind == "buyer"]
PORTAL_LOG_IN = "/portal/login"
HERE = [username for username, _, _ in small.PEOPLE] + ["none", "super"]
"""One person for each function at the plant, one without any, and a superuser without any."""


@dataclass(frozen=True)
class Plant:
    """A plant with one of everything, and people who try their luck."""

    things: Mapping[str, str]
    marks: tuple[str, ...]
    """Texts that only this site's pages may show."""
    persons: Mapping[str, people_queries.Person]
    mine: Mapping[str, str]
    """What an address of the portal can name, all of it Krushnai's."""


@pytest.fixture
def plant(tmp_path: Any, settings: Any, caplog: pytest.LogCaptureFixture) -> Iterator[Plant]:
    caplog.set_level("CRITICAL", logger="django.request")  # a thousand refusals need no tracebacks
    settings.MEDIA_ROOT = tmp_path
    clock.use(clock.ManualClock(small.START))
    readers.register(small.CONNECTOR, [small.SITE], _no_erp)
    knowledge.forget()
    world = small.create()
    small.create_site(FOREIGN)
    persons = {person.username: person for person in world.people.values()}
    persons["far"] = _person("far", {FOREIGN: list(Function)})
    persons["both"] = _person("both", {small.SITE: [Function.OPERATOR], FOREIGN: list(Function)})
    persons["none"] = _person("none", {})
    persons["super"] = _person("super", {})
    get_user_model().objects.filter(username="super").update(is_superuser=True, is_staff=True)
    things, marks = _things(world)
    yield Plant(things, marks, persons, things | buyer_world.sent(things))
    readers.register(small.CONNECTOR, [], _no_erp)
    clock.use(clock.SystemClock())


def _no_erp() -> ports.Reader:
    raise ports.CannotReadErp("There is no ERP in this test.")


def _person(username: str, held: Mapping[str, list[Function]]) -> people_queries.Person:
    person = people.create_user(username=username, display_name=username, origin=ORIGIN)
    for site, functions in held.items():
        for function in functions:
            people.grant(user_id=person.id, site=site, function=function, origin=ORIGIN)
    return person


def _order(text: str, *, files: tuple[str, ...] = ()) -> order_queries.Order:
    got = inbox.receive(
        site=small.SITE,
        source="test",
        natural_key=str(uuid.uuid4()),
        body=text.encode(),
        attachments=[inbox.Attachment(digest) for digest in files],
    )
    orders.take_message(
        signal=signals.get_signal(got.signal_id),
        channel="whatsapp",
        sender=small.PHONE,
        sender_name="",
        text=text,
        sent_at=clock.now(),
    )
    (row,) = [one for one in order_queries.list_orders(sites=[small.SITE]) if one.text == text]
    return order_queries.get_order(row.id)


def _alias() -> int:
    """What a clerk says the unknown words of an order mean: the library holds it."""
    order = _order("7 ctn ringplugs")
    orders.answer_doubt(
        request_id=order.doubts[0].id,
        access=people_queries.access_of(_found("asha")),
        sku="CAP-38-WHT",
        origin=ORIGIN,
    )
    return alias_queries.list_aliases(site=small.SITE)[0].id


def _found(username: str) -> people_queries.Person:
    person = people_queries.find_user(username)
    assert person is not None
    return person


def _things(world: small.World) -> tuple[dict[str, str], tuple[str, ...]]:
    """One of everything that an address can name, all at the small plant."""
    digest = inbox.store_media(content=b"%PDF-1.7", content_type="application/pdf")
    doubtful, clear = _order("5 ctn zinkplugs", files=(digest,)), _order("Please send 2 ctn CAP-28-WHT")
    hold = floor.place_hold(
        hold_id=uuid.uuid4(),
        lot_id=world.lots[small.LOT],
        quantity=None,
        reason=holds.REASONS[0][0],
        note="",
        machine="IM-1",
        by=world.people["lata"],
        origin=ORIGIN,
    )
    (listed,) = cases.list_cases(sites=[small.SITE])
    case = cases.get_case(listed.id)
    posting = postings.posting_of(f"order:{clear.id}")
    assert posting is not None
    message = outbox.send_message(
        key="matrix",
        site=small.SITE,
        channel="email",
        to="orders@krushnai.example",
        title="Order",
        body="Thank you",
        subject=f"order:{clear.id}",
        origin=ORIGIN,
    )
    stuck = inbox.receive(site=small.SITE, source="test", natural_key="1", body=b"?", refused="No.")
    quality = next(one.request for one in case.questions if one.request.function == Function.QUALITY)
    things = {
        "order_id": doubtful.id,
        "doubt_id": doubtful.doubts[0].id,
        "request_id": quality.id,
        "case_id": case.id,
        "hold_id": hold.id,
        "posting_id": posting.id,
        "message_id": message,
        "signal_id": stuck.signal_id,
        "digest": digest,
        "number": 1,
        "alias_id": _alias(),
        "supplier_id": desk.listed_supplier(),
        "row_id": 1,
        "connector": small.CONNECTOR,
        "customer_id": catalog.get_customer(small.SITE, "KRS01").id,
        "buyer_id": buyer_world.somebody(),
    }
    marks = (doubtful.number, clear.number, case.number, small.LOT, "Krushnai")
    return {name: str(thing) for name, thing in things.items()}, marks


def _browser(plant: Plant, username: str, *, site: str = "") -> Client:
    client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")
    client.force_login(get_user_model().objects.get(pk=plant.persons[username].id))
    if site:
        session = client.session
        session["site"] = site
        session.save()
    return client


def _program(plant: Plant, username: str) -> Client:
    person = plant.persons[username]
    secret = people.create_token(user_id=person.id, name="matrix", origin=ORIGIN).secret
    return Client(
        raise_request_exception=False,
        REMOTE_ADDR="192.0.2.7",
        headers={"Authorization": f"Bearer {secret}"},
    )


def _ask(client: Client, method: str, url: str) -> HttpResponseBase:
    """The answer; whatever the request changed is taken back."""
    with transaction.atomic():
        answer = client.generic(method, url, b"{}" if url.startswith("/api/") else b"")
        transaction.set_rollback(True)
    return answer


def _outcome(answer: HttpResponseBase) -> str:
    if answer.status_code >= 500:
        return "broken"
    if answer.status_code == 302 and str(answer.headers["Location"]).startswith(LOG_IN):
        return "log in"
    return {401: "no token", 403: "refused"}.get(answer.status_code, "open")


def _outcome_at_the_door(answer: HttpResponseBase) -> str:
    """As `_outcome`; a program that is let in may still be told that a question is not asked of it."""
    outcome = _outcome(answer)
    return "open" if outcome == "refused" and "This needs the token" not in _text(answer) else outcome


def _expected(rule: access.Rule, held: people_queries.Access, site: str) -> str:
    if rule.kind == "person":
        return "open" if held.sites else "refused"
    may = held.may_see if rule.looking else held.may
    return "open" if may(rule.functions, site) else "refused"


def test_every_address_says_who_may_open_it() -> None:
    silent = [one.route for one in ADDRESSES if one.rule is None and not one.of_a_library]
    assert silent == []
    assert len(SCREENS) > 20
    assert len(OPERATIONS) >= 9


def test_every_operation_of_the_api_takes_a_token_and_nothing_else() -> None:
    for address, operation in PLANT_OPERATIONS:
        assert [type(check) for check in operation.auth_callbacks] == [calling.Token], address.route
    for address, operation in BUYER_OPERATIONS:
        assert [type(check) for check in operation.auth_callbacks] == [portal_api.BuyerToken], address.route
    assert len(PLANT_OPERATIONS) + len(BUYER_OPERATIONS) == len(OPERATIONS)
    assert len(BUYER_OPERATIONS) >= 5


def test_what_opens_before_a_log_in_is_on_this_list() -> None:
    """Whoever adds to it has thought about strangers."""
    open_to_all = {one.route for one in ADDRESSES if one.rule and one.rule.kind == "anyone"}
    assert open_to_all == {
        "webhooks/whatsapp",
        "healthz",
        "login",
        "logout",
        "accounts/login/",
        "api/openapi.json",
        "api/",
        "portal/login",
        "portal/enter",
        "portal/leave",
        "api/portal/",
        "api/portal/openapi.json",
        "api/portal/docs",
    }


def test_what_a_library_brings_lets_no_stranger_in(plant: Plant) -> None:
    client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")
    people_before = get_user_model().objects.count()
    for address in (one for one in ADDRESSES if one.of_a_library):
        for method in METHODS:
            answer = _ask(client, method, "/" + ARGUMENT.sub("x", address.route))
            assert answer.status_code in (200, 302, 401, 404, 405), address.route
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith((LOG_IN, "/accounts/login/")), address.route
    assert get_user_model().objects.count() == people_before


def test_every_thing_that_an_address_names_is_known(plant: Plant) -> None:
    named = {name for one in ADDRESSES if not one.of_a_library for name in one.arguments}
    assert named - set(plant.mine) == set()


def test_a_screen_opens_exactly_for_those_its_rule_names(plant: Plant) -> None:
    wrong = []
    for username in HERE:
        client = _browser(plant, username)
        held = people_queries.access_of(plant.persons[username])
        for address, method in itertools.product(SCREENS, METHODS):
            assert address.rule is not None
            expected = _expected(address.rule, held, small.SITE)
            outcome = _outcome(_ask(client, method, address.url(plant.things)))
            if outcome != expected:
                wrong.append(f"{username} {method} {address.route}: {outcome}, not {expected}")
    assert wrong == []


def test_an_operation_works_exactly_for_those_its_rule_names(plant: Plant) -> None:
    wrong = []
    for username in HERE:
        client = _program(plant, username)
        held = people_queries.access_of(plant.persons[username])
        for address, operation in PLANT_OPERATIONS:
            (check,) = operation.auth_callbacks
            assert isinstance(check, calling.Token)
            expected = "open" if check.rule.sites_of(held) else "refused"
            for method in operation.methods:
                outcome = _outcome_at_the_door(_ask(client, method, address.url(plant.things)))
                if outcome != expected:
                    wrong.append(f"{username} {method} {address.route}: {outcome}, not {expected}")
    assert wrong == []


def test_without_a_log_in_every_screen_leads_to_it(plant: Plant) -> None:
    client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")
    for address in SCREENS:
        for method in METHODS:
            outcome = _outcome(_ask(client, method, address.url(plant.things)))
            assert outcome == "log in", f"{method} {address.route}"


def test_without_a_token_no_program_gets_in_whoever_is_logged_in(plant: Plant) -> None:
    tokened = [one for one in ADDRESSES if one.rule and one.rule.kind in ("token", "buyer_token")]
    assert len(tokened) > 14
    logged_in = (_browser(plant, "anand"), _browser(plant, "super"), buyer_world.browser("KRS01"))
    for client in (Client(REMOTE_ADDR="192.0.2.7"), *logged_in):
        for address in tokened:
            methods = [method for found in address.operations for method in found.methods] or ["GET"]
            for method in methods:
                answer = _ask(client, method, address.url(plant.mine))
                assert answer.status_code == 401, f"{method} {address.route}"


def test_the_portal_opens_for_buyers_and_for_no_person_of_the_plant(plant: Plant) -> None:
    assert len(PORTAL) >= 9
    strangers = [Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")]
    strangers += [_browser(plant, username) for username in HERE]
    own = buyer_world.browser("KRS01")
    for address, method in itertools.product(PORTAL, METHODS):
        url = address.url(plant.mine)
        for client in strangers:
            answer = _ask(client, method, url)
            assert answer.headers.get("Location") == PORTAL_LOG_IN, f"{method} {address.route}"
        answer = _ask(own, method, url)
        assert answer.status_code in (200, 302, 405, 422), f"{method} {address.route}"
        assert answer.headers.get("Location") != PORTAL_LOG_IN, f"{method} {address.route}"


def test_nothing_of_a_customer_opens_for_another_customers_buyer(plant: Plant) -> None:
    other, program = buyer_world.browser("SHB01"), buyer_world.program("SHB01")
    for address, method in itertools.product(PORTAL, METHODS):
        answer = _ask(other, method, address.url(plant.mine))
        if address.arguments:
            assert answer.status_code in (404, 405), f"{method} {address.route}"
        assert [mark for mark in plant.marks if mark in _text(answer)] == [], address.route
    for address, operation in BUYER_OPERATIONS:
        for method in operation.methods:
            answer = _ask(program, method, address.url(plant.mine))
            if address.arguments:
                assert answer.status_code == 404, f"{method} {address.route}"
            assert [mark for mark in plant.marks if mark in _text(answer)] == [], address.route


def test_a_buyer_reaches_no_screen_and_no_operation_of_the_plant(plant: Plant) -> None:
    client, program = buyer_world.browser("KRS01"), buyer_world.program("KRS01")
    for address, method in itertools.product(SCREENS, METHODS):
        assert _outcome(_ask(client, method, address.url(plant.things))) == "log in", address.route
    for address, operation in PLANT_OPERATIONS:
        for method in operation.methods:
            assert _ask(program, method, address.url(plant.things)).status_code == 401, address.route


def test_a_token_of_a_person_of_the_plant_opens_nothing_of_the_buyers_api(plant: Plant) -> None:
    for username in HERE:
        client = _program(plant, username)
        for address, operation in BUYER_OPERATIONS:
            for method in operation.methods:
                assert _ask(client, method, address.url(plant.mine)).status_code == 401, address.route
    own = buyer_world.program("KRS01")
    for address, operation in BUYER_OPERATIONS:
        for method in operation.methods:
            answer = _ask(own, method, address.url(plant.mine))
            assert answer.status_code in (200, 422), f"{method} {address.route}"


def test_a_thing_of_a_foreign_site_stays_there(plant: Plant) -> None:
    """Both hold every function at another site, and work there now; one is operator here besides."""
    leaks = []
    for username in ("far", "both"):
        client = _browser(plant, username, site=FOREIGN)
        held = people_queries.access_of(plant.persons[username])
        for address, method in itertools.product((one for one in SCREENS if one.arguments), METHODS):
            assert address.rule is not None
            if held.may(address.rule.functions, small.SITE):
                continue
            answer = _ask(client, method, address.url(plant.things) + SEARCH)
            if answer.status_code not in (403, 404, 405):
                leaks.append(f"{username} {method} {address.route}: {answer.status_code}")
    assert leaks == []


def test_a_thing_of_a_foreign_site_stays_there_for_programs_too(plant: Plant) -> None:
    client = _program(plant, "far")
    for address, operation in PLANT_OPERATIONS:
        if address.arguments:
            for method in operation.methods:
                answer = _ask(client, method, address.url(plant.things))
                assert answer.status_code in (403, 404), f"{method} {address.route}"


def test_no_list_shows_anything_of_a_foreign_site(plant: Plant) -> None:
    browser, program = _browser(plant, "far"), _program(plant, "far")
    here = [_browser(plant, "asha"), _browser(plant, "anand")]
    seen = set()
    for address in (one for one in ADDRESSES if not one.arguments and not one.of_a_library):
        client = program if address.operations else browser
        text = _text(_ask(client, "GET", address.url({}) + SEARCH))
        assert [mark for mark in plant.marks if mark in text] == [], address.route
        for other in here:
            text = _text(_ask(other, "GET", address.url({}) + SEARCH))
            seen |= {mark for mark in plant.marks if mark in text}
    assert seen == set(plant.marks), "the lists of the own site must show what is looked for"


def _text(answer: HttpResponseBase) -> str:
    return "" if answer.streaming else bytes(getattr(answer, "content", b"")).decode()


def test_a_question_is_shown_only_to_those_it_concerns(plant: Plant) -> None:
    """Screens for everybody show a thing only to the functions asked about it, and to the plant manager."""
    asked = ("meera", "ravi", "imran", "kavita", "anand")
    for username in (username for username, _, _ in small.PEOPLE):
        client = _browser(plant, username)
        answer = _ask(client, "GET", f"/requests/{plant.things['request_id']}")
        assert answer.status_code == (200 if username in asked else 404), username
