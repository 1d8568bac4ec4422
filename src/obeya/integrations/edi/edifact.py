"""EDIFACT ORDERS (purchase order) and ORDCHG (change), D.96A and its successors, EANCOM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.integrations.edi import building, codes, segments
from obeya.orders.reading import types

_ORDERS = {"ORDERS": "order", "ORDCHG": "change"}
_WISHED = ("2", "69", "64", "63", "17", "10", "200", "358", "76")
"""Kinds of dates (2005) that name the wish: requested, promised, earliest, latest, estimated delivery."""
_PLACES = ("DP", "ST", "UC", "UD")
_BUYERS = ("BY", "OB", "IV", "MS")
_SELLERS = ("SA", "VN", "MF", "VP", "VS")
_BUYERS_CODES = ("IN", "BP", "PO", "CB", "BO")
_GTINS = ("EN", "UP", "EAN", "SRV", "UA", "GTIN", "SRS", "UPC")
_PURPOSES = {
    "9": "", "": "", "6": "", "13": "", "47": "",
    "7": "It says that it is a duplicate (function 7).", "31": "It is a copy (function 31).",
    "16": "It is only a proposal (function 16).", "43": "It is sent again (function 43).",
    "42": "", "46": "It is provisional (function 46).", "54": "It is a simulation (function 54).",
}  # fmt: skip
_KINDS = {
    "221": "a blanket order", "225": "a repeat order", "227": "a consignment order", "228": "a sample order",
    "229": "a swap order", "231": "a response to an order", "310": "an offer", "315": "a contract",
}  # fmt: skip
_ACTIONS = {"1": "add", "2": "cancel", "3": "change", "4": "same", "5": "same", "": ""}


@dataclass(slots=True)
class _Place:
    """Where in a message we are: under which line, whether its schedule or an allowance began."""

    line: building.Line | None = None
    scheduled: bool = False
    allowance: bool = False
    summary: bool = False


def orders(name: str, text: str) -> list[types.ElectronicOrder]:
    """The orders of an interchange. Raises CannotReadEdi where it holds none or cannot be taken apart."""
    found, decimal = segments.edifact(text)
    head = found[0]
    control = "/".join((head.get(2), head.get(3), head.get(5)))
    problems = _envelope(found)
    out: list[types.ElectronicOrder] = []
    others: list[str] = []
    for start, end in _messages(found):
        kind = found[start].get(2)
        if kind not in _ORDERS:
            others.append(kind)
            continue
        order = building.Order(
            name, f"EDIFACT {kind}", _ORDERS[kind], control=f"{control}/{found[start].get(1)}"
        )
        order.problems += problems
        _check_end(order, found[start:end], found[end] if end < len(found) else None)
        _Reader(order, decimal).read(found[start:end])
        out.append(order.done(_WISHED))
    if not out:
        said = f"It holds {', '.join(sorted(set(others)))}" if others else "It holds no message"
        raise segments.CannotReadEdi(f"{said}, no ORDERS or ORDCHG.")
    return out


def _messages(found: Sequence[segments.Segment]) -> list[tuple[int, int]]:
    out = []
    for start in (n for n, s in enumerate(found) if s.tag == "UNH"):
        stop = ("UNT", "UNH", "UNE", "UNZ")
        out.append(
            (start, next((n for n in range(start + 1, len(found)) if found[n].tag in stop), len(found)))
        )
    return out


def _envelope(found: Sequence[segments.Segment]) -> list[str]:
    problems = []
    last = found[-1]
    messages = sum(1 for s in found if s.tag == "UNH")
    groups = sum(1 for s in found if s.tag == "UNG")
    if last.tag != "UNZ":
        problems.append("The interchange is cut off: its end (UNZ) is missing.")
    else:
        if building.number(last.get(1)) != (groups or messages):
            problems.append("The number of messages is not what the interchange says.")
        if last.get(2) != found[0].get(5):
            problems.append("The interchange's control numbers (UNB, UNZ) differ.")
    if found[0].get(11) == "1":
        problems.append("It is marked as a test.")
    return problems


def _check_end(order: building.Order, body: Sequence[segments.Segment], end: segments.Segment | None) -> None:
    if end is None or end.tag != "UNT":
        order.problems.append("A message is cut off: its end (UNT) is missing.")
    elif building.number(end.get(1)) != len(body) + 1:
        order.problems.append(f"It should have {end.get(1)} segments and has {len(body) + 1}.")
    elif end.get(2) != body[0].get(1):
        order.problems.append("A message's reference numbers (UNH, UNT) differ.")


class _Reader:
    """Reads one message into an order."""

    def __init__(self, order: building.Order, decimal: str) -> None:
        self._order = order
        self._decimal = decimal
        self._at = _Place()
        self._quantities = Decimal(0)

    def read(self, body: Sequence[segments.Segment]) -> None:
        """Read all segments of a message."""
        for segment in body:
            tag = segment.tag
            if tag == "LIN":
                self._begin_line(segment)
            elif tag == "UNS":
                self._at = _Place(summary=True)
            elif tag == "SCC":
                self._at.scheduled = True
            elif tag == "ALC":
                self._at.allowance = True
                self._sign = Decimal(-1) if segment.get(1) in ("A", "L") else Decimal(1)
            elif tag in _SEGMENTS:
                _SEGMENTS[tag](self, segment)

    def _number(self, text: str) -> Decimal | None:
        return building.number(text, self._decimal)

    def _begin_line(self, segment: segments.Segment) -> None:
        line = building.Line(segment.get(1))
        action = segment.get(2)
        known = _ACTIONS.get(action)
        if known is None:
            line.problems.append(f"Its action code is {action}.")
        line.action = known or ("change" if self._order.kind == "change" else "add")
        self._code(line, segment.get(3, 1), segment.get(3, 0))
        if segment.get(4):
            line.problems.append("It is part of another line.")
        self._order.lines.append(line)
        self._at = _Place(line)

    def _code(self, line: building.Line, kind: str, code: str) -> None:
        if not code:
            return
        if kind in _SELLERS:
            line.seller_codes.append(code)
        elif kind in _GTINS or not kind:
            line.gtins.append(code)
        elif kind in _BUYERS_CODES:
            line.buyer_codes.append(code)

    def _begin(self, segment: segments.Segment) -> None:
        order = self._order
        kind = segment.get(1)
        order.number = segment.get(2)
        function = segment.get(3)
        if function in ("1", "3"):
            order.kind = "cancel"
        elif function in ("2", "4", "5", "36"):
            order.kind = "change"
        elif order.kind != "change" or function not in ("9", ""):
            order.problems += [p for p in [_PURPOSES.get(function, f"Its function is {function}.")] if p]
        order.complete = order.kind == "order" or function == "5"
        if kind in _KINDS:
            order.problems.append(f"It is {_KINDS[kind]} ({kind}).")

    def _date(self, segment: segments.Segment) -> None:
        kind, said, form = segment.get(1, 0), segment.get(1, 1), segment.get(1, 2)
        on = building.day(said[:8]) if form in ("102", "203", "204", "") else None
        if form == "101":
            on = building.day(said)
        elif form in ("718", "719"):
            on = building.day(said[:8])
        if kind in ("137", "4"):
            self._order.ordered_on = on
        elif kind in _WISHED and on is None:
            self._order.problems.append(f"A date ({kind}) is no day.")
        elif kind in _WISHED and on is not None:
            if self._at.line is None:
                self._order.days.setdefault(kind, on)
            else:
                self._at.line.days.add(on)

    def _reference(self, segment: segments.Segment) -> None:
        """A change names the order it changes; its own number comes second."""
        if segment.get(1, 0) == "ON" and segment.get(1, 1) and self._at.line is None:
            self._order.number = segment.get(1, 1)

    def _party(self, segment: segments.Segment) -> None:
        kind = segment.get(1)
        names = [
            segment.get(2, 0), segment.whole(4), segment.whole(3), segment.whole(5), segment.whole(6)
        ]  # fmt: skip
        if kind in _PLACES and self._at.line is not None:
            self._at.line.places.append(" ".join(n for n in names if n))
        elif kind in _PLACES:
            self._order.places += names
        elif kind in _BUYERS:
            self._order.buyers += names

    def _place(self, segment: segments.Segment) -> None:
        if segment.get(1) in ("7", "8", "11"):
            said = segment.whole(2)
            places = self._at.line.places if self._at.line else self._order.places
            places.append(said)

    def _currency(self, segment: segments.Segment) -> None:
        if segment.get(1, 0) == "2" and self._at.line is None:
            self._order.currency = segment.get(1, 1)

    def _article(self, segment: segments.Segment) -> None:
        line = self._at.line
        if line is None:
            return
        if segment.get(1) in ("3", "4"):
            line.problems.append("It names a substitute.")
            return
        for at in range(2, min(len(segment.elements), 6) + 1):
            self._code(line, segment.get(at, 1), segment.get(at, 0))

    def _description(self, segment: segments.Segment) -> None:
        if self._at.line is not None and segment.get(1) in ("F", "E", "", "A", "B", "D"):
            said = " ".join(p for p in (segment.get(3, 3), segment.get(3, 4)) if p) or segment.get(3, 0)
            self._at.line.description.append(said)

    def _quantity(self, segment: segments.Segment) -> None:
        line, kind = self._at.line, segment.get(1, 0)
        qty = self._number(segment.get(1, 1))
        self._quantities += qty or Decimal(0)
        if line is None:
            return
        if self._at.scheduled and kind in ("21", "1", "113"):
            line.scheduled += [qty] if qty is not None else []
        elif kind in ("21", "1"):
            if line.qty is not None and line.qty != qty:
                line.problems.append("It has two quantities.")
            line.qty = qty
            line.unit_code = segment.get(1, 2)
            line.units = codes.un_unit(line.unit_code)
        elif kind in ("192", "15E"):
            line.problems.append("Free goods are named.")

    def _price(self, segment: segments.Segment) -> None:
        line, kind = self._at.line, segment.get(1, 0)
        price = self._number(segment.get(1, 1))
        if line is None or price is None or kind not in ("AAA", "AAB", "CAL", "NTP", "AAE"):
            return
        if line.price is not None and kind != "AAA":
            return
        line.price = price
        line.price_per = self._number(segment.get(1, 4)) or Decimal(1)
        line.price_units = codes.un_unit(segment.get(1, 5))

    def _money(self, segment: segments.Segment) -> None:
        kind, amount = segment.get(1, 0), self._number(segment.get(1, 1))
        if amount is None:
            return
        line = self._at.line
        if self._at.allowance and kind in ("8", "23", "204", "131"):
            if line is not None:
                line.charges += self._sign * amount
            else:
                self._order.charges += self._sign * amount
        elif line is not None and kind in ("203", "66"):
            line.amount = amount
        elif self._at.summary and (kind == "79" or (kind == "86" and self._order.total is None)):
            self._order.total = amount

    def _note(self, segment: segments.Segment) -> None:
        if segment.whole(4):
            self._order.notes.append(segment.whole(4))

    def _control(self, segment: segments.Segment) -> None:
        kind, said = segment.get(1, 0), self._number(segment.get(1, 1))
        if said is None:
            return
        count = len(self._order.lines)
        if kind == "2" and said != count:
            self._order.problems.append(f"It should have {said} lines and has {count}.")
        ordered = sum((line.qty or Decimal(0) for line in self._order.lines), Decimal(0))
        if kind == "1" and said not in (self._quantities, ordered):
            self._order.problems.append(f"The quantities should add up to {said} and make {ordered}.")

    _sign = Decimal(1)


_SEGMENTS = {
    "BGM": _Reader._begin, "DTM": _Reader._date, "RFF": _Reader._reference, "NAD": _Reader._party,
    "LOC": _Reader._place, "CUX": _Reader._currency, "PIA": _Reader._article, "IMD": _Reader._description,
    "QTY": _Reader._quantity, "PRI": _Reader._price, "MOA": _Reader._money, "FTX": _Reader._note,
    "CNT": _Reader._control,
}  # fmt: skip
