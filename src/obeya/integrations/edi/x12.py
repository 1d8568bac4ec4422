"""X12 850 (purchase order) and 860 (purchase order change), releases 003040 to 008010."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from obeya.integrations.edi import building, codes, segments
from obeya.orders.reading import types

_ORDERS = {"850": "order", "860": "change"}
_SELLERS = ("VP", "VN", "VC", "VA", "VS", "SK", "MG", "MN", "MF", "PN", "VE")
_BUYERS = ("BP", "IN", "CB", "PI", "BO", "PO", "CM", "SW", "B8", "CR", "CN")
_GTINS = ("UP", "UK", "UA", "UI", "EN", "EO", "U2", "UD", "EA", "E4")
_WISHED = ("002", "106", "074", "071", "010", "118", "038", "996", "017")
_SHIP_TO = ("ST", "DE", "UC")
_BUYER = ("BY", "BT", "SO", "PR", "EN")
_PER = {
    "HP": 100, "HT": 100, "PH": 100, "TP": 1_000, "TT": 1_000, "PT": 1_000, "HU": 100, "TH": 1_000, "DP": 12,
}  # fmt: skip
_PER_UNIT = {"PE": "EA", "LB": "LB", "PP": "LB", "PF": "FT", "LF": "LF", "CT": "CT", "PG": "GA", "BX": "BX"}
"""Basis of unit price (element 639): for how many pieces, or for which unit, the price is."""
_PURPOSES = {
    "01": ("cancel", ""), "03": ("cancel", ""), "04": ("change", ""), "05": ("change", "replaces"),
    "00": ("", ""), "06": ("", ""), "15": ("", "It is sent again (purpose 15)."),
    "07": ("", "It says that it is a duplicate (purpose 07)."),
    "18": ("", "It is sent again (purpose 18)."), "22": ("", "It is a copy for information (purpose 22)."),
    "24": ("", "It is a draft (purpose 24)."), "12": ("", "It is not meant to be processed (purpose 12)."),
}  # fmt: skip
_TYPES = {"BK": "a blanket order", "BE": "a blanket order", "IN": "for information only"}
_ACTIONS = {
    "AI": "add", "DI": "cancel", "CF": "cancel", "NC": "same", "CA": "change", "CB": "change",
    "CC": "change", "CD": "change", "CT": "change", "MU": "change", "PC": "change", "PQ": "change",
    "PR": "change", "QD": "decrease", "QI": "increase", "RA": "change", "RB": "change", "RQ": "change",
    "RS": "change",
}  # fmt: skip
"""Element 670; a replacement of an item (RE, RM) or a transfer (TI) is for a person."""


def orders(name: str, text: str) -> list[types.ElectronicOrder]:
    """The orders of an interchange. Raises CannotReadEdi where it holds none or cannot be taken apart."""
    found = segments.x12(text)
    control = "/".join((found[0].get(6), found[0].get(8), found[0].get(13)))
    problems = _envelope(found)
    out: list[types.ElectronicOrder] = []
    others: list[str] = []
    for start, end in _sets(found):
        kind = found[start].get(1)
        if kind not in _ORDERS:
            others.append(kind)
            continue
        order = building.Order(name, f"X12 {kind}", _ORDERS[kind], control=f"{control}/{found[start].get(2)}")
        order.problems += problems
        _read(order, found[start:end], found[end] if end < len(found) else None)
        out.append(order.done(_WISHED))
    if not out:
        said = f"It holds {', '.join(sorted(set(others)))}" if others else "It holds no transaction"
        raise segments.CannotReadEdi(f"{said}, no purchase order (850) or change (860).")
    return out


def _sets(found: Sequence[segments.Segment]) -> list[tuple[int, int]]:
    """Where each transaction starts (its ST) and ends (its SE, or the next ST where that is missing)."""
    starts = [n for n, s in enumerate(found) if s.tag == "ST"]
    out = []
    for start in starts:
        stop = ("SE", "ST", "GE", "IEA")
        end = next((n for n in range(start + 1, len(found)) if found[n].tag in stop), len(found))
        out.append((start, end))
    return out


def _envelope(found: Sequence[segments.Segment]) -> list[str]:
    """What does not agree between the interchange's own heads and tails."""
    problems = []
    last = found[-1]
    if last.tag != "IEA":
        problems.append("The interchange is cut off: its end (IEA) is missing.")
    elif _number(last, 2) != _number(found[0], 13):
        problems.append("The interchange's control numbers (ISA, IEA) differ.")
    if found[0].get(15) == "T":
        problems.append("It is marked as a test.")
    groups = [s for s in found if s.tag == "GS"]
    ends = [s for s in found if s.tag == "GE"]
    if len(groups) != len(ends) or (last.tag == "IEA" and _number(last, 1) != len(groups)):
        problems.append("The number of groups is not what the interchange says.")
    count = sum(_number(s, 1) or 0 for s in ends)
    if ends and count != sum(1 for s in found if s.tag == "ST"):
        problems.append("The number of transactions is not what the group says.")
    if any(_number(a, 6) != _number(b, 2) for a, b in zip(groups, ends, strict=False)):
        problems.append("A group's control numbers (GS, GE) differ.")
    return problems


