"""Company folders of the corpus form: load them, read their messages, write predictions for score.py.

The folder's form is described in `docs`/the corpus README: company.json, items.csv, uoms.csv, uom_words.csv,
customers.csv, prices.csv, history.jsonl, messages.jsonl and attachments/. Gold, where present, is used only
to play the clerk after a reading has been written (`feedback=True`).
"""

import csv
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from obeya.config import converters
from obeya.orders import converting, ports
from obeya.orders.reading import lessons, reader, typed, types


class CannotReadCorpus(Exception):
    """The folder is not a company folder of the corpus form."""


@dataclass(frozen=True, slots=True)
class CorpusMessage:
    """A message of the corpus with its gold (None where the file has none)."""

    message: types.Message
    gold: Mapping[str, Any] | None


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file)]
    except OSError as error:
        raise CannotReadCorpus(f"{path.name} cannot be opened: {error}") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield json.loads(line)
                    except json.JSONDecodeError as error:
                        raise CannotReadCorpus(f"{path.name} line {number}: {error}") from error
    except OSError as error:
        raise CannotReadCorpus(f"{path.name} cannot be opened: {error}") from error


def _decimal(text: object) -> Decimal | None:
    try:
        return Decimal(str(text)) if text not in (None, "") else None
    except InvalidOperation:
        return None


def load_company(folder: Path) -> types.Company:
    """The company of a folder: catalogue, customers, unit words, list prices."""
    about = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    units: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in _rows(folder / "uoms.csv"):
        units[row["sku"]][row["uom"]] = _decimal(row["base_qty"]) or Decimal(1)
    items = tuple(_item(row, units[row["sku"]]) for row in _rows(folder / "items.csv"))
    prices: dict[tuple[str, str, str, Decimal], Decimal] = {}
    if (folder / "prices.csv").exists():
        for row in _rows(folder / "prices.csv"):
            price = _decimal(row.get("unit_price"))
            if price is not None:
                key = (row["price_list"], row["sku"], row["uom"], _decimal(row.get("min_qty")) or Decimal(1))
                prices[key] = price
    return types.Company(
        name=str(about["name"]),
        country=str(about.get("country", "")),
        currency=str(about.get("currency", "")),
        timezone=str(about.get("timezone", "UTC")),
        week=tuple(about.get("week", ())),
        languages=tuple(about.get("languages", ())),
        items=items,
        customers=tuple(_customer(row) for row in _rows(folder / "customers.csv")),
        uom_words={row["word"]: row["uom"] for row in _rows(folder / "uom_words.csv")},
        list_prices=prices,
    )


def _item(row: Mapping[str, str], units: Mapping[str, Decimal]) -> types.Item:
    base = row.get("base_uom") or "pcs"
    return types.Item(
        sku=row["sku"],
        description=row["description"],
        category=row.get("category", ""),
        brand=row.get("brand", ""),
        base_uom=base,
        active=row.get("status", "active") != "discontinued",
        substitute_sku=row.get("substitute_sku") or None,
        units={**units, base: Decimal(1)},
        tax_code=row.get("hsn_or_tax_code", ""),
    )


def _customer(row: Mapping[str, str]) -> types.Customer:
    return types.Customer(
        code=row["code"],
        name=row["name"],
        city=row.get("city", ""),
        language=row.get("language", ""),
        ship_to=tuple(place.strip() for place in row.get("ship_to", "").split("|") if place.strip()),
        contact_name=row.get("contact_name", ""),
        price_list=row.get("price_list", ""),
    )


def load_history(folder: Path) -> list[types.PastOrder]:
    """The confirmed orders of a folder, oldest first."""
    orders = [_past_order(row) for row in _lines(folder / "history.jsonl")]
    return sorted(orders, key=lambda order: order.ordered_at)


def _past_order(row: Mapping[str, Any]) -> types.PastOrder:
    return types.PastOrder(
        order_no=str(row["order_no"]),
        customer=str(row["customer"]),
        ordered_at=datetime.fromisoformat(row["ordered_at"]),
        channel=str(row.get("channel", "")),
        message=row.get("message"),
        lines=past_lines(row["lines"]),
    )


def past_lines(rows: list[dict[str, Any]]) -> tuple[types.PastLine, ...]:
    """Lines of the corpus form as past lines; rows without a readable quantity are left out."""
    return tuple(
        types.PastLine(str(row["sku"]), qty, str(row["uom"]), _decimal(row.get("unit_price")))
        for row in rows
        if (qty := _decimal(row.get("qty"))) is not None
    )


