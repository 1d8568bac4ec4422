"""EDI orders of a corpus folder as a table and a page: X12 850 and EDIFACT ORDERS, new orders only.

Anything else (changes, cancellations, broken envelopes) is handed on as unreadable, so that a person looks.
"""

import re
from collections.abc import Iterator

from obeya.orders.reading import types

_HEADER = ("Line", "Vendor Item", "Description", "Qty", "UOM", "Unit Price")
_UNITS = {
    "CT": "ctn",
    "CA": "ctn",
    "CS": "ctn",
    "PCE": "pcs",
    "PC": "pcs",
    "C62": "pcs",
    "EA": "ea",
    "BX": "box",
    "DZ": "dz",
    "DZN": "dz",
    "KGM": "kg",
    "KG": "kg",
    "LTR": "l",
    "MTR": "m",
    "BG": "bag",
    "RO": "roll",
    "RL": "roll",
    "LB": "lb",
    "PK": "pkt",
    "BD": "bdl",
    "BO": "btl",
}
_VENDOR = ("VP", "VN", "VC", "SK", "SA")


def is_edi(text: str) -> bool:
    """Whether a text is an EDI interchange."""
    return text.lstrip()[:3] in ("ISA", "UNA", "UNB")


def convert(name: str, text: str) -> list[types.Attachment]:
    """The order of an interchange; an Unreadable where it is none or more than one."""
    body = text.strip()
    try:
        segments = list(_x12(body) if body.startswith("ISA") else _edifact(body))
    except (IndexError, ValueError):
        return [types.Unreadable(name, "the EDI envelope is broken")]
    kinds = [s[0] for s in segments]
    if kinds.count("BEG") == 1:
        return _order(name, *_read_x12(segments))
    if kinds.count("BGM") == 1 and _element(_segment(segments, "BGM"), 1)[:3] == "220":
        return _order(name, *_read_edifact(segments))
    return [types.Unreadable(name, "an EDI message that is not one new order")]


def _x12(body: str) -> Iterator[list[str]]:
    separator, end = body[3], body[105]
    for segment in body.split(end):
        if segment.strip():
            yield [part.strip() for part in segment.strip().split(separator)]


def _edifact(body: str) -> Iterator[list[str]]:
    for segment in re.split(r"(?<!\?)'", body):
        if segment.strip() and not segment.strip().startswith("UNA"):
            yield [part.strip() for part in re.split(r"(?<!\?)\+", segment.strip())]


def _element(segment: list[str], at: int) -> str:
    return segment[at] if at < len(segment) else ""


def _segment(segments: list[list[str]], kind: str) -> list[str]:
    return next((s for s in segments if s[0] == kind), [])


def _read_x12(segments: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    beg = _segment(segments, "BEG")
    head = [f"PO Number: {_element(beg, 3)}"]
    rows: list[list[str]] = []
    for segment in segments:
        if segment[0] == "PO1":
            codes = dict(zip(segment[6::2], segment[7::2], strict=False))
            code = next((codes[q] for q in _VENDOR if q in codes), "")
            unit = _UNITS.get(_element(segment, 3), _element(segment, 3).lower())
            rows.append([_element(segment, 1), code, "", _element(segment, 2), unit, _element(segment, 4)])
        elif segment[0] == "PID" and rows:
            rows[-1][2] = f"{rows[-1][2]} {_element(segment, 5)}".strip()
        elif segment[0] == "DTM" and _element(segment, 1) in ("002", "010", "074", "106"):
            head.append(f"Delivery date: {_day(_element(segment, 2))}")
        elif segment[0] == "N1" and _element(segment, 1) == "ST":
            head.append(f"Ship to: {_element(segment, 2)}")
    if _element(beg, 1) != "00":
        rows = []
    return rows, head


def _read_edifact(segments: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    head = [f"PO Number: {_element(_segment(segments, 'BGM'), 2)}"]
    rows: list[list[str]] = []
    for segment in segments:
        parts = _element(segment, 1).split(":")
        if segment[0] == "LIN":
            rows.append([parts[0], "", "", "", "", ""])
            item = _element(segment, 3).split(":")
            if len(item) > 1 and item[1] == "SA":
                rows[-1][1] = item[0]
        elif segment[0] == "PIA" and rows:
            item = _element(segment, 2).split(":")
            rows[-1][1] = item[0] if len(item) > 1 and item[1] == "SA" else rows[-1][1]
        elif segment[0] == "IMD" and rows:
            rows[-1][2] = _element(segment, 3).split(":")[-1]
        elif segment[0] == "QTY" and rows and parts[0] == "21":
            unit = parts[2] if len(parts) > 2 else ""
            rows[-1][3], rows[-1][4] = parts[1], _UNITS.get(unit, unit.lower())
        elif segment[0] == "PRI" and rows and len(parts) > 1:
            rows[-1][5] = parts[1]
        elif segment[0] == "DTM" and not rows and parts[0] in ("2", "69", "64") and len(parts) > 1:
            head.append(f"Delivery date: {_day(parts[1])}")
        elif segment[0] == "NAD" and _element(segment, 1) in ("DP", "ST"):
            head.append(f"Ship to: {_element(segment, 4)}")
    return rows, head


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if re.fullmatch(r"\d{8,14}", text) else text


def _order(name: str, rows: list[list[str]], head: list[str]) -> list[types.Attachment]:
    if not rows:
        return [types.Unreadable(name, "an EDI message that orders nothing new")]
    table = types.Table(name, (_HEADER, *(tuple(row) for row in rows)))
    return [table, types.TextPage(name, "\n".join(head))]
