"""Bring a plant's own folder in by the rooms' own doors: all of it or nothing, and again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar, cast

from django.db import transaction

from obeya.catalog import actions as catalog
from obeya.catalog import answers
from obeya.catalog import queries as mirrored
from obeya.cli import plant_folder
from obeya.journal.events import Origin
from obeya.lib import contacts
from obeya.orders import actions as orders
from obeya.orders.reading import types
from obeya.people import actions as people
from obeya.people import queries as known

MOST_TOLD = 20
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
READ_FIRST = "Items and customers come from the ERP; has it been read?"
REFUSALS = (
    catalog.CannotSetFloor,
    catalog.CannotSetUomWord,
    catalog.CannotAddName,
    catalog.CannotAddContact,
    catalog.CannotSetEquipment,
    people.CannotCreateShift,
    mirrored.NoSuchItem,
    mirrored.NoSuchCustomer,
    known.NoSuchSite,
)
"""What the rooms may still object to, where something changed after the folder was checked."""
_Row = TypeVar("_Row")


class CannotLoadPlant(Exception):
    """The folder cannot be loaded; the text says file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What one file holds, and how much of it is new or different."""

    file: str
    rows: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    uom: str


@dataclass(frozen=True, slots=True)
class _Name:
    customer: str
    name: str


@dataclass(frozen=True, slots=True)
class _Contact:
    customer: str
    kind: Literal["phone", "email"]
    value: str


@dataclass(frozen=True, slots=True)
class _Node:
    line: int = field(compare=False)
    code: str
    level: answers.Level
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class _Shift:
    name: str
    hours: known.Hours


class _Rows:
    """The folder's rows as the rooms take them, each checked against what is known of the site."""

    def __init__(self, site: known.Site, folder: plant_folder.Folder) -> None:
        self._site, self._folder = site, folder
        self._items = {item.sku: item for item in mirrored.list_items(site.code, active_only=False)}
        self.customers = {one.code: one for one in mirrored.list_customers(site.code, active_only=False)}
        self.nodes_before = {node.code: node for node in mirrored.list_equipment(site.code)}
        self.shifts_before = {shift.name: shift for shift in known.list_shifts(site.code)}
        self.words = self._once("uom_words.csv", self._word, lambda row: row.word)
        self.floors = self._once("floors.csv", self._floor, lambda row: (row.sku, row.uom, row.price_list))
        self.names = self._once("customer_names.csv", self._name, lambda row: row)
        self.contacts = self._once("contacts.csv", self._contact, lambda row: row)
        self.nodes = self._from_the_top(self._once("equipment.csv", self._node, lambda row: row.code))
        self.shifts = self._once("shifts.csv", self._shift, lambda row: row.name)
        self.history = list(self._past_orders())

    def _once(
        self,
        name: str,
        read: Callable[[plant_folder.Line], _Row],
        key: Callable[[_Row], Hashable],
    ) -> list[_Row]:
        """A table's rows; one that says something else than an earlier row of the same key is blamed."""
        seen: dict[Hashable, tuple[int, _Row]] = {}
        for line, row in self._folder.each(name, read):
            before, said = seen.setdefault(key(row), (line.number, row))
            if said != row:
                self._folder.blame(name, line.number, f"Line {before} says something else of the same.")
        return [row for _, row in seen.values()]

    def _word(self, line: plant_folder.Line) -> _Word:
        word, uom = line.text("word").lower(), line.text("uom")
        if len(word) > 60:
            raise plant_folder.Wrong("The word is longer than 60 letters.")
        units = {unit for item in self._items.values() for unit in item.units}
        if uom not in units:
            raise plant_folder.Wrong(f"No item is sold in {uom!r}. {self._of(sorted(units), 'Units are')}")
        return _Word(word, uom)

    def _of(self, there: list[str], what: str) -> str:
        return f"{what}: {', '.join(there[:20])}." if there else READ_FIRST

    def _item(self, sku: str, uom: str) -> None:
        item = self._items.get(sku)
        if item is None:
            raise plant_folder.Wrong(f"There is no item {sku!r}. {'' if self._items else READ_FIRST}".strip())
        if uom not in item.units:
            raise plant_folder.Wrong(f"{sku} is not sold in {uom!r}. Its units are: {', '.join(item.units)}.")

    def _customer(self, code: str) -> str:
        if code not in self.customers:
            raise plant_folder.Wrong(
                f"There is no customer {code!r}. {'' if self.customers else READ_FIRST}".strip()
            )
        return code

    def _floor(self, line: plant_folder.Line) -> catalog.Floor:
        sku, uom, price = line.text("sku"), line.text("uom"), line.may("floor_price")
        self._item(sku, uom)
        currency = line.may("currency") or self._site.currency
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            raise plant_folder.Wrong(f"currency {currency!r} is not three capital letters such as INR.")
        price_list = line.may("price_list")
        if price_list and price_list not in {one.price_list for one in self.customers.values()}:
            raise plant_folder.Wrong(f"No customer buys by the price list {price_list!r}.")
        floor = plant_folder.number(price, "floor_price") if price else None
        return catalog.Floor(sku, uom, floor, currency, price_list)

    def _name(self, line: plant_folder.Line) -> _Name:
        name = " ".join(line.text("name").split())
        if len(name) > 200:
            raise plant_folder.Wrong("The name is longer than 200 letters.")
        return _Name(self._customer(line.text("customer")), name)

    def _contact(self, line: plant_folder.Line) -> _Contact:
        customer, kind, value = self._customer(line.text("customer")), line.text("kind"), line.text("value")
        if kind not in ("phone", "email"):
            raise plant_folder.Wrong(f"kind {kind!r} is neither phone nor email.")
        try:
            written = contacts.phone(value) if kind == "phone" else contacts.email(value)
        except contacts.NotAContact as error:
            raise plant_folder.Wrong(f"{error}.") from error
        if kind == "phone" and written.startswith("0"):
            raise plant_folder.Wrong(f"Write {value!r} with + and its country code.")
        return _Contact(
            customer, cast(Literal["phone", "email"], kind), f"+{written}" if kind == "phone" else written
        )

    def _node(self, line: plant_folder.Line) -> _Node:
        level = line.text("level")
        if level not in plant_folder.LEVELS:
            raise plant_folder.Wrong(f"level {level!r} is none of: {', '.join(plant_folder.LEVELS)}.")
        return _Node(
            line.number, line.text("code"), cast(answers.Level, level), line.may("name"), line.may("parent")
        )

    def _from_the_top(self, nodes: list[_Node]) -> list[_Node]:
        """Every node after the one above it; one whose parent never comes, or is lower, is blamed."""
        levels = {code: node.level for code, node in self.nodes_before.items()}
        levels |= {node.code: node.level for node in nodes}
        waiting = {node.code: node for node in nodes}
        placed: list[_Node] = []
        while ready := [node for node in waiting.values() if node.parent not in waiting]:
            for node in ready:
                del waiting[node.code]
                if why := _misplaced(node, levels):
                    self._folder.blame("equipment.csv", node.line, why)
            placed += ready
        for node in waiting.values():
            self._folder.blame("equipment.csv", node.line, f"{node.code} stands below itself.")
        return placed

    def _shift(self, line: plant_folder.Line) -> _Shift:
        days = [day.strip().lower()[:3] for day in line.may("days").split("|") if day.strip()]
        strange = [day for day in days if day not in WEEK]
        if strange:
            raise plant_folder.Wrong(f"days {strange[0]!r} is no weekday; write them as mon|tue|wed.")
        starts, ends = (
            plant_folder.hour(line.text("starts"), "starts"),
            plant_folder.hour(line.text("ends"), "ends"),
        )
        shift = _Shift(line.text("name"), known.Hours(starts, ends, frozenset(days or self._site.week)))
        before = self.shifts_before.get(shift.name)
        if before and known.Hours(before.starts, before.ends, frozenset(before.days)) != shift.hours:
            raise plant_folder.Wrong(
                f"The shift {shift.name} exists with other hours ({before.starts:%H:%M} to "
                f"{before.ends:%H:%M}, {'|'.join(before.days)}); give the new hours a name of their own."
            )
        return shift

    def _past_orders(self) -> Iterator[types.PastOrder]:
        seen: dict[str, int] = {}
        for order in self._folder.history or ():
            try:
                self._customer(order.customer)
                for line in order.lines:
                    self._item(line.sku, line.uom)
                before = seen.setdefault(order.order_no, order.number)
                if before != order.number:
                    raise plant_folder.Wrong(f"Line {before} has the order_no {order.order_no!r} already.")
            except plant_folder.Wrong as error:
                self._folder.blame(plant_folder.HISTORY, order.number, error)
                continue
            aware = order.ordered_at.tzinfo is not None
            yield types.PastOrder(
                order_no=order.order_no,
                customer=order.customer,
                ordered_at=order.ordered_at if aware else order.ordered_at.replace(tzinfo=self._site.tz),
                channel=order.channel,
                message=order.message,
                lines=tuple(types.PastLine(one.sku, one.qty, one.uom, one.unit_price) for one in order.lines),
            )


