"""The table of price rules by itself: which row holds, what can never hit, what is wrong with a row."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.orders.pricing import checking, comparing, covering, differing, table, typed, wording

D = Decimal
UNITS = {"pcs": D(1), "ctn": D(12)}
LINE = table.Line(
    customer="GULF",
    customer_group="RETAIL",
    item="BLEACH-1L",
    category="Cleaners",
    quantity=D(10),
    uom="ctn",
    units=UNITS,
    on=date(2026, 3, 10),
    currency="AED",
    list_price=D(120),
    floor=None,
    cost=D(90),
)
FACTS = checking.Facts(
    currency="AED",
    today=date(2026, 3, 10),
    customers={
        "GULF": checking.Customer("Gulf Mart", "RETAIL", "AED", True),
        "OLD": checking.Customer("Old Shop", "", "AED", False),
    },
    items={
        "BLEACH-1L": checking.Item("Bleach 1 l", "Cleaners", "pcs", UNITS, D("7.5"), True),
        "MOP": checking.Item("Mop", "Tools", "pcs", {"pcs": D(1)}, None, True),
    },
    categories={
        "Cleaners": checking.Category(4, 1, {"pcs": 4, "ctn": 3}),
        "Tools": checking.Category(2, 0, {"pcs": 2}),
        "": checking.Category(6, 1, {"pcs": 6, "ctn": 3}),
    },
    groups={"RETAIL": frozenset({"AED"}), "EXPORT": frozenset({"USD"})},
    currencies=frozenset({"AED", "USD"}),
    prices={
        "BLEACH-1L": [
            covering.ListPrice("RETAIL", "AED", D(1), D(10)),
            covering.ListPrice("RETAIL", "AED", D(240), D(9)),
        ]
    },
)


def row(**told: str) -> table.Row:
    return typed.row_of(told)


def judge(*rows: table.Row, **line: object) -> table.Priced:
    return table.Table(rows).judge(dataclasses.replace(LINE, **line))  # type: ignore[arg-type]  # the line's own fields


def wrongs(*rows: table.Row) -> list[tuple[int, str, str]]:
    return [(one.place, one.grade, one.field) for one in checking.problems_of(rows, FACTS)]


def test_without_rows_everything_is_as_the_catalog_says():
    assert judge(floor=D(100)) == table.Priced(price=D(120), floor=D(100))


@pytest.mark.parametrize(
    ("told", "floor"),
    [
        ({"floor_over_cost_pct": "12"}, D("100.8")),
        ({"floor_below_list_pct": "5"}, D(114)),
        ({"floor_price": "8.75", "unit": "pcs", "currency": "AED"}, D(105)),
        ({"floor_price": "104", "unit": "ctn", "currency": "AED"}, D(104)),
        ({"floor_over_cost_pct": "12", "floor_below_list_pct": "5"}, D(114)),
    ],
)
def test_a_floor_is_an_amount_percent_below_list_or_percent_over_cost_and_the_highest_holds(told, floor):
    assert judge(row(**told)).floor == floor


@pytest.mark.parametrize(
    ("told", "price"),
    [
        ({"price_off_list_pct": "5"}, D(114)),
        ({"price": "9", "unit": "pcs", "currency": "AED"}, D(108)),
    ],
)
def test_a_tier_gives_the_price_in_place_of_the_lists(told, price):
    priced = judge(row(**told))
    assert (priced.price, priced.price_row, priced.floor) == (price, 1, None)


def test_the_first_row_that_fits_wins_for_floor_and_price_each():
    rows = (
        row(customer="OTHER", floor_over_cost_pct="50"),
        row(price_off_list_pct="3"),
        row(customer="GULF", floor_over_cost_pct="5"),
        row(floor_over_cost_pct="20", price_off_list_pct="9"),
    )
    priced = judge(*rows)
    assert (priced.price_row, priced.floor_row) == (2, 3)
    assert (priced.price, priced.floor) == (D("116.4"), D("94.5"))


def test_the_catalogs_floor_is_never_lowered():
    assert judge(row(floor_over_cost_pct="5"), floor=D(110)).floor == 110
    assert judge(row(floor_over_cost_pct="5"), floor=D(80)).floor == D("94.5")


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ({"customer": "GULF"}, True),
        ({"customer": "OTHER"}, False),
        ({"customer_group": "RETAIL", "category": "Cleaners"}, True),
        ({"customer_group": "EXPORT"}, False),
        ({"item": "MOP"}, False),
        ({"quantity_from": "10", "quantity_unit": "ctn"}, True),
        ({"quantity_from": "120"}, True),
        ({"quantity_from": "121"}, False),
        ({"quantity_below": "10", "quantity_unit": "ctn"}, False),
        ({"quantity_below": "11", "quantity_unit": "ctn"}, True),
        ({"quantity_from": "1", "quantity_unit": "pallet"}, False),
        ({"valid_from": "2026-03-10", "valid_to": "2026-03-10"}, True),
        ({"valid_from": "2026-03-11"}, False),
        ({"valid_to": "2026-03-09"}, False),
    ],
)
def test_a_row_fits_by_names_quantity_and_days(told, fits):
    assert (judge(row(floor_below_list_pct="5", **told)).floor_row == 1) is fits


def test_an_amount_holds_only_for_prices_in_its_currency():
    told = row(floor_price="10", unit="pcs", currency="USD")
    assert judge(told) == table.Priced(price=D(120), floor=None)
    assert judge(told, currency="USD").floor == 120


@pytest.mark.parametrize(
    ("told", "line", "why"),
    [
        (
            {"floor_over_cost_pct": "12"},
            {"cost": None, "cost_problem": "ERP gives no cost for it"},
            "no cost",
        ),
        ({"floor_below_list_pct": "5"}, {"list_price": None}, "no list price"),
        ({"floor_price": "9", "unit": "pallet", "currency": "AED"}, {}, "not sold in pallet"),
        ({"price": "9", "unit": "pallet", "currency": "AED"}, {}, "not sold in pallet"),
    ],
)
def test_what_cannot_be_worked_out_is_said_and_not_passed(told, line, why):
    priced = judge(row(**told), floor=D(80), **line)
    assert why in priced.unknown
    assert "price rule 1" in priced.unknown


def test_a_tier_stands_in_for_a_missing_list_price():
    assert judge(row(price="9", unit="pcs", currency="AED"), list_price=None).price == 108


def test_of_two_thousand_rows_only_a_few_are_looked_at_for_a_line():
    """Forty lines against a full table: rows that name another item or customer cost nothing."""
    many = [row(item=f"SKU-{n}", customer=f"C-{n % 50}", floor_below_list_pct="5") for n in range(1_998)]
    rules = table.Table(
        [row(category="Tools", floor_below_list_pct="2"), *many, row(floor_below_list_pct="9")]
    )
    lines = [
        dataclasses.replace(LINE, item=f"SKU-{n}", customer=f"C-{n % 50}", category="Cleaners")
        for n in range(0, 1_998, 50)
    ]
    looked_at = [len(list(rules.candidates(line))) for line in lines]
    assert len(lines) == 40
    assert max(looked_at) == 2
    assert [rules.judge(line).floor_row for line in lines] == [n + 2 for n in range(0, 1_998, 50)]


ROWS = st.builds(
    table.Row,
    customer=st.sampled_from(["", "GULF", "OTHER"]),
    customer_group=st.sampled_from(["", "RETAIL", "EXPORT"]),
    item=st.sampled_from(["", "BLEACH-1L", "MOP"]),
    category=st.sampled_from(["", "Cleaners", "Tools"]),
    quantity_from=st.sampled_from([None, D(0), D(60), D(120)]),
    quantity_below=st.sampled_from([None, D(60), D(120), D(500)]),
    valid_from=st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 11)]),
    valid_to=st.sampled_from([None, date(2026, 3, 10), date(2026, 3, 31)]),
    floor_below_list_pct=st.sampled_from([None, D(5), D(8)]),
    price_off_list_pct=st.sampled_from([None, D(3)]),
)
LINES = st.builds(
    dataclasses.replace,
    st.just(LINE),
    customer=st.sampled_from(["GULF", "OTHER"]),
    customer_group=st.sampled_from(["RETAIL", "EXPORT"]),
    item=st.sampled_from(["BLEACH-1L", "MOP"]),
    category=st.sampled_from(["Cleaners", "Tools"]),
    quantity=st.sampled_from([D(1), D(5), D(10), D(50)]),
    on=st.sampled_from([date(2026, 2, 20), date(2026, 3, 5), date(2026, 3, 10), date(2026, 4, 1)]),
)


@given(st.lists(ROWS, max_size=12), LINES)
def test_the_index_finds_what_reading_every_row_finds(rows, line):
    named = [
        place
        for place, one in enumerate(rows, 1)
        if all(want in ("", has) for want, has in zip(one.key, _key(line), strict=True))
        and table.fits(one, line)
    ]
    found = table.Table(rows).judge(line)
    assert found.floor_row == next((n for n in named if rows[n - 1].sets_floor), None)
    assert found.price_row == next((n for n in named if rows[n - 1].sets_price), None)


def _key(line: table.Line) -> table.Key:
    return (line.customer, line.customer_group, line.item, line.category)


@given(st.lists(ROWS, max_size=8), LINES)
def test_a_row_that_is_called_dead_never_sets_anything(rows, line):
    dead = {place for place, _ in covering.shadowed(rows, {}, {}, {"BLEACH-1L": UNITS, "MOP": UNITS})}
    found = table.Table(rows).judge(line)
    assert found.floor_row not in dead
    assert found.price_row not in dead


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ([{}], {"customer": "GULF"}),
        ([{"customer_group": "RETAIL"}], {"customer": "GULF"}),
        ([{"category": "Cleaners"}], {"item": "BLEACH-1L"}),
        ([{"quantity_below": "10"}, {"quantity_from": "10"}], {"item": "BLEACH-1L"}),
        (
            [{"quantity_below": "120"}, {"quantity_from": "120"}],
            {"item": "BLEACH-1L", "quantity_from": "1", "quantity_unit": "ctn"},
        ),
        ([{"valid_to": "2026-03-31"}, {"valid_from": "2026-04-01"}], {"customer": "GULF"}),
    ],
)
def test_a_row_is_stopped_where_the_rows_above_take_all_its_orders(above, below):
    rows = [row(floor_below_list_pct="5", **told) for told in (*above, below)]
    assert (len(rows), "stop", "") in wrongs(*rows)


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ([{"customer": "GULF"}], {}),
        ([{"quantity_from": "10"}], {"item": "BLEACH-1L"}),
        ([{"quantity_below": "10"}, {"quantity_from": "11"}], {"item": "BLEACH-1L"}),
        ([{"valid_to": "2026-03-31"}], {"customer": "GULF"}),
        ([{"category": "Tools"}], {"item": "BLEACH-1L"}),
    ],
)
def test_a_row_with_something_of_its_own_may_stand_below(above, below):
    rows = [row(floor_below_list_pct="5", **told) for told in (*above, below)]
    assert not [one for one in wrongs(*rows) if one[1] == "stop"]


def test_a_floor_above_does_not_take_the_price_of_a_row_below():
    assert not wrongs(row(floor_below_list_pct="5"), row(price_off_list_pct="3"))
    assert wrongs(row(floor_below_list_pct="5"), row(floor_below_list_pct="3"))


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"customer": "NOBODY", "floor_below_list_pct": "5"}, ("wrong", "customer")),
        ({"customer_group": "NONE", "floor_below_list_pct": "5"}, ("wrong", "customer_group")),
        (
            {"customer": "GULF", "customer_group": "EXPORT", "floor_below_list_pct": "5"},
            ("wrong", "customer_group"),
        ),
        ({"item": "NOTHING", "floor_below_list_pct": "5"}, ("wrong", "item")),
        ({"category": "Nothing", "floor_below_list_pct": "5"}, ("wrong", "category")),
        ({"item": "MOP", "category": "Cleaners", "floor_below_list_pct": "5"}, ("wrong", "category")),
        ({}, ("wrong", "")),
        ({"floor_below_list_pct": "100"}, ("wrong", "floor_below_list_pct")),
        ({"floor_below_list_pct": "-1"}, ("wrong", "floor_below_list_pct")),
        ({"floor_over_cost_pct": "1001"}, ("wrong", "floor_over_cost_pct")),
        ({"price_off_list_pct": "0"}, ("wrong", "price_off_list_pct")),
        ({"price_off_list_pct": "5", "price": "9", "unit": "pcs", "currency": "AED"}, ("wrong", "price")),
        ({"floor_price": "0", "unit": "pcs", "currency": "AED"}, ("wrong", "floor_price")),
        ({"floor_price": "9", "currency": "AED"}, ("wrong", "unit")),
        ({"floor_price": "9", "unit": "pcs"}, ("wrong", "currency")),
        ({"customer": "GULF", "floor_price": "9", "unit": "pcs", "currency": "USD"}, ("wrong", "currency")),
        (
            {"customer_group": "EXPORT", "floor_price": "9", "unit": "pcs", "currency": "AED"},
            ("wrong", "currency"),
        ),
        ({"floor_price": "9", "unit": "pcs", "currency": "INR"}, ("wrong", "currency")),
        ({"item": "MOP", "floor_price": "9", "unit": "ctn", "currency": "AED"}, ("wrong", "unit")),
        (
            {"category": "Tools", "quantity_from": "1", "quantity_unit": "ctn", "floor_below_list_pct": "5"},
            ("wrong", "quantity_unit"),
        ),
        ({"category": "Cleaners", "floor_price": "9", "unit": "ctn", "currency": "AED"}, ("look", "unit")),
        (
            {"quantity_from": "10", "quantity_below": "10", "floor_below_list_pct": "5"},
            ("wrong", "quantity_below"),
        ),
        (
            {"valid_from": "2026-04-01", "valid_to": "2026-03-31", "floor_below_list_pct": "5"},
            ("wrong", "valid_to"),
        ),
        ({"valid_to": "2026-03-09", "floor_below_list_pct": "5"}, ("look", "valid_to")),
        ({"customer": "OLD", "floor_below_list_pct": "5"}, ("look", "customer")),
        ({"item": "MOP", "floor_over_cost_pct": "5"}, ("look", "floor_over_cost_pct")),
        ({"category": "Cleaners", "floor_over_cost_pct": "5"}, ("look", "floor_over_cost_pct")),
        (
            {"item": "BLEACH-1L", "floor_price": "9.5", "unit": "pcs", "currency": "AED"},
            ("look", "floor_price"),
        ),
        ({"item": "BLEACH-1L", "floor_over_cost_pct": "25"}, ("look", "floor_over_cost_pct")),
        ({"floor_below_list_pct": "5", "price_off_list_pct": "6"}, ("look", "price")),
    ],
)
def test_what_is_wrong_with_a_row_is_said_of_its_field(told, problem):
    assert (1, *problem) in wrongs(row(**told))


def test_a_floor_is_held_against_the_list_prices_of_its_quantities_only():
    small = {"quantity_below": "20", "quantity_unit": "ctn"}
    told = {"item": "BLEACH-1L", "floor_price": "9.5", "unit": "pcs", "currency": "AED"}
    assert not wrongs(row(**told, **small))


@pytest.mark.parametrize("text", ["1,200", "twelve", "1e5", "NaN", "٥", "9" * 20, "1.1234567"])
def test_a_number_that_can_be_misread_is_refused(text):
    with pytest.raises(typed.NotARow):
        row(floor_below_list_pct=text)


def test_a_rule_is_told_in_a_sentence():
    names = wording.Names({"GULF": "Gulf Mart"}, {"BLEACH-1L": "Bleach 1 l"})
    told = row(
        customer="GULF",
        category="Cleaners",
        floor_over_cost_pct="12",
        quantity_from="10",
        quantity_unit="ctn",
    )
    assert wording.sentence(told, names) == "Gulf Mart: at least 12 % over cost on Cleaners, from 10 ctn"
    tier = row(
        customer_group="RETAIL",
        item="BLEACH-1L",
        price="9.50",
        unit="pcs",
        currency="aed",
        valid_to="2026-03-31",
    )
    assert (
        wording.sentence(tier, names)
        == "Customers of RETAIL: pays AED 9.5 per pcs on BLEACH-1L Bleach 1 l, until 31 March 2026"
    )


def test_a_file_comes_back_as_it_went_and_no_spreadsheet_takes_a_note_for_a_formula():
    rows = (
        row(customer="GULF", floor_over_cost_pct="12.5", note="=HYPERLINK(1)"),
        row(item="BLEACH-1L", price="9", unit="pcs", currency="AED", valid_from="2026-03-01"),
    )
    text = typed.to_csv(rows)
    assert "'=HYPERLINK(1)" in text
    assert typed.from_csv("\ufeff" + text.replace(",", ";")) == rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer,colour\nGULF,red\n", "Unknown columns: colour"),
        ("customer,floor_price\nGULF,cheap\n", "line 2, floor_price"),
        ("customer\nGULF,5\n", "line 2 has more cells"),
        ("customer\n\0", "not a text file"),
        ('customer\n"GULF', "cannot be read as CSV"),
        ("customer\n" + "GULF\n" * 2_001, "at most 2,000 rows"),
        ("x" * 1_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_table_of_rules_is_refused_with_the_reason(text, said):
    with pytest.raises(typed.NotAFile, match=said):
        typed.from_csv(text)


@given(st.text(max_size=400))
def test_any_text_is_a_table_or_is_refused(text):
    try:
        rows = typed.from_csv(text)
    except typed.NotAFile as error:
        rows, told = None, str(error)
    assert told if rows is None else typed.from_csv(typed.to_csv(rows)) == rows


def test_what_was_kept_comes_back_with_its_id():
    told = dataclasses.replace(row(customer="GULF", floor_over_cost_pct="12.50"), id=7)
    assert typed.from_kept(typed.kept(told)) == told


def test_a_difference_tells_what_came_went_changed_and_moved():
    one, two, three = (
        dataclasses.replace(row(item=sku, floor_below_list_pct="5"), id=n)
        for n, sku in enumerate(["A", "B", "C"], 1)
    )
    other = dataclasses.replace(two, item="D")
    found = differing.between((one, two, three), (three, other, dataclasses.replace(one, id=4)))
    assert [(c.place, c.before, bool(c.after)) for c in found.changes] == [
        (2, two, True),
        (3, None, True),
        (1, one, False),
    ]
    assert found.moved
    assert not differing.between((one, two), (one, two))


def test_a_file_keeps_the_ids_of_the_rules_it_repeats():
    old = [
        dataclasses.replace(row(item=sku, floor_below_list_pct="5"), id=n) for n, sku in ((3, "A"), (5, "B"))
    ]
    told = [row(item=sku, floor_below_list_pct="5") for sku in ("B", "C", "A", "A")]
    rows, next_id = differing.with_known_ids(told, old, 9)
    assert ([one.id for one in rows], next_id) == ([5, 9, 3, 10], 11)


def booked(price: str, before: table.Priced, after: table.Priced, **told: str) -> comparing.Booked:
    values = {
        "order": "OB-1",
        "customer": "GULF",
        "customer_name": "Gulf Mart",
        "item": "MOP",
        "item_name": "Mop",
    }
    return comparing.Booked(
        **(values | told),
        order_id="",
        quantity=D(10),
        uom="pcs",
        currency="AED",
        price=D(price),
        before=before,
        after=after,
    )


@pytest.mark.parametrize(
    ("price", "before", "after", "asked", "freed", "moved", "short"),
    [
        ("9", table.Priced(D(10), None), table.Priced(D(10), D("9.5")), True, False, D(0), D(5)),
        ("9", table.Priced(D(10), D("9.5")), table.Priced(D(10), D(9)), False, True, D(0), D(0)),
        ("10", table.Priced(D(10), D(8)), table.Priced(D(9), D("9.5")), True, False, D(-10), D(5)),
        ("9", table.Priced(D(10), None), table.Priced(D(11), D("8")), False, False, D(10), D(0)),
        ("9", table.Priced(D(10), D("9.5")), table.Priced(D(10), D("9.5")), False, False, D(0), D(5)),
    ],
)
def test_a_booked_line_is_held_against_new_rules(price, before, after, asked, freed, moved, short):
    one = comparing.compare(booked(price, before, after))
    assert (one.asked, one.freed, one.moved, one.short) == (asked, freed, moved, short)


def test_a_report_puts_the_biggest_differences_first_and_says_what_it_could_not_judge():
    same, unknown = (
        table.Priced(D(10), None),
        table.Priced(D(10), None, unknown="price rule 1 cannot be worked out"),
    )
    lines = [
        booked("10", same, table.Priced(D("9.9"), None), order="OB-1"),
        booked("10", same, table.Priced(D(8), None), order="OB-2", item="BLEACH"),
        booked("10", same, same, order="OB-3"),
        booked("10", same, unknown, order="OB-4"),
    ]
    told = comparing.report_of(lines)
    assert [one["order"] for one in told["biggest"]] == ["OB-2", "OB-1"]
    assert [(one["code"], one["moved"]) for one in told["items"]] == [("BLEACH", "-20.00"), ("MOP", "-1.00")]
    assert (told["orders"], told["lines"], told["repriced"], told["left_out"]) == (4, 3, 2, 1)
    assert told["reasons"] == [["It would be asked about: price rule 1 cannot be worked out.", 1, "OB-4"]]


def test_a_report_stays_small_however_many_lines_change():
    before, after = table.Priced(D(10), None), table.Priced(D(9), None)
    told = comparing.report_of(
        booked("10", before, after, order=f"OB-{n}", customer=f"C{n}", item=f"I{n}") for n in range(3_000)
    )
    assert (len(told["biggest"]), len(told["customers"]), len(told["items"])) == (200, 50, 50)
    assert told["repriced"] == 3_000
