"""A second reader's opinion: verified word by word, weighed, and never bolder than our own reader."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.worlds import desk

from obeya.orders import models, second_reader, seconding
from obeya.orders.second_reader import Answer, Opinion, Proposal, Said

TEXT = "2 ctn CAP-28-WHT, 2 box 38 mm caps"
WHITE = Proposal(6, 16, "CAP-28-WHT", Decimal(2), "ctn")


@pytest.fixture(autouse=True)
def _desk(db):
    with desk.standing():
        yield


def order(text: str = "Please send 2 ctn CAP-28-WHT", **reading: object) -> models.OrderRow:
    """An order as it was read, before a second opinion."""
    row = models.OrderRow.objects.get(pk=desk.write(text).id)
    row.reading |= reading
    row.save()
    return row


def test_each_number_serves_one_line_and_stands_there_whole():
    twice = Answer((Said("CAP-28-WHT", "2", "ctn"), Said("38 mm caps", "2", "box")))
    assert [TEXT[slice(*place)] for place in second_reader.located(TEXT, twice)] == [
        "CAP-28-WHT",
        "38 mm caps",
    ]
    once = Answer((Said("CAP-28-WHT", "2", "ctn"), Said("caps", "2", "ctn"), Said("mm", "2", "box")))
    part = Answer((Said("caps", "8", "box"),))
    for wrong in (once, part):
        with pytest.raises(second_reader.CannotPropose):
            second_reader.located(TEXT, wrong)


def test_another_day_is_another_reading():
    row = order()
    seconding.weigh(row, Opinion((WHITE,), date(2031, 1, 5)))
    assert row.reading["auto"] is False
    assert row.reading["doubts"][-1][2].endswith("2 ctn CAP-28-WHT, wanted on 2031-01-05.")


def test_what_it_could_not_name_is_not_held_against_an_order():
    row = order("2 ctn CAP-28-WHT, 3 ctn CAP-38-WHT")
    seconding.weigh(row, Opinion((WHITE,), left_out=1))
    assert (row.reading["second"]["verdict"], row.reading["auto"]) == ("partly", True)


def test_a_doubtful_line_offers_what_the_second_reader_reads_in_its_words():
    row = order()
    line = row.lines.get()
    line.item, line.read_doubts, line.candidates = None, ["unknown_item"], [["CAP-38-WHT", 0.4, "name"]]
    line.text = row.text
    line.save()
    place = row.text.index("CAP-28-WHT")
    seconding.weigh(row, Opinion((Proposal(place, place + 10, "CAP-28-WHT", Decimal(2), "ctn"),)))
    line.refresh_from_db()
    assert line.candidates == [["CAP-28-WHT", 0.5, "a second reader"], ["CAP-38-WHT", 0.4, "name"]]
    assert line.item is None


def test_agreement_makes_no_doubtful_order_sure():
    row = order(auto=False)
    before = row.reading["doubts"]
    seconding.weigh(row, Opinion((WHITE,)))
    assert row.reading["second"] == {
        "verdict": "agrees",
        "failure": "",
        "left_out": 0,
        "lines": [["CAP-28-WHT", "2", "ctn"]],
        "requested_on": None,
        "was_auto": False,
    }
    assert (row.reading["auto"], row.reading["doubts"]) == (False, before)
