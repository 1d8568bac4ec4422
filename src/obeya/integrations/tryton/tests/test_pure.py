"""The parts without a network: JSON, stamps, formulas, cursors."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.integrations.tryton import cursors, formulas, stamps, wire
from obeya.outbox import ports

MOMENT = datetime.datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=datetime.UTC)


def movement(quantity: str) -> ports.GoodsMovement:
    moved = ports.LotQuantity(sku="A", quantity=Decimal(quantity), lot="L")
    return ports.GoodsMovement(
        moves=(moved,), from_location="FG", to_location="HOLD", posted_on=MOMENT.date()
    )


def test_decimals_dates_and_moments_survive_the_way_to_tryton_and_back() -> None:
    sent = wire.encode({"a": Decimal("0.10"), "b": MOMENT.date(), "c": MOMENT, "d": [1, "x", None]})
    assert wire.decode(json.dumps(sent)) == {
        "a": Decimal("0.10"),
        "b": MOMENT.date(),
        "c": MOMENT,
        "d": [1, "x", None],
    }


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_a_quantity_comes_back_as_it_went(quantity: Decimal) -> None:
    assert wire.decode(repr(wire.quantity(quantity))) == quantity


def test_a_stamp_tells_a_replay_from_another_payload() -> None:
    key = "0123456789abcdef"
    text = f"PO-IM1 {stamps.stamp(key, movement('5'))}"
    assert stamps.holds(text, key)
    assert not stamps.differs(text, key, movement("5.000"))
    assert stamps.differs(text, key, movement("6"))
    assert not stamps.holds(text, "0123456789abcde")
    assert not stamps.holds(None, key)


@pytest.mark.parametrize("key", ["", "short", "with%percent", "with_underscore", "x" * 200])
def test_a_key_that_a_search_could_misread_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        stamps.prefix(key)


@pytest.mark.parametrize(
    ("formula", "price"),
    [
        ("0.52", "0.52"),
        ("list_price * 0.9", "9"),
        ("unit_price - 0.5", "9.5"),
        ("(cost_price + 1) / 2", "3.5"),
        ("-1 + 2.10", "1.10"),
    ],
)
def test_a_formula_is_worked_out_in_decimals(formula: str, price: str) -> None:
    names = {"list_price": Decimal(10), "unit_price": Decimal(10), "cost_price": Decimal(6)}
    assert formulas.value(formula, names) == Decimal(price)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "unit_price ** 99",
        "round(unit_price)",
        "__import__('os')",
        "1 / 0",
        "(" * 400,
        "x",
        "1 if 1 else 2",
    ],
)
def test_a_formula_beyond_us_is_not_guessed_at(formula: str) -> None:
    with pytest.raises(formulas.CannotReadFormula):
        formulas.value(formula, {"unit_price": Decimal(1)})


def test_the_first_line_that_fits_sets_the_price() -> None:
    lines = [
        formulas.Line(product=7, category=None, quantity=Decimal(100), formula="8"),
        formulas.Line(product=7, category=None, quantity=Decimal(1), formula="10"),
        formulas.Line(product=None, category=3, quantity=None, formula="20"),
        formulas.Line(product=None, category=None, quantity=None, formula="odd()"),
    ]
    steps = formulas.breaks(lines, product=7, categories=[3], names={})
    assert steps == [(Decimal(0), Decimal(20)), (Decimal(1), Decimal(10)), (Decimal(100), Decimal(8))]
    assert formulas.breaks(lines, product=8, categories=[3], names={}) == [(Decimal(0), Decimal(20))]
    assert formulas.breaks(lines, product=8, categories=[], names={}) == []


def test_a_cursor_starts_a_little_before_the_newest_row_and_knows_what_it_has_seen() -> None:
    rows = [{"id": 1, "write_date": MOMENT, "lines": [{"create_date": MOMENT, "write_date": None}]}]
    cursor, new = cursors.turn(rows, "")
    assert new
    assert cursors.start(cursor) == MOMENT - cursors.OVERLAP
    assert cursors.turn(rows, cursor) == (cursor, False)
    later = [{"id": 1, "write_date": MOMENT + datetime.timedelta(seconds=1)}]
    after, new = cursors.turn(later, cursor)
    assert new
    assert cursors.start(after) > cursors.start(cursor)  # type: ignore[operator]  # both are moments


@pytest.mark.parametrize("cursor", ["", "nonsense", "|abc", "2026-03-02T10:30:15"])
def test_a_cursor_that_is_not_ours_reads_everything(cursor: str) -> None:
    assert cursors.start(cursor) is None
