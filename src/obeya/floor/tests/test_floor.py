"""The floor: a hold is placed once, on a lot that can be held, for a reason that can be tapped."""

import uuid
from decimal import Decimal

import pytest
from tests.worlds import small

from obeya.cases import quality_hold
from obeya.floor import actions, queries
from obeya.journal.events import Origin
from obeya.lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    clock.use(clock.ManualClock(small.START))
    quality_hold.register()
    yield small.create()
    clock.use(clock.SystemClock())


def hold(world, **more):
    operator = world.people["lata"]
    told = {
        "hold_id": uuid.uuid4(),
        "lot_id": world.lots[small.LOT],
        "quantity": None,
        "reason": "leak",
        "note": "",
        "machine": "IM-1",
        "by": operator,
        "origin": Origin.fresh(source="web.terminal", actor=operator.actor),
    } | more
    return actions.place_hold(**told)


def test_a_held_lot_is_known_to_be_held(world):
    placed = hold(world)
    assert placed.state == "placed"
    assert queries.held_lots([world.lots[small.LOT]]) == {world.lots[small.LOT]}
    assert [h.id for h in queries.list_holds(sites=[small.SITE], placed_only=True)] == [placed.id]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": "because"}, "reason"),
        ({"quantity": Decimal(0)}, "more than nothing"),
        ({"quantity": Decimal(-1)}, "more than nothing"),
        ({"quantity": Decimal(10) ** 9}, "only"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused_in_the_operators_words(world, wrong, words):
    with pytest.raises(actions.CannotPlaceHold, match=words):
        hold(world, **wrong)
    assert queries.list_holds(sites=[small.SITE]) == []


def test_a_part_of_a_lot_can_be_held(world):
    assert hold(world, quantity=Decimal(500)).quantity == 500


def test_what_an_operator_writes_is_kept_as_it_is(world):
    placed = hold(world, note="<b>गेट साइड</b> & short")
    assert placed.note == "<b>गेट साइड</b> & short"


def test_an_unknown_hold_is_said_to_be_unknown(world):
    with pytest.raises(queries.NoSuchHold):
        queries.get_hold(uuid.uuid4())
