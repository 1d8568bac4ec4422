"""Purchase orders of many layouts, drawn as PDF: invented buyers of the three trades of the reader's worlds.

A layout is how one purchasing program prints; nothing in the product knows any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib import pagesizes

from obeya.integrations.documents.tests import boxed, doubtful
from obeya.integrations.documents.tests.sheets import (
    CLEANING,
    FASTENERS,
    HEAD,
    WIRES,
    Column,
    Line,
    Paper,
    Wanted,
    money,
)  # fmt: skip


def unruled_us() -> bytes:
    paper = Paper()
    paper.write(*HEAD, "Ship To: Lima Branch")
    columns = [
        Column("Line", 40),
        Column("Qty", 90, "r"),
        Column("UOM", 105),
        Column("Vendor Part", 140),
        Column("Description", 240),
        Column("Unit Price", 500, "r"),
        Column("Ext", 570, "r"),
    ]
    paper.header(columns)
    for n, one in enumerate(FASTENERS, 1):
        paper.row(
            columns,
            [
                str(n),
                str(one.quantity),
                one.said_unit,
                one.sku,
                one.words,
                money(one.price),
                money(one.amount),
            ],
        )
    total = sum((one.amount for one in FASTENERS), Decimal(0))
    for name, value in (("Subtotal", total), ("Freight", Decimal("45.00")), ("Total", total + 45)):
        paper.put(500, name, "r")
        paper.put(570, money(value), "r")
        paper.down()
    paper.write("Confirm within 24 hours. Call 614-555-0142 with 2 copies of packing list.")
    return paper.done()


def wrapped_two_line_header() -> bytes:
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Item", 40),
        Column("Your\nItem No", 75),
        Column("Description\nof Material", 170),
        Column("Order\nQty", 390, "r"),
        Column("Unit", 405),
        Column("Unit\nPrice", 480, "r"),
        Column("Extended\nPrice", 560, "r"),
    ]
    paper.header(columns)
    for n, one in enumerate(FASTENERS, 1):
        first, second = (
            one.words[:18].rsplit(" ", 1)[0],
            one.words[len(one.words[:18].rsplit(" ", 1)[0]) + 1 :],
        )
        paper.row(
            columns,
            [
                str(n * 10),
                one.sku,
                f"{first}\n{second}",
                str(one.quantity),
                one.said_unit,
                money(one.price),
                money(one.amount),
            ],
        )
        paper.down(0.4)
    paper.write("Order Total 1 line per item, terms net 30", x=40)
    return paper.done()


def monospaced_description_below() -> bytes:
    paper = Paper(font="Courier", points=9)
    paper.write(*HEAD, "-" * 90)
    paper.write("LN   QTY ORD  U/M   ITEM NUMBER            UNIT PRICE       EXTENSION")
    paper.write("-" * 90)
    for n, one in enumerate(FASTENERS, 1):
        start = f"{n:>2}   {one.quantity:>7}  {one.said_unit:<4}  {one.sku:<22}"
        paper.write(f"{start} {money(one.price):>10}   {money(one.amount):>13}")
        paper.write(f"                       {one.words}")
    paper.write("-" * 90, f"TOTAL LINES: {len(FASTENERS)}")
    return paper.done()


def price_per_hundred() -> bytes:
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Qty", 60, "r"),
        Column("UM", 70),
        Column("Part #", 110),
        Column("Description", 210),
        Column("Price", 460, "r"),
        Column("Per", 475),
        Column("Amount", 560, "r"),
    ]
    paper.header(columns)
    paper.rule()
    for one in FASTENERS:
        paper.row(
            columns,
            [f"{one.quantity * 100:,}", "EA", one.sku, one.words, money(one.price), "C", money(one.amount)],
        )
    return paper.done()


def many_pages(*, repeated: bool) -> bytes:
    paper = Paper()
    paper.write(*HEAD)
    columns = [
        Column("Line", 40),
        Column("Item No.", 80),
        Column("Description", 190),
        Column("Quantity", 440, "r"),
        Column("Unit", 460),
        Column("Rate", 520, "r"),
        Column("Amount", 580, "r"),
    ]
    paper.header(columns)
    page_sum = Decimal(0)
    for n in range(90):
        one = FASTENERS[n % 5]
        paper.row(
            columns,
            [
                str(n + 1),
                one.sku,
                one.words,
                str(one.quantity + n),
                one.said_unit,
                money(one.price),
                money(one.price * (one.quantity + n)),
            ],
        )
        page_sum += one.price * (one.quantity + n)
        if n % 40 == 39:
            if repeated:
                paper.row(columns, ["", "", "Page total", "", "", "", money(page_sum)])
                page_sum = Decimal(0)
            paper.put(300, f"Page {n // 40 + 1}", "c")
            paper.turn()
            if repeated:
                paper.header(columns)
    return paper.done()


def vertical_rules_only() -> bytes:
    paper = Paper()
    paper.write(*HEAD)
    paper.down(0.5)
    top = paper.y + 10
    columns = [
        Column("Sl", 42),
        Column("Material", 72),
        Column("Qty", 385, "r"),
        Column("Unit", 400),
        Column("Rate", 490, "r"),
        Column("Value", 570, "r"),
    ]
    paper.rule()
    paper.header(columns)
    paper.rule()
    for n, one in enumerate(FASTENERS, 1):
        paper.row(
            columns,
            [str(n), one.words, str(one.quantity), one.said_unit, money(one.price), money(one.amount)],
        )
    paper.rule()
    for x in (36, 66, 340, 392, 440, 500, 576):
        paper.bar(x, top, paper.y + 9)
    return paper.done()


def ordered_shipped_back() -> bytes:
    paper = Paper(size=pagesizes.landscape(pagesizes.letter), points=8)
    paper.write(*HEAD)
    columns = [
        Column("Ordered", 80, "r"),
        Column("Shipped", 130, "r"),
        Column("B/O", 165, "r"),
        Column("Item ID", 180),
        Column("Item Description", 290),
        Column("UOM", 560),
        Column("Date Required", 600),
        Column("Net Price", 700, "r"),
        Column("Extended Price", 756, "r"),
    ]
    paper.header(columns)
    for one in FASTENERS:
        paper.row(
            columns,
            [
                str(one.quantity),
                "0",
                "0",
                one.sku,
                one.words,
                one.said_unit,
                "03/03/2026",
                money(one.price),
                money(one.amount),
            ],
        )
    return paper.done()


def tally_print() -> bytes:
    paper = Paper(size=pagesizes.A4)
    paper.write(
        "GUPTA ELECTRIC",
        "Purchase Order",
        "Voucher No. GE/25-26/114   Dated 23-Feb-26",
        "Despatch to: Panki Godown",
    )
    columns = [
        Column("Sl", 40),
        Column("Description of Goods", 60),
        Column("HSN/SAC", 240),
        Column("GST\nRate", 300),
        Column("Quantity", 380, "r"),
        Column("Rate", 440, "r"),
        Column("per", 448),
        Column("Disc. %", 500, "r"),
        Column("Amount", 560, "r"),
    ]
    paper.header(columns)
    total = Decimal(0)
    for n, one in enumerate(WIRES, 1):
        net = one.amount * Decimal("0.95")
        total += net
        paper.row(
            columns,
            [
                str(n),
                one.words,
                "8544",
                "18 %",
                f"{one.quantity} {one.said_unit}",
                money(one.price),
                one.said_unit,
                "5 %",
                money(net),
            ],
        )
    for name, value in (("CGST", total * 9 / 100), ("SGST", total * 9 / 100)):
        paper.row(columns, ["", f"        Output {name}", "", "", "", "9", "%", "", money(value)])
    paper.row(columns, ["", "Total", "", "", "", "", "", "", money(total * 118 / 100)])
    paper.write(
        "Amount Chargeable (in words)", "INR Seventy Thousand Only", "Terms of Delivery: within 7 days"
    )
    return paper.done()


def sections_and_unit_in_quantity() -> bytes:
    paper = Paper(size=pagesizes.A4, font="Times-Roman", points=10)
    paper.write("VERMA TRADERS, Agra", "Order No. VT-88   Date 24.02.2026")
    columns = [Column("Particulars", 60), Column("Qty.", 400, "r")]
    paper.put(40, "No.")
    paper.header(columns)
    for n, one in enumerate(WIRES, 1):
        paper.put(40, str(n))
        paper.row(columns, [one.words, f"{one.quantity} {one.said_unit}"])
    paper.down()
    paper.write("Please send by transport. GST 09AAACV1234F1Z5")
    return paper.done()


def gulf_lpo(*, pieces: bool = False) -> bytes:
    paper = Paper(size=pagesizes.A4, font="Courier", points=8)
    paper.write(
        "BRIGHT CLEANING SERVICES LLC",
        "LOCAL PURCHASE ORDER   LPO No: BCS-2026-77   Date: 24-02-2026",
        "Deliver to: Al Quoz Store   Delivery date: 01-03-2026",
    )
    paper.write(
        "-" * 100,
        f"S.No  Item Code   {'Description':<36} Packing     Qty  Unit      Rate        Amount",
        "-" * 100,
    )
    for n, one in enumerate(CLEANING, 1):
        count = {"FC-LAV-3L": 6, "GLV-M": 10}.get(one.sku, 12)
        quantity = one.quantity * count if pieces else one.quantity
        price = one.price / count if pieces else one.price
        paper.write(
            f"{n:03}   CL-{4400 + n}     {one.words:<36} 1X{count:<6} {quantity:>6}"
            f"  {'PCS' if pieces else 'CTN'}  {price:>9.3f}  {one.amount:>12.3f}"
        )
    total = sum((one.amount for one in CLEANING), Decimal(0))
    paper.write(
        "-" * 100,
        f"{'SUB TOTAL':>80} {total:>15.3f}",
        f"{'VAT 5%':>80} {total * 5 / 100:>15.3f}",
        f"{'GRAND TOTAL':>80} {total * 105 / 100:>15.3f}",
    )
    paper.write(
        "1. Goods without 2 copies of invoice are not received.",
        "2. Timing 8 am to 4 pm, Gate 3.",
        "Tel 04 555 0199",
    )
    return paper.done()


def list_without_header() -> bytes:
    paper = Paper(size=pagesizes.A4, points=11)
    paper.write("Bright Cleaning Services - monthly requirement", "LPO BCS-2026-80", "")
    for one in CLEANING:
        paper.put(60, one.words.capitalize())
        paper.put(480, f"{one.quantity} ctn", "r")
        paper.down(1.4)
    return paper.done()


def quantity_first_dense() -> bytes:
    paper = Paper(points=7)
    paper.write(*HEAD)
    columns = [
        Column("QTY", 50, "r"),
        Column("U/M", 54),
        Column("MFG PART #", 76),
        Column("DESCRIPTION", 146),
        Column("COST", 350, "r"),
        Column("EXT COST", 392, "r"),
        Column("GL ACCT", 400),
    ]
    paper.header(columns)
    for one in FASTENERS:
        paper.row(
            columns,
            [
                str(one.quantity),
                one.said_unit,
                one.sku,
                one.words,
                money(one.price),
                money(one.amount),
                "5010-22",
            ],
        )
    return paper.done()


def _lines(lines: Sequence[Line]) -> list[Wanted]:
    return [line.wanted for line in lines]


@dataclass(frozen=True)
class Sample:
    """A document, whose trade it is, what it orders, and whether it must be asked about."""

    draw: Callable[[], bytes]
    world: str
    wanted: list[Wanted]
    sure: bool = True


def _hundreds() -> list[Wanted]:
    return [(one.sku, one.quantity * 100, "ea") for one in FASTENERS]


def _pages() -> list[Wanted]:
    return [(FASTENERS[n % 5].sku, FASTENERS[n % 5].quantity + n, "bx") for n in range(90)]


SAMPLES = {
    "unruled_us": Sample(unruled_us, "fasteners", _lines(FASTENERS)),
    "wrapped_two_line_header": Sample(wrapped_two_line_header, "fasteners", _lines(FASTENERS)),
    "full_grid": Sample(boxed.full_grid, "fasteners", _lines(FASTENERS)),
    "monospaced_description_below": Sample(monospaced_description_below, "fasteners", _lines(FASTENERS)),
    "price_per_hundred": Sample(price_per_hundred, "fasteners", _hundreds()),
    "many_pages_repeated": Sample(lambda: many_pages(repeated=True), "fasteners", _pages()),
    "many_pages_once": Sample(lambda: many_pages(repeated=False), "fasteners", _pages()),
    "vertical_rules_only": Sample(vertical_rules_only, "fasteners", _lines(FASTENERS)),
    "ordered_shipped_back": Sample(ordered_shipped_back, "fasteners", _lines(FASTENERS)),
    "word_template": Sample(boxed.word_template, "fasteners", _lines(FASTENERS)),
    "tally_print": Sample(tally_print, "wires", _lines(WIRES)),
    "sections_and_unit_in_quantity": Sample(sections_and_unit_in_quantity, "wires", _lines(WIRES)),
    "gulf_lpo": Sample(gulf_lpo, "cleaning", _lines(CLEANING)),
    "gulf_lpo_in_pieces": Sample(lambda: gulf_lpo(pieces=True), "cleaning", _lines(CLEANING)),
    "list_without_header": Sample(list_without_header, "cleaning", _lines(CLEANING)),
    "quantity_first_dense": Sample(quantity_first_dense, "fasteners", _lines(FASTENERS)),
    "centred_cells_in_boxes": Sample(boxed.centred_cells_in_boxes, "cleaning", _lines(CLEANING), sure=False),
    "codes_only": Sample(boxed.codes_only, "fasteners", _lines(FASTENERS)),
    "stock_columns": Sample(boxed.stock_columns, "cleaning", _lines(CLEANING)),
    "wrong_amount": Sample(doubtful.wrong_amount, "fasteners", _lines(FASTENERS), sure=False),
    "wrong_total": Sample(doubtful.wrong_total, "fasteners", _lines(FASTENERS), sure=False),
    "code_against_words": Sample(doubtful.code_against_words, "fasteners", _lines(FASTENERS), sure=False),
    "amended": Sample(doubtful.amended, "fasteners", _lines(FASTENERS), sure=False),
}