def _number(segment: segments.Segment, element: int) -> int | None:
    text = segment.get(element)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _read(order: building.Order, body: Sequence[segments.Segment], end: segments.Segment | None) -> None:
    """Read one transaction, from its ST to before its SE."""
    if end is None or end.tag != "SE":
        order.problems.append("A transaction is cut off: its end (SE) is missing.")
    elif _number(end, 1) != len(body) + 1:
        order.problems.append(f"It should have {end.get(1)} segments and has {len(body) + 1}.")
    elif end.get(2) != body[0].get(2):
        order.problems.append("A transaction's control numbers (ST, SE) differ.")
    party = ""
    for segment in body:
        line = order.lines[-1] if order.lines else None
        if segment.tag in ("BEG", "BCH"):
            _begin(order, segment)
        elif segment.tag in ("PO1", "POC"):
            order.lines.append(_line(segment) if segment.tag == "PO1" else _changed(segment))
            party = ""
        elif segment.tag == "N1":
            party = segment.get(1)
            _party(order, line, segment)
        elif segment.tag in ("N2", "N3", "N4") and party in _SHIP_TO and line is None:
            order.places.append(" ".join(segment.whole(n) for n in range(1, 4 if segment.tag == "N4" else 3)))
        elif line is None or segment.tag in ("CTT", "AMT", "SE"):
            _head(order, line, segment)
        else:
            _within(order, line, segment)


def _begin(order: building.Order, segment: segments.Segment) -> None:
    purpose, kind = segment.get(1), segment.get(2)
    shift = 1 if segment.tag == "BCH" else 0
    order.number = segment.get(3)
    release = segment.get(4)
    if release and segment.tag == "BEG":
        order.problems.append(f"It is release {release} of the order.")
    order.ordered_on = building.day(segment.get(5 + shift))
    meant, problem = _PURPOSES.get(purpose, ("", f"Its purpose is {purpose or 'not stated'}."))
    if meant:
        order.kind = meant
    order.complete = order.kind == "order" or problem == "replaces"
    if problem and problem != "replaces":
        order.problems.append(problem)
    if kind in _TYPES:
        order.problems.append(f"It is {_TYPES[kind]} ({kind}).")


def _line(segment: segments.Segment) -> building.Line:
    line = building.Line(segment.get(1), qty=building.number(segment.get(2)))
    line.unit_code = segment.get(3)
    line.units = codes.x12_unit(line.unit_code)
    _price(line, segment.get(4), segment.get(5))
    _codes(line, segment, 6)
    return line


def _changed(segment: segments.Segment) -> building.Line:
    line = building.Line(segment.get(1), qty=building.number(segment.get(3)))
    line.action = _ACTIONS.get(segment.get(2), "")
    if not line.action:
        line.action = "change"
        line.problems.append(f"Its change code is {segment.get(2) or 'not stated'}.")
    line.unit_code = segment.get(5)
    line.units = codes.x12_unit(line.unit_code)
    _price(line, segment.get(6), segment.get(7))
    _codes(line, segment, 8)
    return line


def _price(line: building.Line, price: str, basis: str) -> None:
    line.price = building.number(price)
    if basis == "NC":
        line.problems.append("It is to be free of charge.")
    elif basis in _PER:
        line.price_per = Decimal(_PER[basis])
        line.price_units = ("ea", "pcs")
    elif basis in _PER_UNIT:
        line.price_units = codes.x12_unit(_PER_UNIT[basis])
    if basis == "CT" and "ctn" not in line.units:
        line.price_units = ()  # CT is "contract" as often as "per carton"


