"""What many screens show alike is made once, and never shown after it has changed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import RequestFactory
from django.utils import translation

from obeya.web import hub, shared, topics


class Maker:
    """Counts how often it was asked."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return f"made {self.times}"


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def shelf(monkeypatch, now):
    fresh = shared.Shelf(clock=lambda: now[0])
    monkeypatch.setattr(shared, "SHELF", fresh)
    return fresh


def request_at(position):
    request = RequestFactory().get("/")
    setattr(request, "live_position", position)  # noqa: B010 - as the middleware notes it
    return request


BEGUN = hub.Position("a")
"""The hub listens, and nothing was notified yet."""


def once(position, key, maker):
    return shared.once(request_at(position), key, maker, of=("cases", "requests"))


def test_many_who_ask_at_one_moment_get_what_one_of_them_makes(shelf):
    begun, go_on, maker = threading.Event(), threading.Event(), Maker()

    def slow():
        begun.set()
        assert go_on.wait(10)
        return maker()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(shelf.get, "list", slow) for _ in range(4)]
        assert begun.wait(10)
        go_on.set()
        assert {one.result(10) for one in asked} == {"made 1"}


def test_after_a_change_of_its_topics_it_is_made_again_and_after_no_other(shelf):
    maker = Maker()
    asked = BEGUN.after(topics.Change("requests", "1", "PUNE"))
    noticed = asked.after(topics.Change("notices", site="PUNE")).after(None)
    opened = noticed.after(topics.Change("cases", "2", "PUNE"))
    told = [once(position, ("list",), maker) for position in (BEGUN, BEGUN, asked, noticed, opened)]
    assert told == ["made 1", "made 1", "made 2", "made 2", "made 3"]
    assert [str(position) for position in (BEGUN, asked, noticed, opened)] == ["a.0", "a.1", "a.3", "a.4"]


def test_when_the_hub_listens_anew_it_is_made_again(shelf):
    maker = Maker()
    assert once(BEGUN, ("list",), maker) == "made 1"
    assert once(hub.Position("b"), ("list",), maker) == "made 2"


def test_after_a_second_it_is_made_again_without_a_change(shelf, now):
    maker = Maker()
    assert once(BEGUN, ("list",), maker) == "made 1"
    now[0] += shared.KEEP_S * 1.01
    assert once(BEGUN, ("list",), maker) == "made 2"


def test_other_keys_and_other_languages_have_their_own(shelf):
    maker = Maker()
    first = once(BEGUN, ("list", "quality"), maker)
    second = once(BEGUN, ("list", "planning"), maker)
    with translation.override("hi"):
        third = once(BEGUN, ("list", "quality"), maker)
    assert [first, second, third] == ["made 1", "made 2", "made 3"]


def test_nothing_is_shared_while_nobody_listens_for_changes(shelf):
    maker = Maker()
    told = [once(hub.Position(), ("list",), maker) for _ in range(2)]
    assert told == ["made 1", "made 2"]


def test_what_could_not_be_made_is_tried_again(shelf):
    with pytest.raises(ZeroDivisionError):
        shelf.get("list", lambda: 1 // 0)
    assert shelf.get("list", lambda: "made") == "made"


def test_what_is_old_is_forgotten(shelf, now):
    for number in range(50):
        shelf.get(number, lambda: "made")
        now[0] += 1.0
    assert len(shelf._slots) <= 4
