"""Purchase orders that contradict or amend themselves: read, and never booked unasked."""

from __future__ import annotations

from obeya.integrations.documents.tests.sheets import FASTENERS, HEAD, money, ruled


def wrong_amount() -> bytes:
    rows = [
        [
            one.sku,
            one.words,
            one.quantity,
            one.said_unit,
            money(one.price),
            money(one.amount + (7 if n == 2 else 0)),
        ]
        for n, one in enumerate(FASTENERS)
    ]
    return ruled(["Part No", "Description", "Qty", "UOM", "Unit Price", "Amount"], rows, above=HEAD)


def wrong_total() -> bytes:
    rows: list[list[object]] = [
        [one.sku, one.words, one.quantity, one.said_unit, money(one.price), money(one.amount)]
        for one in FASTENERS
    ]
    rows.append(["", "Total", "", "", "", "1,999.00"])
    return ruled(["Part No", "Description", "Qty", "UOM", "Unit Price", "Amount"], rows, above=HEAD)


def code_against_words() -> bytes:
    rows = [
        [one.sku, FASTENERS[2].words if n == 0 else one.words, one.quantity, one.said_unit]
        for n, one in enumerate(FASTENERS)
    ]
    return ruled(["Part No", "Description", "Qty", "UOM"], rows, above=HEAD)


def amended() -> bytes:
    rows = [[n, one.sku, one.words, one.quantity, one.said_unit] for n, one in enumerate(FASTENERS, 1)]
    return ruled(
        ["Line", "Part No", "Description", "Qty", "UOM"],
        rows,
        above=(*HEAD, "Amendment 1: qty of line 2 to be read as 8 boxes."),
    )
