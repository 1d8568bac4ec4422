"""Sheets to draw on, and what buyers of the three trades of the reader's worlds order."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib import colors, pagesizes
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

Wanted = tuple[str, int, str]
"""What a line really orders: SKU, quantity, unit."""


@dataclass(frozen=True)
class Line:
    """A line as a buyer writes it, with what it really orders."""

    sku: str
    words: str
    quantity: int
    unit: str
    price: Decimal
    said_unit: str = ""

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity

    @property
    def wanted(self) -> Wanted:
        return self.sku, self.quantity, self.unit


def money(value: Decimal) -> str:
    return f"{value:,.2f}"


FASTENERS = [
    Line("HCS-0616-150-5Z", "HEX CAP SCREW 3/8-16 X 1-1/2 GRADE 5 ZINC", 10, "bx", Decimal("14.20"), "BX"),
    Line("HCS-0420-100-SS", "HEX CAP SCREW 1/4-20 X 1 18-8 STAINLESS", 4, "bx", Decimal("31.75"), "BX"),
    Line("HN-0813-Z", "HEX NUT 1/2-13 ZINC", 6, "bx", Decimal("9.10"), "BX"),
    Line("FW-0616-Z", "FLAT WASHER 3/8 USS ZINC", 5, "bx", Decimal("6.05"), "BX"),
    Line("NLN-0420-Z", "NYLON INSERT LOCK NUT 1/4-20 ZINC", 12, "bx", Decimal("5.50"), "BX"),
]
WIRES = [
    Line("FR-15-RED", "FR House Wire 1.5 sqmm Red 90 m", 10, "coil", Decimal("1120.00"), "Coil"),
    Line("FR-25-BLU", "FR House Wire 2.5 sqmm Blue 90 m", 6, "coil", Decimal("1790.00"), "Coil"),
    Line("MCB-32DP", "MCB 32A DP C-curve", 24, "pcs", Decimal("415.00"), "Nos"),
    Line("SW-16", "Modular Switch 16A White", 5, "box", Decimal("1180.00"), "Box"),
    Line("LED-9", "LED Bulb 9W", 3, "ctn", Decimal("6400.00"), "Ctn"),
]
CLEANING = [
    Line("BL-1L", "BLEACH 1 L", 20, "ctn", Decimal("38.500"), "CTN"),
    Line("DW-LEM-1L", "DISHWASH LIQUID LEMON 1 L", 12, "ctn", Decimal("52.000"), "CTN"),
    Line("FC-LAV-3L", "FLOOR CLEANER LAVENDER 3 L", 8, "ctn", Decimal("61.250"), "CTN"),
    Line("GC-500", "GLASS CLEANER 500 ML", 5, "ctn", Decimal("44.000"), "CTN"),
    Line("GLV-M", "LATEX GLOVES MEDIUM", 15, "ctn", Decimal("70.000"), "CTN"),
]


@dataclass(frozen=True)
class Column:
    """A heading, its place in points from the left, and how its cells stand: l, r or c."""

    name: str
    x: float
    align: str = "l"


class Paper:
    """A sheet that is written on from the top."""

    def __init__(
        self, size: tuple[float, float] = pagesizes.letter, font: str = "Helvetica", points: float = 9
    ):
        self._into = io.BytesIO()
        self._canvas = canvas.Canvas(self._into, pagesize=size, invariant=1)
        self.size, self.font, self.points = size, font, points
        self.y = size[1] - 50
        self._canvas.setFont(font, points)

    def put(self, x: float, text: str, align: str = "l") -> None:
        draw: Callable[[float, float, str], None] = {
            "l": self._canvas.drawString,
            "r": self._canvas.drawRightString,
            "c": self._canvas.drawCentredString,
        }[align]
        draw(x, self.y, text)

    def down(self, lines: float = 1.0) -> None:
        self.y -= lines * self.points * 1.35

    def write(self, *lines: str, x: float = 40) -> None:
        for line in lines:
            self.put(x, line)
            self.down()

    def rule(self, left: float = 36, right: float | None = None) -> None:
        self._canvas.line(left, self.y + self.points, right or self.size[0] - 36, self.y + self.points)

    def bar(self, x: float, top: float, bottom: float) -> None:
        self._canvas.line(x, top, x, bottom)

    def header(self, columns: Sequence[Column]) -> None:
        for depth in range(max(len(column.name.split("\n")) for column in columns)):
            for column in columns:
                parts = column.name.split("\n")
                if depth < len(parts):
                    self.put(column.x, parts[depth], column.align)
            self.down()

    def row(self, columns: Sequence[Column], cells: Sequence[str]) -> None:
        """A row; a cell of several lines goes on below."""
        parts = [cell.split("\n") for cell in cells]
        for depth in range(max(map(len, parts))):
            for column, lines in zip(columns, parts, strict=True):
                if depth < len(lines) and lines[depth]:
                    self.put(column.x, lines[depth], column.align)
            self.down()

    def turn(self) -> None:
        self._canvas.showPage()
        self._canvas.setFont(self.font, self.points)
        self.y = self.size[1] - 50

    def done(self) -> bytes:
        self._canvas.save()
        return self._into.getvalue()


def ruled(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, above: Sequence[str] = (), **style: object
) -> bytes:
    """A document with a table drawn with rules, wrapping long descriptions."""
    into = io.BytesIO()
    sheet = getSampleStyleSheet()["BodyText"]
    wrapped = [[Paragraph(str(c), sheet) if len(str(c)) > 24 else str(c) for c in row] for row in rows]
    table = Table([list(head), *wrapped], repeatRows=1, colWidths=style.get("widths"))
    table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONTSIZE", (0, 0), (-1, -1), 8)])
    story = [*(Paragraph(line, sheet) for line in above), Spacer(1, 10), table]
    SimpleDocTemplate(into, pagesize=pagesizes.A4, invariant=1).build(story)
    return into.getvalue()


HEAD = (
    "TRI-COUNTY SUPPLY CO",
    "PURCHASE ORDER",
    "PO Number: TC-88121     Date: 02/23/2026",
    "Ship Date: 03/03/2026",
)
"""Above the table: a number, the day it was written, and the day it is wanted."""
