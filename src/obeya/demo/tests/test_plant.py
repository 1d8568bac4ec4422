"""The demo plant's files fit together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from obeya.demo import plant

FUNCTIONS = {
    "order_desk", "quality", "planning", "materials", "maintenance", "production", "customer_service",
    "commercial", "dispatch", "plant_manager", "operator", "driver", "it",
}  # fmt: skip


@pytest.fixture(scope="module")
def deccan() -> plant.Plant:
    return plant.load()


def price_of(deccan: plant.Plant, customer: str, line: plant.OrderLine) -> Decimal:
    price_list = next(c.price_list for c in deccan.customers if c.code == customer)
    item = deccan.item(line.sku)
    per_pack = Decimal(1) if line.uom == item.base_uom else item.units[line.uom]
    breaks = [
        price
        for price in deccan.prices
        if (price.price_list, price.sku) == (price_list, line.sku) and price.min_qty <= line.qty * per_pack
    ]
    return max(breaks, key=lambda price: price.min_qty).unit_price * per_pack


def test_the_plant_has_the_size_it_promises(deccan: plant.Plant) -> None:
    assert len(deccan.at_level("site")) == 1
    assert len(deccan.at_level("work_center")) == 2
    assert len(deccan.at_level("work_unit")) == 8
    assert len(deccan.items) >= 60
    assert len(deccan.customers) == 12
    assert len(deccan.price_lists) == 3
    assert len(deccan.production_orders) == 6
    assert len(deccan.history) >= 40
    assert len(deccan.messages) >= 40
    assert {user.function for user in deccan.users} == FUNCTIONS


def test_every_code_that_a_row_names_exists(deccan: plant.Plant) -> None:
    skus = {item.sku for item in deccan.items}
    assert {price.sku for price in deccan.prices} <= skus
    assert {alias.sku for alias in deccan.aliases} <= skus
    assert {rate.sku for rate in deccan.rates} <= skus
    assert {stock.sku for stock in deccan.stock} <= skus
    assert {order.sku for order in deccan.production_orders} <= skus
    assert {line.component for bom in deccan.boms for line in bom.lines} <= skus
    customers = {customer.code for customer in deccan.customers}
    assert {alias.customer for alias in deccan.aliases} <= customers
    assert {order.customer for order in deccan.sales_orders} <= customers
    assert {order.customer for order in deccan.history} <= customers
    assert {message.customer for message in deccan.messages} <= customers | {""}
    machines = {unit.code for unit in deccan.at_level("work_unit")}
    assert {rate.work_unit for rate in deccan.rates} <= machines
    assert {order.work_unit for order in deccan.production_orders} <= machines
    assert {stock.location for stock in deccan.stock} == {place.code for place in deccan.locations}


def test_every_made_item_has_a_bill_and_a_machine(deccan: plant.Plant) -> None:
    made = {item.sku for item in deccan.items if item.kind != "raw"}
    assert {bom.sku for bom in deccan.boms} == made
    assert {rate.sku for rate in deccan.rates} == made


def test_every_sold_item_has_a_price_on_every_list_and_no_price_lies_below_its_floor(
    deccan: plant.Plant,
) -> None:
    sold = {item.sku for item in deccan.items if item.kind == "finished"}
    for price_list in deccan.price_lists:
        assert {price.sku for price in deccan.prices if price.price_list == price_list.code} == sold
    for price in deccan.prices:
        assert deccan.item(price.sku).cost < price.floor_price <= price.unit_price


def test_orders_are_priced_from_the_customers_list(deccan: plant.Plant) -> None:
    orders = [(order.customer, order.lines) for order in deccan.history]
    orders += [(order.customer, order.lines) for order in deccan.sales_orders]
    for customer, lines in orders:
        for line in lines:
            assert line.unit_price == price_of(deccan, customer, line), (customer, line)


def test_open_orders_stay_within_the_credit_limit(deccan: plant.Plant) -> None:
    for customer in deccan.customers:
        booked = sum(
            (
                line.qty * line.unit_price
                for order in deccan.sales_orders
                if order.customer == customer.code and order.state == "processing"
                for line in order.lines
            ),
            Decimal(0),
        )
        assert customer.receivable + booked < customer.credit_limit


def test_lot_tracked_stock_names_its_lot_and_packing_does_not(deccan: plant.Plant) -> None:
    for stock in deccan.stock:
        assert bool(stock.lot) == deccan.item(stock.sku).lot_tracked, stock


def test_phones_and_mail_addresses_are_fictional(deccan: plant.Plant) -> None:
    for customer in deccan.customers:
        assert customer.phone.startswith("+91 00000 2")
        assert customer.email.endswith(".example")
    assert len({customer.phone for customer in deccan.customers}) == len(deccan.customers)


def test_days_are_counted_from_the_seed_day() -> None:
    assert plant.on(-3, date(2026, 3, 2)) == date(2026, 2, 27)
