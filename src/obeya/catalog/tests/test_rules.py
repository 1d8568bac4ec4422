"""Prices, units, lot status and faults of rows, without a database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.catalog import ports, rules
from obeya.catalog.tests import world

D = Decimal

UNITS = {"pcs": D(1), "box": D(500), "ctn": D(5000)}
PIECES = [
    rules.Break("pcs", D(1), D("0.52"), "INR"),
    rules.Break("pcs", D(50000), D("0.504"), "INR"),
    rules.Break("pcs", D(200000), D("0.489"), "INR"),
]


@pytest.mark.parametrize(
    ("quantity", "expected", "since"),
    [
        ("1", "0.52", "1"),
        ("49999.9", "0.52", "1"),
        ("50000", "0.504", "50000"),
        ("900000", "0.489", "200000"),
    ],
)
def test_the_break_that_is_reached_sets_the_price(quantity, expected, since):
    priced = rules.price(PIECES, UNITS, "pcs", "pcs", D(quantity))
    assert (priced.unit_price, priced.break_from, priced.source) == (D(expected), D(since), "list")


def test_a_carton_is_priced_from_pieces_by_the_pieces_it_holds():
    priced = rules.price(PIECES, UNITS, "pcs", "ctn", D(10))
    assert priced.unit_price == D(2520)
    assert priced.break_from == D(10)
    assert priced.source == "converted"
    assert "1 ctn = 5000 pcs" in priced.text


def test_a_price_in_the_asked_unit_wins_over_a_converted_one():
    breaks = [*PIECES, rules.Break("ctn", D(1), D(2400), "INR")]
    priced = rules.price(breaks, UNITS, "pcs", "ctn", D(10))
    assert (priced.unit_price, priced.source) == (D(2400), "list")


def test_a_piece_is_priced_from_a_carton_when_the_list_knows_only_cartons():
    priced = rules.price([rules.Break("ctn", D(1), D(2600), "INR")], UNITS, "pcs", "pcs", D(5000))
    assert (priced.unit_price, priced.source, priced.break_from) == (D("0.52"), "converted", D(5000))


def test_a_quantity_below_the_first_break_has_no_price_and_says_from_where_it_has():
    priced = rules.price(PIECES[1:], UNITS, "pcs", "pcs", D(10))
    assert priced.unit_price is None
    assert "only from 50000 pcs" in priced.text


def test_a_list_without_the_item_has_no_price():
    assert rules.price([], UNITS, "pcs", "pcs", D(10)).source == "none"


def test_a_unit_that_is_not_sold_is_refused_with_those_that_are():
    with pytest.raises(rules.UnitNotSold, match="box, ctn, pcs"):
        rules.price(PIECES, UNITS, "pcs", "pallet", D(1))


def test_the_floor_of_the_list_holds_before_the_general_one():
    general = rules.Floor("pcs", D("0.47"), "INR", own=False)
    own = rules.Floor("pcs", D("0.45"), "INR", own=True)
    assert rules.floor([general, own], UNITS, "pcs", "INR") == D("0.45")
    assert rules.floor([general], UNITS, "ctn", "INR") == D(2350)


def test_a_floor_in_the_asked_unit_wins_and_among_converted_ones_the_strictest():
    floors = [rules.Floor("pcs", D("0.5"), "INR", own=True), rules.Floor("box", D(260), "INR", own=True)]
    assert rules.floor(floors, UNITS, "ctn", "INR") == D(2600)
    assert rules.floor([*floors, rules.Floor("ctn", D(2400), "INR", own=True)], UNITS, "ctn", "INR") == D(
        2400
    )


def test_a_floor_in_another_currency_says_nothing():
    assert rules.floor([rules.Floor("pcs", D(9), "USD", own=True)], UNITS, "pcs", "INR") is None


@given(
    st.decimals("0.01", "100000", places=2),
    st.sampled_from(sorted(UNITS)),
    st.sampled_from(sorted(UNITS)),
)
def test_the_amount_of_a_line_does_not_depend_on_the_unit_it_is_ordered_in(quantity, ordered, other):
    """Price times quantity is the same in every unit, within the eighth place of the unit price."""
    one = rules.price(PIECES, UNITS, "pcs", ordered, quantity)
    same = rules.convert(quantity, ordered, other, UNITS)
    if one.unit_price is None or rules.convert(same, other, ordered, UNITS) != quantity:
        return
    two = rules.price(PIECES, UNITS, "pcs", other, same)
    assert two.unit_price is not None
    assert abs(one.unit_price * quantity - two.unit_price * same) <= D("0.00000001") * max(quantity, same)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=8))
def test_trimming_changes_no_number(value):
    assert rules.trim(value) == value
    assert D(rules.plain(value)) == value
    assert "E" not in rules.plain(value)


@pytest.mark.parametrize(
    ("before", "stock", "status"),
    [
        ("available", [("store", D(5))], "available"),
        ("available", [("store", D(5)), ("hold", D(1))], "on_hold"),
        ("on_hold", [("store", D(5)), ("hold", D(0))], "available"),
        ("scrapped", [], "scrapped"),
        ("scrapped", [("other", D(3))], "scrapped"),
        ("scrapped", [("line", D(3))], "available"),
        ("scrapped", [("hold", D(3))], "on_hold"),
    ],
)
def test_a_lot_is_on_hold_as_soon_as_any_of_it_lies_there(before, stock, status):
    assert rules.lot_status(before, stock) == status


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (world.item("A"), ""),
        (world.item(""), "sku is empty"),
        (world.item("A", units={"ctn": D(0)}), "no base units"),
        (world.item("A", description="x" * 2001), "too long"),
        (world.item("A\x00"), "control characters"),
        (world.item("A", cost=D("NaN")), "sensible size"),
        (world.price("A", "pcs", "1", "-1"), "below zero"),
        (world.price("A", "pcs", "1", "1e15"), "sensible size"),
        (world.bom("A", "B\x00"), "control characters"),
        (world.order("1", "A", quantity=D(0)), "not above zero"),
        (world.customer("K", phones=("x" * 2001,)), "too long"),
    ],
)
def test_a_row_that_no_table_can_hold_is_named(row, reason):
    found = rules.fault(row)
    assert found == "" if not reason else reason in found


def test_every_kind_of_row_has_a_key_and_a_list_of_what_it_needs():
    assert set(rules.REQUIRED) == set(ports.Row.__args__)


def test_a_circle_in_the_hierarchy_is_seen():
    assert rules.loops("A", "C", {"B": "A", "C": "B"})
    assert rules.loops("A", "A", {})
    assert not rules.loops("C", "B", {"B": "A"})
