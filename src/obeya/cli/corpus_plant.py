"""A company folder as a plant in a database: its catalogue, customers and past orders go in by the rooms'
own doors, and its messages are read by the reader that the order desk uses."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from obeya.catalog import actions as catalog
from obeya.catalog import ports
from obeya.cli import corpus
from obeya.journal.events import Origin
from obeya.orders import actions as orders
from obeya.orders import knowledge
from obeya.orders.reading import types
from obeya.people import actions as people

SITE = "CORPUS"
CONNECTOR = "corpus"


def load(folder: Path) -> types.Company:
    """Fill the empty database from a company folder; returns the company as the folder tells it.

    Raises CannotReadCorpus.
    """
    company = corpus.load_company(folder)
    origin = Origin.fresh(source="corpus", actor="system")
    people.create_site(
        code=SITE,
        name=company.name,
        country=company.country,
        timezone=company.timezone,
        currency=company.currency,
        week=[day.lower()[:3] for day in company.week],
        language=company.languages[0][:2] if company.languages else "en",
        origin=origin,
    )
    _apply("items", tuple(_item(item) for item in company.items))
    _apply("prices", tuple(_prices(company)))
    _apply("customers", tuple(_customers(folder, company)))
    catalog.set_uom_words(site=SITE, words=company.uom_words, origin=origin)
    catalog.set_floors(site=SITE, floors=list(_floors(folder, company)), origin=origin)
    orders.add_past_orders(site=SITE, orders=corpus.load_history(folder))
    return company


def _apply(entity: ports.Entity, rows: tuple[ports.Row, ...]) -> None:
    page = ports.Page(rows=rows, cursor="", as_of=datetime.now(UTC), complete=True)
    catalog.apply_page(connector=CONNECTOR, site=SITE, entity=entity, page=page)


def _item(item: types.Item) -> ports.ItemRow:
    return ports.ItemRow(
        sku=item.sku,
        erp_id=item.sku,
        description=item.description,
        category=item.category,
        brand=item.brand,
        base_uom=item.base_uom,
        units={uom: count for uom, count in item.units.items() if uom != item.base_uom},
        active=item.active,
        tax_code=item.tax_code,
        substitute_sku=item.substitute_sku or "",
    )


def _prices(company: types.Company) -> Iterator[ports.PriceRow]:
    for (price_list, sku, uom, least), price in company.list_prices.items():
        yield ports.PriceRow(
            price_list=price_list,
            sku=sku,
            uom=uom,
            min_quantity=least,
            unit_price=price,
            currency=company.currency,
        )


def _customers(folder: Path, company: types.Company) -> Iterator[ports.CustomerRow]:
    told = {row["code"]: row for row in _rows(folder / "customers.csv")}
    for customer in company.customers:
        row = told[customer.code]
        yield ports.CustomerRow(
            code=customer.code,
            erp_id=customer.code,
            name=customer.name,
            currency=company.currency,
            city=customer.city,
            language=customer.language,
            tax_id=row.get("tax_id", ""),
            contact_name=customer.contact_name,
            phones=(row["phone"],) if row.get("phone") else (),
            emails=(row["email"],) if row.get("email") else (),
            ship_to=customer.ship_to,
            price_list=customer.price_list,
            credit_limit=_decimal(row.get("credit_limit")),
            exposure=_decimal(row.get("outstanding")) or Decimal(0),
        )


def _floors(folder: Path, company: types.Company) -> Iterator[catalog.Floor]:
    known = {item.sku for item in company.items}
    lowest: dict[tuple[str, str, str], Decimal] = {}
    for row in _rows(folder / "prices.csv") if (folder / "prices.csv").exists() else ():
        floor = _decimal(row.get("floor_price"))
        if floor is not None and row["sku"] in known:
            key = (row["price_list"], row["sku"], row["uom"])
            lowest[key] = min(floor, lowest.get(key, floor))
    for (price_list, sku, uom), floor in lowest.items():
        yield catalog.Floor(sku, uom, floor, company.currency, price_list)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def predictions(folder: Path, *, feedback: bool) -> Iterator[dict[str, Any]]:
    """Readings of the messages, oldest first; with feedback each gold is learned after it is read."""
    load(folder)
    knowledge.forget()
    for found in sorted(corpus.load_messages(folder), key=lambda told: told.message.sent_at):
        reader = knowledge.reader_of(SITE)
        started = time.perf_counter()
        reading = reader.read(found.message)
        yield corpus.prediction(found.message.id, reading, time.perf_counter() - started)
        gold = found.gold
        if feedback and gold and corpus.teaches(found):
            orders.learn_confirmed(
                site=SITE,
                message=found.message,
                lines=corpus.past_lines(gold["lines"]),
                order_no=found.message.id,
                is_change=gold["intent"] == "order_change",
            )
            knowledge.relearn(SITE)