def load_messages(folder: Path) -> list[CorpusMessage]:
    """The messages of a folder in file order, attachments converted to cells and text."""
    converters.register()
    return [_message(folder, row) for row in _lines(folder / "messages.jsonl")]


def _converted(path: Path) -> Sequence[types.Attachment]:
    """A file as the desk would convert it; an Unreadable where it is missing."""
    try:
        return converting.convert(ports.File(path.read_bytes(), path.name))
    except OSError:
        return [types.Unreadable(path.name, "the file is missing")]


def _message(folder: Path, row: Mapping[str, Any]) -> CorpusMessage:
    attachments: list[types.Attachment] = []
    for name in row.get("attachments") or ():
        attachments.extend(_converted(folder / "attachments" / Path(name).name))
    text = row.get("text") or ""
    attachments.extend(converting.typed_orders(text))
    thread = tuple(
        types.Turn(turn["from"], datetime.fromisoformat(turn["sent_at"]), turn["text"])
        for turn in row.get("thread") or ()
    )
    message = types.Message(
        id=str(row["id"]),
        channel=str(row["channel"]),
        customer=row.get("customer"),
        sent_at=datetime.fromisoformat(row["sent_at"]),
        text=typed.without(text),
        subject=row.get("subject"),
        attachments=tuple(attachments),
        thread=thread,
    )
    return CorpusMessage(message, row.get("gold"))


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def prediction(message_id: str, reading: types.Reading, seconds: float) -> dict[str, Any]:
    """A reading in the form score.py reads."""
    return {
        "id": message_id,
        "intent": reading.intent,
        "lines": [
            {"sku": line.sku, "qty": _number(line.qty), "uom": line.uom}
            for line in reading.lines
            if line.sku is not None and line.qty is not None and line.uom is not None
        ],
        "requested_date": reading.requested_date.isoformat() if reading.requested_date else None,
        "po_number": reading.po_number,
        "ship_to": reading.ship_to,
        "asked_price": [
            {
                "sku": p.sku,
                "unit_price": _number(p.unit_price),
                "uom": p.uom,
                "discount_pct": _number(p.discount_pct),
            }
            for p in reading.asked_prices
        ],
        "auto": reading.auto,
        "confidence": round(reading.confidence, 4),
        "review": reading.review,
        "candidates": list(reading.candidates),
        "doubts": [f"{d.code}: {d.text}" for d in reading.doubts],
        "seconds": round(seconds, 4),
    }


def teaches(found: CorpusMessage) -> bool:
    """Whether the clerk's word on this message teaches: a complete order of a known customer."""
    gold = found.gold
    if not gold or not found.message.customer:
        return False
    return gold["intent"] in types.ORDER_INTENTS and not gold.get("review")


def _confirmed(current: reader.Reader, found: CorpusMessage) -> lessons.Lessons | None:
    """What the desk knows after the clerk has settled this message (only complete, known orders teach)."""
    gold = found.gold
    if not gold or not teaches(found):
        return None
    return current.confirmed(
        found.message,
        past_lines(gold["lines"]),
        gold.get("po_number") or found.message.id,
        is_change=gold["intent"] == "order_change",
    )


def predictions(folder: Path, *, feedback: bool) -> Iterator[dict[str, Any]]:
    """Readings of a folder's messages, oldest first; with feedback each gold is learned after its reading."""
    company = load_company(folder)
    learned = lessons.learn_history(load_history(folder))
    current = reader.Reader(company, learned)
    for found in sorted(load_messages(folder), key=lambda m: m.message.sent_at):
        started = time.perf_counter()
        reading = current.read(found.message)
        yield prediction(found.message.id, reading, time.perf_counter() - started)
        if feedback:
            newer = _confirmed(current, found)
            if newer is not None:
                current = current.with_lessons(newer)


def read_corpus(folder: Path, out: Path, feedback: bool) -> int:
    """Read a company folder and write predictions to `out` (JSON lines); returns how many messages.

    Raises CannotReadCorpus where the folder is incomplete or not of the corpus form.
    """
    if not (folder / "company.json").exists():
        raise CannotReadCorpus(f"{folder} holds no company.json")
    count = 0
    with out.open("w", encoding="utf-8") as file:
        for row in predictions(folder, feedback=feedback):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def without_texts(orders: list[types.PastOrder]) -> list[types.PastOrder]:
    """The same orders as an ERP alone would know them: no kept texts."""
    return [replace(order, message=None) for order in orders]
