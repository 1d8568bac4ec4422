"""A quality hold from the terminal's form to the hold location of a real Tryton."""

import uuid
from datetime import timedelta

import pytest

from obeya.cases import queries as cases
from obeya.catalog import actions as catalog
from obeya.decisions import queries as requests
from obeya.floor import queries as holds
from obeya.journal import verification
from obeya.outbox import queries as outbox
from obeya.web.terminal import taps
from tests.stories import front_door, running

pytestmark = [pytest.mark.erp, pytest.mark.django_db(transaction=True)]

ASKED = {"quality": "meera", "planning": "ravi", "materials": "imran", "customer_service": "kavita"}
KEEP = {
    "planning": "no_effect",
    "materials": "not_needed",
    "customer_service": "no_customer",
    "quality": "keep_on_hold",
}


def tap(lot, machine="IM-1", hold_id=""):
    """An operator holds a lot at the terminal; returns the page that answers."""
    filled = {"lot_code": lot, "reason": "short_shot", "extent": "whole", "note": "Every tenth piece"}
    if hold_id:
        filled["hold_id"] = hold_id
    lata = front_door.Person("lata")
    return lata.send(f"/terminal?machine={machine}", having="hold_id", filled=filled)


def hold_of(lot):
    (hold,) = [hold for hold in holds.list_holds(sites=["PUNE"]) if hold.lot == lot]
    return hold


def case_of(lot):
    case_id = hold_of(lot).case_id
    assert case_id is not None
    return cases.get_case(case_id)


def decide(lot, function, option):
    """The person of the function opens the request's page and sends its form."""
    (request,) = [q.request for q in case_of(lot).questions if q.request.function == function]
    filled = {"option": option, "rationale": f"Looked at it: {option}"}
    page = front_door.Person(ASKED[function]).send(f"/requests/{request.id}", having="option", filled=filled)
    assert page.status_code == 200


def test_all_answers_move_the_lot_to_the_hold_location_and_close_the_case(plant):
    lot, sku = "C38W-0310", "CAP-38-WHT"
    before = plant.stock(sku, lot)
    assert tap(lot).status_code == 200
    assert {q.request.function for q in case_of(lot).questions} == set(ASKED)
    for function, option in KEEP.items():
        assert case_of(lot).state == "open"
        decide(lot, function, option)
        running.settle()
    assert case_of(lot).state == "closed"
    assert plant.stock(sku, lot) == {"HOLD": sum(before.values())}
    (posting,) = outbox.list_postings(subject=f"case:{case_of(lot).id}")
    assert posting.state_text == f"In Tryton as {posting.number}."
    types = [event.type for event in cases.story_of(case_of(lot)).events]
    assert types[:3] == ["inbox.signal_received", "floor.lot_held", "cases.case_opened"]
    assert types.count("decisions.request_decided") == 4
    assert verification.verify().sound


def test_a_release_leaves_the_lot_where_it_is(plant):
    lot, sku = "C38B-0288", "CAP-38-BLU"
    before, shipments = plant.stock(sku, lot), plant.count_shipments()
    tap(lot)
    for function, option in (KEEP | {"quality": "release"}).items():
        decide(lot, function, option)
    running.settle()
    assert case_of(lot).state == "closed"
    assert (plant.stock(sku, lot), plant.count_shipments()) == (before, shipments)


def test_a_lot_that_was_held_goes_back_to_where_it_lay(plant):
    lot, sku = "RPC-0714", "RES-PP-CLR"
    before = plant.stock(sku, lot)
    assert len(before) > 1
    tap(lot)
    first = case_of(lot)
    for function, option in KEEP.items():
        decide(lot, function, option)
    running.settle()
    assert plant.stock(sku, lot) == {"HOLD": sum(before.values())}
    catalog.sync_now(connector="tryton")
    tap(lot)
    again = [case for case in cases.list_cases(sites=["PUNE"]) if case.id != first.id]
    for function, option in (KEEP | {"quality": "release"}).items():
        (request,) = [
            q.request for q in cases.get_case(again[0].id).questions if q.request.function == function
        ]
        filled = {"option": option, "rationale": "Measured again: good"}
        front_door.Person(ASKED[function]).send(f"/requests/{request.id}", having="option", filled=filled)
    running.settle()
    assert plant.stock(sku, lot) == before


def test_a_tap_sent_again_by_the_tablet_holds_once(plant):
    hold_id = str(uuid.uuid4())
    for _ in range(3):
        assert tap("CTW-0519", hold_id=hold_id).status_code == 200
    assert len(cases.list_cases(sites=["PUNE"])) == 1
    (signal,) = front_door.signals()
    running.settle()
    assert (signal.source, signal.natural_key) == ("terminal", hold_id)


def test_a_tap_whose_request_died_is_carried_out_all_the_same(plant, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(taps, "carry_out", died)
        with pytest.raises(Died):
            tap("DTW-0183")
    assert holds.list_holds(sites=["PUNE"]) == []
    running.settle()
    hold = hold_of("DTW-0183")
    assert (hold.reason, hold.machine, hold.note) == ("short_shot", "IM-1", "Every tenth piece")
    (signal,) = front_door.signals()
    assert (signal.state, signal.became) == ("understood", f"hold:{hold.id}")
    assert len(case_of("DTW-0183").questions) == 4


class Died(Exception):
    """The process that served the request is gone."""


def died(*_told):
    raise Died


def test_who_does_not_answer_is_reminded_and_passed_over_to_the_second(plant, time_at_plant):
    tap("CRW-0340")
    case = case_of("CRW-0340")
    (request,) = [q.request for q in case.questions if q.request.function == "quality"]
    decide("CRW-0340", "planning", "no_effect")
    time_at_plant.advance(request.due_at - time_at_plant.now() - timedelta(seconds=1))
    running.tick()
    assert all(told.reminder for told in requests.get_request(request.id).escalations)
    time_at_plant.advance(timedelta(seconds=1))
    running.tick()
    (told,) = [one for one in requests.get_request(request.id).escalations if not one.reminder]
    assert (told.to, told.escalated_at) == ("production", request.due_at)
    page = front_door.Person("vijay").client.get("/waiting")
    assert "CRW-0340" in page.content.decode()
    running.settle()
    assert case_of("CRW-0340").state == "open"