def _misplaced(node: _Node, levels: dict[str, answers.Level]) -> str:
    if not node.parent:
        return ""
    above = levels.get(node.parent)
    if above is None:
        return f"The parent {node.parent!r} is neither in this file nor known."
    if plant_folder.LEVELS.index(node.level) < plant_folder.LEVELS.index(above):
        return f"A node of level {node.level} cannot stand below one of level {above}."
    return ""


def load(*, site: str, folder: Path, origin: Origin, dry_run: bool = False) -> list[Changed]:
    """Load a folder into a site; with `dry_run` only find out what would change.

    Raises CannotLoadPlant, people's NoSuchSite.
    """
    place = known.get_site(site)
    found = plant_folder.read(folder)
    if not (found.tables or found.history is not None or found.wrong):
        raise CannotLoadPlant(f"{folder} holds none of: {', '.join(plant_folder.FILES)}.")
    rows = _Rows(place, found)
    if found.wrong:
        more = len(found.wrong) - MOST_TOLD
        told = found.wrong[:MOST_TOLD] + ([f"... and {more} more"] if more > 0 else [])
        raise CannotLoadPlant("Nothing is loaded; put these right:\n" + "\n".join(told))
    try:
        with transaction.atomic():
            changed = _apply(rows, place, origin)
            transaction.set_rollback(dry_run)
    except REFUSALS as error:
        raise CannotLoadPlant(f"Nothing is loaded: {error}") from error
    present = {*found.tables, *([plant_folder.HISTORY] if found.history is not None else [])}
    return [one for one in changed if one.file in present]


