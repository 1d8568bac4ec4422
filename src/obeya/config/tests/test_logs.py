"""Every line of the log has one form, says where it comes from, and gives nothing away."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest
import structlog
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from procrastinate import job_context, jobs
from procrastinate.worker import Worker

from obeya.catalog.events import LotScrapped
from obeya.cli import worker
from obeya.config import logs
from obeya.journal import actions as journal
from obeya.journal import queries
from obeya.journal.events import Origin
from obeya.web import middleware


@pytest.fixture
def lines(monkeypatch):
    """Logging as a plant with these settings has it; the lines written since."""
    written = io.StringIO()
    monkeypatch.setenv("OBEYA_PROCESS", "obeya worker")
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    found = logs.settings(
        {
            "OBEYA_LOG_FORMAT": "json",
            "OBEYA_LOG_LEVEL": "INFO",
            "OBEYA_WHATSAPP_ACCESS_TOKEN": "EAAB-sesame-9",
        }
    )
    found["handlers"]["console"]["stream"] = written
    logs.apply(found)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logs.apply(settings.LOGGING)
    root.handlers[:], root.level = before
    structlog.contextvars.clear_contextvars()


def test_our_lines_and_a_librarys_have_one_form(lines):
    structlog.get_logger("obeya.orders").warning("an order waits", order=12)
    logging.getLogger("httpx").info("HTTP Request: %s %s", "POST", "https://erp.example.com/")
    ours, theirs = lines()
    assert (ours["event"], ours["order"], ours["logger"]) == ("an order waits", 12, "obeya.orders")
    assert theirs["event"] == "HTTP Request: POST https://erp.example.com/"
    for line in (ours, theirs):
        assert line["process"] == "obeya worker"
        assert line["timestamp"].endswith("Z")
        assert {"level", "logger", "pid"} <= line.keys()


def test_what_django_and_the_server_log_goes_the_same_way(lines):
    for name in ("django.request", "django.server", "_granian", "procrastinate.worker"):
        logger = logging.getLogger(name)
        logger.disabled = False  # whatever a test before this one did to it
        logger.setLevel(logging.NOTSET)
        logger.error("from %s", name)
    assert [line["logger"] for line in lines()] == [
        "django.request",
        "django.server",
        "_granian",
        "procrastinate.worker",
    ]


def test_a_secret_is_taken_out_wherever_it_slips_in(lines):
    log = structlog.get_logger("obeya.whatsapp")
    log.warning("sent with EAAB-sesame-9", header="Bearer EAAB-sesame-9", access_token="anything")
    try:
        raise ValueError("cannot use EAAB-sesame-9")
    except ValueError:
        log.exception("failed")
    said = json.dumps(lines())
    assert "sesame" not in said
    assert "anything" not in said
    assert "cannot use ***" in said


def test_what_somebody_wrote_is_not_logged(lines):
    log = structlog.get_logger("obeya.inbox")
    try:
        raise psycopg.errors.CheckViolation(
            'new row violates "x"\nDETAIL:  Failing row contains (1, 20 ctn please\n\nSuresh).'
        )
    except psycopg.Error as error:
        log.error("refused", exc_info=error, body="20 ctn please", text="Suresh")
    [line] = lines()
    assert 'violates "x"' in line["exception"]
    assert "please" not in json.dumps(line)
    assert "Suresh" not in json.dumps(line)


def test_a_request_gives_its_id_to_every_line_and_to_the_answer(lines):
    def view(_request):
        structlog.get_logger("obeya.web").info("inside")
        return HttpResponse("ok")

    request = RequestFactory().get("/desk?q=suresh", headers={"X-Request-ID": "proxy-0001"})
    answer = middleware.NamedRequests(view)(request)
    inside, served = lines()
    assert answer["X-Request-ID"] == inside["request"] == served["request"] == "proxy-0001"
    assert (served["path"], served["status"]) == ("/desk", 200)
    answer = middleware.NamedRequests(view)(RequestFactory().get("/desk"))
    assert lines()[-1]["request"] == answer["X-Request-ID"] != "proxy-0001"


def test_an_id_that_is_none_is_replaced(lines):
    request = RequestFactory().get("/", headers={"X-Request-ID": "a\nforged line"})
    answer = middleware.NamedRequests(lambda _request: HttpResponse("ok"))(request)
    assert answer["X-Request-ID"] == lines()[0]["request"]
    assert "forged" not in answer["X-Request-ID"]


@pytest.mark.django_db
def test_a_job_names_itself_and_its_events_story(lines):
    origin = Origin.fresh(source="test", actor="system")
    told = LotScrapped("L-2041", "AG-1L")
    [event] = journal.append(journal.Draft(payload=told, site="PUNE", subject="lot:L-2041", origin=origin))

    def task():
        queries.get_event(event.id)
        structlog.get_logger("obeya.orders").info("read")

    job = jobs.Job(
        id=7,
        lock=None,
        queueing_lock=None,
        task_name="orders.read",
        task_kwargs={"event_id": str(event.id)},
        queue="reactions",
    )
    worker._named(task, cast(job_context.JobContext, SimpleNamespace(job=job)), cast(Worker, None))
    structlog.get_logger("obeya.orders").info("after")
    read, after = lines()
    named = {name: read[name] for name in ("job", "task", "event_id", "correlation", "site")}
    assert named == {
        "job": 7,
        "task": "orders.read",
        "event_id": str(event.id),
        "correlation": str(origin.correlation),
        "site": "PUNE",
    }
    assert not named.keys() & after.keys()


@pytest.mark.parametrize(("name", "value"), [("OBEYA_LOG_FORMAT", "yaml"), ("OBEYA_LOG_LEVEL", "loud")])
def test_a_setting_that_means_nothing_is_refused_by_name(name, value):
    with pytest.raises(logs.CannotLog, match=f"{name} is '{value}'"):
        logs.settings({name: value})


def test_at_a_console_the_line_is_for_people(lines):
    found = logs.settings({})
    written = io.StringIO()
    found["handlers"]["console"]["stream"] = written
    logs.apply(found)
    structlog.get_logger("obeya.outbox").warning("the connector is not set up here", connector="tryton")
    assert "the connector is not set up here" in written.getvalue()
    assert "connector=tryton" in written.getvalue()