def _codes(line: building.Line, segment: segments.Segment, first: int) -> None:
    for at in range(first, len(segment.elements), 2):
        kind, code = segment.get(at), segment.get(at + 1)
        if not code:
            continue
        if kind in _SELLERS:
            line.seller_codes.append(code)
        elif kind in _GTINS:
            line.gtins.append(code)
        elif kind in _BUYERS:
            line.buyer_codes.append(code)
        elif kind in ("PD", "DS"):
            line.description.append(code)


def _party(order: building.Order, line: building.Line | None, segment: segments.Segment) -> None:
    kind, names = segment.get(1), [segment.whole(2), segment.get(4)]
    if kind in _SHIP_TO and line is not None:
        line.places.append(" ".join(n for n in names if n))
    elif kind in _SHIP_TO:
        order.places += names
    elif kind in _BUYER and line is None:
        order.buyers += names


def _head(order: building.Order, line: building.Line | None, segment: segments.Segment) -> None:
    """A segment of the head or the summary."""
    tag = segment.tag
    if tag == "DTM":
        _date(order, segment)
    elif tag == "CUR":
        order.currency = segment.get(2) or order.currency
    elif tag in ("MSG", "NTE", "MTX"):
        order.notes.append(segment.whole(1 if tag == "MSG" else 2))
    elif tag == "SAC":
        order.charges += _charge(segment)
    elif tag == "AMT" and (segment.get(1) == "TT" or line is None or order.counted):
        order.total = building.number(segment.get(2))
    elif tag == "CTT":
        _check_counts(order, segment)
    elif tag == "AMT" and segment.get(1) in ("1", "LI") and line is not None:
        line.amount = building.number(segment.get(2))


def _date(order: building.Order, segment: segments.Segment) -> None:
    kind = segment.get(1)
    on = building.day(segment.get(2)) or building.day(segment.get(6))
    if on is None and kind in _WISHED:
        order.problems.append(f"A date ({kind}) cannot be read.")
    elif on is not None and kind in _WISHED:
        order.days.setdefault(kind, on)


def _charge(segment: segments.Segment) -> Decimal:
    """What a service, promotion, allowance or charge adds to the total; amounts have two decimals implied."""
    amount = building.number(segment.get(5)) or Decimal(0)
    return -amount / 100 if segment.get(1) == "A" else amount / 100 if segment.get(1) == "C" else Decimal(0)


def _check_counts(order: building.Order, segment: segments.Segment) -> None:
    order.counted = True
    count, hashed = building.number(segment.get(1)), building.number(segment.get(2))
    if count is not None and count != len(order.lines):
        order.problems.append(f"It should have {count} lines and has {len(order.lines)}.")
    if hashed is not None and segment.get(2):
        total = sum((line.qty or Decimal(0) for line in order.lines), Decimal(0))
        if hashed not in (total, total % 10_000, Decimal(int(total))):
            order.problems.append(f"The quantities should add up to {hashed} and make {total}.")


def _within(order: building.Order, line: building.Line, segment: segments.Segment) -> None:
    """A segment below a line."""
    tag = segment.tag
    if tag == "PID":
        line.description.append(segment.whole(5) or segment.get(4))
    elif tag == "DTM":
        on = building.day(segment.get(2))
        if segment.get(1) in _WISHED and on:
            line.days.add(on)
    elif tag == "SCH":
        if (qty := building.number(segment.get(1))) is not None:
            line.scheduled.append(qty)
        if on := building.day(segment.get(6)):
            line.days.add(on)
    elif tag == "SDQ":
        places = [segment.get(at) for at in range(3, len(segment.elements) + 1, 2)]
        line.places += [place for place in places if place]
    elif tag in ("MSG", "NTE", "MTX"):
        order.notes.append(segment.whole(1 if tag == "MSG" else 2))
    elif tag == "SAC":
        line.charges += _charge(segment)
    elif tag == "SLN":
        line.problems.append("It has sublines.")
    elif (
        tag == "QTY" and segment.get(1) in ("21", "38", "01") and building.number(segment.get(2)) != line.qty
    ):
        line.problems.append("Another quantity stands below it.")
