"""Health and figures for machines: true, and for those who may see them."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from tests.worlds import small

from obeya.decisions import actions as decisions
from obeya.decisions import rules as decision_rules
from obeya.inbox import actions as inbox
from obeya.inbox import refusals
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import actions as people

ORIGIN = Origin.fresh(source="test", actor="system")
HERE, AWAY = "127.0.0.1", "192.0.2.7"


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr(refusals, "TALLY", refusals.Tally())
    small.create_site()
    return small.create_people()


def token_of(person):
    return people.create_token(user_id=person.id, name="scraper", origin=ORIGIN).secret


def scrape(address=HERE, **headers):
    return Client(REMOTE_ADDR=address).get("/metrics", headers=headers)


@pytest.mark.django_db
def test_a_living_process_with_its_database_is_healthy():
    answer = Client(REMOTE_ADDR=AWAY).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_without_its_database_it_is_not_healthy(monkeypatch):
    def broken():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", broken)
    assert Client().get("/healthz").status_code == 503


def test_the_figures_tell_how_it_stands(world):
    inbox.receive(site="PUNE", source="whatsapp", natural_key="1", body=b"x")
    inbox.receive(site="PUNE", source="whatsapp", natural_key="2", body=b"x", refused="no")
    inbox.count_refused(source="whatsapp", reason="wrong signature")
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    decisions.open_request(
        key="1",
        site="PUNE",
        kind="test",
        subject="lot:1",
        function="quality",
        title="t",
        question="q",
        options=[decision_rules.Option("yes", "Yes")],
        window_s=60,
        origin=ORIGIN,
    )
    clock.use(before)
    told = scrape().content.decode()
    assert 'obeya_signals_unsettled{site="PUNE",source="whatsapp",state="received"} 1.0' in told
    assert 'obeya_signals_unsettled{site="PUNE",source="whatsapp",state="refused"} 1.0' in told
    assert 'obeya_deliveries_refused_total{reason="wrong signature",source="whatsapp"} 1.0' in told
    assert 'obeya_requests_open{function="quality",site="PUNE"} 1.0' in told
    assert 'obeya_requests_overdue_seconds_bucket{le="3600.0"} 0.0' in told
    assert 'obeya_requests_overdue_seconds_bucket{le="+Inf"} 1.0' in told
    assert "obeya_events_unsealed " in told
    assert "process_resident_memory_bytes " in told


def test_a_program_elsewhere_needs_the_token_of_somebody_in_it(world):
    assert scrape(AWAY).status_code == 401
    assert scrape(AWAY, Authorization="Bearer obeya_wrong").status_code == 401
    quality = f"Bearer {token_of(world['meera'])}"
    assert scrape(AWAY, Authorization=quality).status_code == 403
    it = f"Bearer {token_of(world['priya'])}"
    assert scrape(AWAY, Authorization=it).status_code == 200


def test_a_program_on_this_machine_needs_none(world):
    assert scrape(HERE).status_code == 200
    assert scrape("::1").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_came_through_a_proxy_is_not_from_this_machine(world, header):
    assert scrape(HERE, **{header: AWAY}).status_code == 401


def test_behind_a_proxy_nobody_is_from_this_machine(world, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert scrape(HERE).status_code == 401
