"""The stream as a program hears it: many of them, one listener, and no connection held by any."""

import http.client
import json
import socket
import threading
import time
import urllib.parse
import urllib.request

import pytest
from django.db import connection

from obeya.lib import live
from tests.browser.conftest import session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Heard(threading.Thread):
    """One open stream; keeps what it hears with the moment of hearing."""

    def __init__(self, server, session, topics):
        super().__init__(daemon=True)
        self.events = []
        self.came = threading.Condition()
        address = urllib.parse.urlsplit(server)
        self.link = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self.link.request("GET", f"/live?topics={topics}", headers={"Cookie": f"sessionid={session}"})
        self.answer = self.link.getresponse()
        self.start()

    def run(self):
        name = ""
        try:
            for line in self.answer:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: "):
                    with self.came:
                        self.events.append((name, json.loads(text[6:]), time.monotonic()))
                        self.came.notify_all()
        except (OSError, AttributeError, ValueError):
            return  # closed by the test

    def wait_for(self, wanted, *, within_s=10.0):
        with self.came:
            found = self.came.wait_for(lambda: [e for e in self.events if wanted(e)], timeout=within_s)
        assert found, self.events
        return found[0]

    def ready(self):
        return self.wait_for(lambda event: event[0] == "hello" and event[1]["position"])

    def close(self):
        if self.link.sock:
            self.link.sock.shutdown(socket.SHUT_RDWR)
        self.link.close()


@pytest.fixture
def listen(server, world):
    opened = []

    def _listen(username, topics="requests,cases"):
        heard = Heard(server, session_of(username), topics)
        opened.append(heard)
        return heard

    yield _listen
    for heard in opened:
        heard.close()


def change(key):
    return lambda event: event[0] == "change" and event[1]["key"] == key


def backends(name):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = %s",
            [name],
        )
        return cursor.fetchone()[0]


def test_nobody_hears_without_log_in_or_topic(server, listen):
    stranger = urllib.request.Request(f"{server}/live?topics=cases")
    with urllib.request.urlopen(stranger, timeout=10) as page:
        assert page.url.startswith(f"{server}/login")
    assert listen("meera", topics="nonsense").answer.status == 400


def test_a_stream_hears_its_topics_of_its_site_only(listen):
    heard = listen("meera")
    assert heard.answer.getheader("Content-Type").startswith("text/event-stream")
    heard.ready()
    live.publish("orders:1:PUNE", "requests:2:NASIK", "requests:3:PUNE", "notices:user:1")
    heard.wait_for(change("3"))
    assert [event[1]["key"] for event in heard.events if event[0] == "change"] == ["3"]


def test_fifty_streams_hear_at_once_through_one_connection(listen):
    streams = [listen("meera") for _ in range(50)]
    for heard in streams:
        heard.ready()
    assert backends("obeya live") == 1
    assert backends("obeya web") <= 24
    published_at = time.monotonic()
    live.publish("cases:now:PUNE")
    arrived = [heard.wait_for(change("now"))[2] for heard in streams]
    assert max(arrived) - published_at < 1.0


def test_when_postgresql_drops_the_listener_it_comes_back_and_everything_refreshes(listen):
    heard = listen("meera")
    before = heard.ready()[1]["position"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'obeya live'"
        )
    again = heard.wait_for(
        lambda event: event[0] == "hello" and event[1]["position"].split(".")[0] != before.split(".")[0]
    )
    assert again[1]["position"]
    live.publish("cases:after:PUNE")
    heard.wait_for(change("after"))
