"""Purchase orders whose tables are drawn with rules."""

from __future__ import annotations

import io
from decimal import Decimal

from reportlab.lib import colors, pagesizes
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from obeya.integrations.documents.tests.sheets import CLEANING, FASTENERS, HEAD, money, ruled


def full_grid() -> bytes:
    rows = [
        [
            n,
            "48-" + str(1100 + n),
            one.words.title(),
            one.quantity,
            one.said_unit,
            money(one.price),
            money(one.amount),
        ]
        for n, one in enumerate(FASTENERS, 1)
    ]
    return ruled(
        ["#", "Our Part No", "Description", "Qty", "U/M", "Price", "Amount"],
        rows,
        above=HEAD,
        widths=[25, 70, 190, 40, 40, 60, 70],
    )


def codes_only() -> bytes:
    rows = [[n, one.sku, one.quantity, one.said_unit] for n, one in enumerate(FASTENERS, 1)]
    return ruled(["Line No", "Supplier Part No", "Qty Ordered", "UOM"], rows, above=HEAD)


def stock_columns() -> bytes:
    rows = [[n, one.words, 40 + n, one.quantity, one.said_unit, 100] for n, one in enumerate(CLEANING, 1)]
    return ruled(
        ["Sr", "Product", "Stock in Hand", "To Order", "Unit", "Max Qty"],
        rows,
        above=("Al Reef Supermarket PO 7781",),
    )


def word_template() -> bytes:
    into = io.BytesIO()
    sheet = getSampleStyleSheet()["BodyText"]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]
    info = Table(
        [["REQUISITIONER", "SHIP VIA", "F.O.B.", "SHIPPING TERMS"], ["B. Hanson", "UPS", "Origin", "Net 30"]]
    )
    info.setStyle(grid)
    rows = [
        [one.sku, one.words.lower(), one.quantity, "boxes", money(one.price), money(one.amount)]
        for one in FASTENERS
    ]
    rows += [
        ["", "", "", "", "SUBTOTAL", money(sum((o.amount for o in FASTENERS), Decimal(0)))],
        ["", "", "", "", "TAX", "0.00"],
    ]
    items = Table(
        [
            ["ITEM #", "DESCRIPTION", "QTY", "UNIT", "UNIT PRICE", "TOTAL"],
            *[[Paragraph(str(c), sheet) if len(str(c)) > 24 else c for c in r] for r in rows],
        ],
        colWidths=[105, 190, 35, 45, 65, 65],
    )
    items.setStyle(grid)
    story = [*(Paragraph(line, sheet) for line in HEAD), info, Spacer(1, 12), items]
    SimpleDocTemplate(into, pagesize=pagesizes.letter, invariant=1).build(story)
    return into.getvalue()


def centred_cells_in_boxes() -> bytes:
    into = io.BytesIO()
    sheet = getSampleStyleSheet()["BodyText"]
    rows = [
        [
            Paragraph(f"{one.words} - as per sample approved, in sealed cartons only", sheet),
            one.quantity,
            one.said_unit,
        ]
        for one in CLEANING
    ]
    table = Table([["ITEM DESCRIPTION", "REQ. QTY", "UNIT"], *rows], colWidths=[160, 70, 60])
    table.setStyle(
        [
            ("ALIGN", (1, 0), (-1, -1), "CENTER"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.black),
        ]
    )
    story = [
        Paragraph("AL REEF SUPERMARKET LPO 5521", sheet),
        Paragraph("Deliver at Muwaileh by 28/02/2026", sheet),
        table,
    ]
    SimpleDocTemplate(into, pagesize=pagesizes.A4, invariant=1).build(story)
    return into.getvalue()
