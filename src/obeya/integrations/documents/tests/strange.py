"""Forms of purchasing programs that print close, broken or nested: drawn as PDF, invented buyers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from obeya.integrations.documents.tests.sheets import FASTENERS, HEAD, Column, Paper, money

CLOSE = (
    Column("Quantity", 78, "r"),
    Column("Units", 83),
    Column("Item", 108),
    Column("Vendor Name", 150),
    Column("Description", 235),
    Column("Rate", 505, "r"),
    Column("Amount", 550, "r"),
)
"""Columns so close that only the page's usual space tells names apart."""


def close_columns() -> bytes:
    paper = Paper()
    paper.write(*HEAD)
    paper.header(CLOSE)
    for n, one in enumerate(FASTENERS):
        cells = [str(one.quantity), one.said_unit, f"77{n}012", one.sku, one.words, money(one.price)]
        paper.row(CLOSE, [*cells, money(one.amount)])
    return paper.done()


def broken_cells() -> bytes:
    """The unit below the quantity, the code broken behind a hyphen, the day in two lines."""
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Part #", 40),
        Column("Description", 130),
        Column("Due on", 330),
        Column("Qty Ord", 440, "r"),
    ]
    paper.header(columns)
    for one in FASTENERS:
        start, end = one.sku.rsplit("-", 1)
        first, last = one.words.rsplit(" ", 1)
        cells = [f"{start}-\n{end}", f"{first}\n{last}", "03-\nMar-26", f"{one.quantity:,}\n{one.said_unit}"]
        _tight(paper, columns, cells)
        paper.down(0.6)
    return paper.done()


def _tight(paper: Paper, columns: Sequence[Column], cells: Sequence[str]) -> None:
    """A row whose lines stand closer than rows do."""
    for depth in range(2):
        for column, cell in zip(columns, cells, strict=True):
            if depth < len(parts := cell.split("\n")):
                paper.put(column.x, parts[depth], column.align)
        paper.down(0.85)


def codes_below() -> bytes:
    """The buyer's number in the row, ours in a sentence below it, and a day below that."""
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Item", 40),
        Column("Material", 75),
        Column("Description", 130),
        Column("Order Qty.", 420, "r"),
        Column("Unit", 430),
        Column("Net value", 540, "r"),
    ]
    paper.header(columns)
    for n, one in enumerate(FASTENERS, 1):
        words = one.words.rsplit(" ", 1)[0]  # some of it is missing, as where a field was too short
        cells = [
            f"{n * 10:05d}",
            f"47{n}9{n}1",
            words,
            f"{one.quantity}.000",
            one.said_unit,
            money(one.amount),
        ]
        paper.row(columns, cells)
        paper.write(f"Your material number: {one.sku}", x=75)
        paper.write("Delivery date: Day 03/03/2026", x=75)
    return paper.done()


def words_below() -> bytes:
    """No column of descriptions: the words stand below the code, across the other columns."""
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Item Code", 40),
        Column("Unit", 135),
        Column("Ordered", 210, "r"),
        Column("Received", 265, "r"),
        Column("Back Order", 330, "r"),
        Column("Unit Cost", 400, "r"),
        Column("Amount", 470, "r"),
    ]
    paper.header(columns)
    for one in FASTENERS:
        count = money(Decimal(one.quantity))
        paper.row(
            columns, [one.sku, one.said_unit, count, "0.00", "0.00", money(one.price), money(one.amount)]
        )
        paper.write(one.words, x=60)
    return paper.done()


def price_with_its_basis() -> bytes:
    """Pieces, priced by the hundred, which only the price's own cell says."""
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Qty", 70, "r"),
        Column("U of M", 80),
        Column("Item / Description", 130),
        Column("Unit Price", 470, "r"),
        Column("Amount", 550, "r"),
    ]
    paper.header(columns)
    for one in FASTENERS:
        cells = [
            f"{one.quantity * 100:,}",
            "EA",
            f"{one.sku} {one.words}",
            f"{money(one.price)}/C",
            money(one.amount),
        ]
        paper.row(columns, cells)
    return paper.done()


def labels_in_the_description() -> bytes:
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Line", 40),
        Column("Description / HSN", 80),
        Column("Qty", 420, "r"),
        Column("UOM", 440),
    ]
    paper.header(columns)
    for n, one in enumerate(FASTENERS, 1):
        paper.row(
            columns,
            [str(n), f"{one.words}\nHSN: 73181500  Need by: 03/03/2026", str(one.quantity), one.said_unit],
        )
        paper.down(0.4)
    return paper.done()


def titled(*titles: str, second: str = "") -> Callable[[], bytes]:
    """An order under other words than "purchase order", or two in one file."""

    def draw() -> bytes:
        paper = Paper()
        for number in ["TC-88121", second] if second else ["TC-88121"]:
            paper.write("TRI-COUNTY SUPPLY CO", *titles, f"PO Number: {number}     Date: 02/23/2026")
            columns = [
                Column("Part No", 40),
                Column("Description", 160),
                Column("Qty", 440, "r"),
                Column("UOM", 460),
            ]
            paper.header(columns)
            for one in FASTENERS:
                paper.row(columns, [one.sku, one.words, str(one.quantity), one.said_unit])
            paper.turn()
        return paper.done()

    return draw