def _apply(rows: _Rows, site: known.Site, origin: Origin) -> list[Changed]:
    code = site.code
    words = {row.word: row.uom for row in rows.words}
    return [
        Changed("uom_words.csv", len(words), catalog.set_uom_words(site=code, words=words, origin=origin)),
        Changed(
            "floors.csv", len(rows.floors), catalog.set_floors(site=code, floors=rows.floors, origin=origin)
        ),
        Changed("customer_names.csv", len(rows.names), _add_names(rows, code, origin)),
        Changed("contacts.csv", len(rows.contacts), _add_contacts(rows, code, origin)),
        Changed("equipment.csv", len(rows.nodes), _place(rows, code, origin)),
        Changed("shifts.csv", len(rows.shifts), _make_shifts(rows, code, origin)),
        Changed(
            plant_folder.HISTORY, len(rows.history), orders.add_past_orders(site=code, orders=rows.history)
        ),
    ]


def _add_names(rows: _Rows, site: str, origin: Origin) -> int:
    new = [row for row in rows.names if row.name not in rows.customers[row.customer].other_names]
    for row in new:
        catalog.add_customer_name(site=site, customer=row.customer, name=row.name, origin=origin)
    return len(new)


def _add_contacts(rows: _Rows, site: str, origin: Origin) -> int:
    """Those the ERP tells too are said again: from now on they stay when it forgets them."""
    new = 0
    for row in rows.contacts:
        customer = rows.customers[row.customer]
        new += row.value.removeprefix("+") not in (*customer.phones, *customer.emails)
        catalog.add_contact(site=site, customer=row.customer, kind=row.kind, value=row.value, origin=origin)
    return new


def _place(rows: _Rows, site: str, origin: Origin) -> int:
    new = 0
    for node in rows.nodes:
        before = rows.nodes_before.get(node.code)
        said = (node.level, node.parent, node.name or (before.name if before else ""))
        if before is None or (before.level, before.parent, before.name) != said:
            new += 1
            catalog.set_equipment(
                site=site, code=node.code, level=node.level, name=node.name, parent=node.parent, origin=origin
            )
    return new


def _make_shifts(rows: _Rows, site: str, origin: Origin) -> int:
    new = [shift for shift in rows.shifts if shift.name not in rows.shifts_before]
    for shift in new:
        people.create_shift(
            site=site,
            name=shift.name,
            starts=shift.hours.starts,
            ends=shift.hours.ends,
            days=sorted(shift.hours.days),
            origin=origin,
        )
    return len(new)
