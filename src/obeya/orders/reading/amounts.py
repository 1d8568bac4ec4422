"""The numbers of an order's table: a cell's number, and whether lines and totals agree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from obeya.orders.reading import columns, headings, letters

_NUMBER = re.compile(
    r"^(?:rs|inr|usd|aed|omr|sar|qar|us|qty|[x=:$₹€£@.~]|\s)*"
    r"(\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*(.*)$",
    re.DOTALL,
)
_BEFORE = re.compile(r"^([^\W\d]{1,8})\W{0,2}\s*(\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?)$")
_PER = {
    "c": 100,
    "cpc": 100,
    "cpcs": 100,
    "hundred": 100,
    "m": 1000,
    "mpc": 1000,
    "mpcs": 1000,
    "thousand": 1000,
}
"""What a price may be for so many of: the C and M of the fastener trade."""


def number(cell: str) -> tuple[Decimal | None, str]:
    """The number of a cell and the text beside it ("40 bag", "Nos 40"); None where it holds none."""
    if is_formula(cell):
        return None, ""
    folded = letters.fold(cell).text.strip()
    match = _NUMBER.match(folded)
    value, rest = (match[1], match[2]) if match else ("", "")
    if not match and (match := _BEFORE.match(folded)):
        value, rest = match[2], match[1]
    try:
        return (Decimal(value.replace(",", "")), rest.strip()) if value else (None, "")
    except InvalidOperation:
        return None, ""


def is_formula(cell: str) -> bool:
    """Whether a cell holds a formula without its value."""
    return cell.startswith("=") and len(cell) > 1


def agrees(cells: dict[str, str], quantity: Decimal) -> bool:
    """Whether quantity times price is the line's amount, with or without its discount and tax."""
    rate, amount = number(cells.get("rate", ""))[0], number(cells.get("amount", ""))[0]
    if not rate or not amount:
        return True
    per, unit = cells.get("per", ""), cells.get("unit", "")
    beside = number(cells.get("rate", ""))[1]
    stated = number(per)[0] or number(beside.lstrip("/ "))[0]
    divisors = {Decimal(1), *(Decimal(_PER[w]) for w in map(_word, (per, unit, beside)) if w in _PER)}
    if stated and stated > 1:
        divisors.add(stated)
    full = {rate * quantity / divisor for divisor in divisors}
    discount, tax = number(cells.get("discount", ""))[0], number(cells.get("tax", ""))[0]
    values = set(full)
    if discount:
        values |= {value * (100 - discount) / 100 for value in full} | {value - discount for value in full}
    if tax:
        values |= {value * (100 + tax) / 100 for value in values} | {value + tax for value in values}
    return any(_is_near(value, amount) for value in values)


def _word(text: str) -> str:
    found = re.findall(r"[a-z]+", letters.fold(text).text)
    return found[-1] if found else ""


def _is_near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= max(Decimal("0.05"), abs(other) / 200)


@dataclass(slots=True)
class Tally:
    """The sums of the lines of an order so far, over all its pages, and what it states them to be."""

    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    section_quantity: Decimal = Decimal(0)
    section_amount: Decimal = Decimal(0)
    lines: int = 0
    priced: int = 0
    charges: list[Decimal] = field(default_factory=list)
    stated_amount: Decimal | None = None
    agreed: bool = False
    problems: list[str] = field(default_factory=list)

    def add(self, quantity: Decimal, amount: Decimal | None) -> None:
        """Count a line."""
        self.lines += 1
        self.quantity += quantity
        self.section_quantity += quantity
        if amount is not None:
            self.priced += 1
            self.amount += amount
            self.section_amount += amount

    def charge(self, row: Sequence[str]) -> None:
        """Note freight, tax, a discount: the last number of its row."""
        values = [value for cell in row if (value := number(cell.lstrip("-( "))[0]) is not None]
        if values:
            self.charges.append(values[-1])

    def stated(self, row: Sequence[str], header: columns.Header) -> None:
        """Compare a row of totals with the lines above it: quantities at once, amounts at the end."""
        named = next((cell for cell in row if cell and headings.is_total(cell)), "")
        column = header.first("qty")
        inside = _inside(named)
        said = number(row[column])[0] if column is not None and column < len(row) else None
        if "line" in named.lower() or "item" in named.lower():
            count = said if said is not None else inside
            if count is not None and count != self.lines:
                self.problems.append(f"It says {count} lines, {self.lines} were read.")
            return
        if said is not None and header.kinds.count("qty") == 1:
            known = (self.quantity, self.section_quantity, Decimal(self.lines))
            if said not in known and not (inside is not None and inside in known):
                self.problems.append(f"The total says {said}, the lines make {self.quantity}.")
        at = header.first("amount")
        value = number(row[at])[0] if at is not None and at < len(row) else None
        if value is not None:
            self.stated_amount = self.stated_amount or value
            known_amounts = (self.section_amount, self.amount, self.amount + sum(self.charges, Decimal(0)))
            self.agreed = self.agreed or any(_is_near(one, value) for one in known_amounts)
        self.section_quantity = self.section_amount = Decimal(0)

    def complaints(self) -> list[str]:
        """What does not agree, in words; amounts count where every line has one."""
        out = list(self.problems)
        if self.stated_amount is not None and self.lines and self.priced == self.lines and not self.agreed:
            out.append(f"The total says {self.stated_amount}, the lines make {self.amount}.")
        return out


def _inside(text: str) -> Decimal | None:
    """The number behind the words of a total ("Total lines: 7")."""
    match = re.search(r"(\d[\d,]*(?:\.\d+)?)\s*$", letters.fold(text).text)
    return Decimal(match[1].replace(",", "")) if match else None
