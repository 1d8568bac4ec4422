"""Which notification reaches which screen of whom."""

import pytest

from obeya.web import hub, topics

MEERA = topics.Listener(7, frozenset({"requests", "cases", "notices"}), {"PUNE": {"quality"}})


def heard(payload, listener=MEERA):
    change = topics.read(payload)
    return change is not None and listener.hears(change)


def test_a_change_at_ones_own_site_is_heard_and_elsewhere_it_is_not():
    assert heard("requests:0190:PUNE")
    assert not heard("requests:0190:NASIK")


def test_a_topic_that_the_page_did_not_ask_for_is_not_heard():
    assert not heard("orders:0190:PUNE")


def test_a_notice_reaches_its_person_or_the_holders_of_its_function():
    assert heard("notices:user:7")
    assert not heard("notices:user:8")
    assert heard("notices:PUNE:quality")
    assert not heard("notices:PUNE:planning")
    assert not heard("notices:NASIK:quality")


@pytest.mark.parametrize(
    ("payload", "change"),
    [
        ("about:case:0190", topics.Change("cases", "0190")),
        ("about:order:0190", topics.Change("orders", "0190")),
        ("about:lot:CAP:L-1", None),
        ("postings", topics.Change("connectors")),
        ("connectors", topics.Change("connectors")),
        ("holds:1:PUNE", topics.Change("holds", "1", "PUNE")),
        ("", None),
        ("nonsense:::", None),
        ("about:", None),
    ],
)
def test_what_a_notification_means(payload, change):
    assert topics.read(payload) == change


def test_unknown_topics_are_left_out():
    assert topics.asked("cases,../etc,orders") == {"cases", "orders"}
    assert topics.asked("") == frozenset()


def test_a_slow_screen_is_told_the_same_change_once():
    stream = hub.Stream(MEERA)
    for _ in range(500):
        stream.tell(topics.Change("cases", "1", "PUNE"))
    stream.tell(topics.Change("cases", "2", "PUNE"))
    assert stream.take() == (False, [("cases", "1"), ("cases", "2")])
    assert stream.take() == (False, [])


def test_a_screen_that_falls_far_behind_refreshes_instead():
    stream = hub.Stream(MEERA)
    for number in range(hub.MOST_PENDING + 1):
        stream.tell(topics.Change("cases", str(number), "PUNE"))
    refresh, changes = stream.take()
    assert refresh
    assert len(changes) <= hub.MOST_PENDING
