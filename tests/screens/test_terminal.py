"""The operator's terminal: find a lot, hold it, and what is said when it cannot be held."""

import uuid
from decimal import Decimal

import pytest

from obeya.cases import queries as cases
from obeya.floor import queries as holds
from obeya.inbox import queries as inbox
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db


@pytest.fixture
def lata(as_user):
    return as_user("lata")


def form(world, **changes):
    filled = {
        "hold_id": str(uuid.uuid4()),
        "machine": "IM-1",
        "lot": str(world.lots[small.LOT]),
        "reason": "short_shot",
        "note": "",
        "extent": "whole",
    }
    return {**filled, **changes}


def test_the_terminal_shows_what_lies_at_the_machine_and_remembers_it(lata):
    page = text_of(lata.get("/terminal?machine=IM-1"))
    assert "CW28-2417" in page
    assert "48,000" in page
    assert "No lot is at this machine" in text_of(lata.get("/terminal?machine=PF-1"))
    assert 'name="machine" value="PF-1"' in html_of(lata.get("/terminal"))


def test_a_scan_chooses_the_lot(lata):
    found = html_of(lata.get("/terminal/lot?machine=PF-1&code=cb28-0877"))
    assert "CB28-0877" in found
    assert "checked" in found


def test_a_scan_that_finds_nothing_says_so(lata):
    assert "There is no lot" in text_of(lata.get("/terminal/lot?code=<b>ZZZ</b>"))
    assert "<b>ZZZ" not in html_of(lata.get("/terminal/lot?code=<b>ZZZ</b>"))


def test_the_first_letters_of_a_lot_offer_those_that_start_so(lata):
    told = text_of(lata.get("/terminal/lot?machine=PF-1&code=CW28"))
    assert "CW28-2409" in told
    assert "CW28-2417" in told


def test_a_hold_is_kept_as_a_signal_and_asks_everybody(lata, world):
    answer = lata.post("/terminal/hold", form(world, note="Gate side"), follow=True)
    told = text_of(answer)
    for words in (
        "CW28-2417 is on hold",
        "48,000",
        "Short shots",
        "Quality",
        "Production planning",
        "Materials",
    ):
        assert words in told, words
    (signal,) = inbox.list_signals(sites=[small.SITE], source="terminal")
    assert b'"note": "Gate side"' in signal.body
    (listed,) = cases.list_cases(sites=[small.SITE])
    case = cases.get_case(listed.id)
    assert (case.signal, case.correlation) == (signal.id, signal.correlation)


def test_the_same_form_sent_again_holds_once(lata, world):
    same = form(world)
    assert lata.post("/terminal/hold", same).status_code == 302
    assert lata.post("/terminal/hold", same).status_code == 302
    assert len(holds.list_holds(sites=[small.SITE])) == 1
    assert len(inbox.list_signals(sites=[small.SITE], source="terminal")) == 1


def test_a_part_of_a_lot_is_held_by_its_quantity(lata, world):
    lata.post("/terminal/hold", form(world, extent="part", quantity="1200,5"))
    (hold,) = holds.list_holds(sites=[small.SITE])
    assert hold.quantity == Decimal("1200.5")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lot": ""}, "Choose a lot"),
        ({"lot": "", "lot_code": "NOPE-1"}, "There is no lot"),
        ({"lot": "99999999"}, "There is no lot"),
        ({"reason": "because"}, "Tap the reason"),
        ({"extent": "part", "quantity": "lots"}, "in figures"),
        ({"extent": "part", "quantity": "NaN"}, "more than nothing"),
        ({"extent": "part", "quantity": "-4"}, "more than nothing"),
        ({"extent": "part", "quantity": "900000"}, "There are only 48000 pcs"),
    ],
)
def test_what_is_missing_comes_back_in_words_with_a_fresh_number(lata, world, changes, words):
    sent = form(world, note="Gate side", **changes)
    answer = lata.post("/terminal/hold", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Gate side"' in page
    assert sent["hold_id"] not in page
    assert holds.list_holds(sites=[small.SITE]) == []


def test_a_lot_that_is_held_already_cannot_be_held_again(lata, world):
    lata.post("/terminal/hold", form(world))
    again = lata.post("/terminal/hold", form(world))
    assert again.status_code == 422
    assert "on hold already" in again.content.decode()
    assert "disabled" in html_of(lata.get("/terminal?machine=IM-1"))


def test_a_form_without_its_number_is_refused(lata, world):
    assert lata.post("/terminal/hold", form(world, hold_id="x")).status_code == 400


def test_the_desk_has_no_terminal(as_user, world):
    assert as_user("asha").get("/terminal").status_code == 403
    assert as_user("asha").post("/terminal/hold", form(world)).status_code == 403
