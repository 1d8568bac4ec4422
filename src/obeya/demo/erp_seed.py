"""Fill an empty Tryton with the demo plant, over its own JSON-RPC only.

Steps run in the order of `seed`, each on what the ones before it made. Units: an item's base unit and
its pack units live in a unit category of their own ("pcs / ctn 5000"), shared by items packed alike, so
"the units this item is sold in" is simply its category; the categories Tryton brings stay untouched.
Stock sits by lot and location; the hold cage hangs under the warehouse beside its storage zone, so what
is held is not there to be sold, picked or consumed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from obeya.demo import erp_orders, erp_rpc, erp_world, plant

CONNECTOR_LOGIN = "obeya"
CONNECTOR_GROUPS = ("Sales", "Stock", "Production", "Stock Cancellation")
"""Not 'Account Credit Limit': that group turns the credit refusal into a warning one can skip."""

SEQUENCES = {
    "Sale": "SO-",
    "Production": "MO-",
    "Customer Shipment": "DO-",
    "Internal Shipment": "IT-",
    "Inventory": "CNT-",
}
"""What the document numbers of each kind begin with."""

WHOLE = {"rounding": 1.0, "digits": 0}
FINE = {"rounding": 0.001, "digits": 3}


def seed(*, rpc: erp_rpc.Rpc, seed_day: date) -> str:
    """Make everything the ERP owns; the connector's REST key. Raises CannotSeedErp."""
    world = erp_world.World(plant=plant.load(), rpc=rpc, seed_day=seed_day)
    for step in STEPS:
        step(world)
    erp_orders.make_production_orders(world)
    erp_orders.make_sales_orders(world)
    return _make_connector_user(world)


def _make_company(world: erp_world.World) -> None:
    rpc, company = world.rpc, world.plant.company
    world.currency = rpc.create(
        "currency.currency",
        [{"name": "Indian Rupee", "code": company.currency, "symbol": "₹", "numeric_code": "356",
          "rounding": Decimal("0.01"), "digits": 2,
          "rates": [("create", [{"date": date(2000, 1, 1), "rate": Decimal(1)}])]}],
    )[0]  # fmt: skip
    world.country = rpc.create("country.country", [{"name": "India", "code": company.country}])[0]
    party = rpc.create("party.party", [{"name": company.legal_name, "code": company.code}])[0]
    world.company = rpc.create(
        "company.company", [{"party": party, "currency": world.currency, "timezone": company.timezone}]
    )[0]
    admin = rpc.one("res.user", [("login", "=", "admin")])
    rpc.write("res.user", [admin], {"companies": [("add", [world.company])], "company": world.company})
    rpc.context["company"] = world.company


def _make_accounts(world: erp_world.World) -> None:
    """The standard chart of accounts with its default properties."""
    rpc = world.rpc
    templates = rpc.ids("account.account.template", [("parent", "=", None)])
    rpc.wizard(
        "account.create_chart",
        [("create_account", {"account": {"account_template": templates[0], "company": world.company}})],
    )
    found = {kind: _account(world, kind) for kind in ("receivable", "payable", "revenue", "expense")}
    rpc.write(
        "account.configuration",
        [1],
        {"default_account_receivable": found["receivable"], "default_account_payable": found["payable"],
         "default_category_account_revenue": found["revenue"],
         "default_category_account_expense": found["expense"]},
    )  # fmt: skip


def _account(world: erp_world.World, kind: str) -> int:
    """The first open account of a kind."""
    domain = [(f"type.{kind}", "=", True), ("company", "=", world.company), ("closed", "!=", True)]
    return world.rpc.one("account.account", domain)


def _make_fiscal_year(world: erp_world.World) -> None:
    """One open year around the seed day: from eight months before it to sixteen months after."""
    rpc = world.rpc
    starts = (world.seed_day - timedelta(days=240)).replace(day=1)
    ends = (world.seed_day + timedelta(days=490)).replace(day=1) - timedelta(days=1)

    def sequence(kind: str) -> int:
        made = rpc.create(
            "ir.sequence.strict",
            [{"name": f"{kind} {starts.year}", "sequence_type": rpc.named("ir.sequence.type", kind),
              "company": world.company}],
        )  # fmt: skip
        return made[0]

    invoices = sequence("Invoice")
    year = rpc.create(
        "account.fiscalyear",
        [{"name": f"{starts.year}-{ends.year}", "start_date": starts, "end_date": ends,
          "company": world.company, "move_sequence": sequence("Account Move"),
          "invoice_sequences": [("create", [{
              "company": world.company, "out_invoice_sequence": invoices, "in_invoice_sequence": invoices,
              "out_credit_note_sequence": invoices, "in_credit_note_sequence": invoices}])]}],
    )[0]  # fmt: skip
    rpc.call("account.fiscalyear", "create_period", [year])


def _make_sequences(world: erp_world.World) -> None:
    """Readable document numbers; and orders are invoiced as they are delivered."""
    world.rpc.write("sale.configuration", [1], {"sale_invoice_method": "fulfillment"})
    for kind, prefix in SEQUENCES.items():
        found = world.rpc.ids("ir.sequence", [("sequence_type.name", "=", kind)])
        world.rpc.write("ir.sequence", found, {"prefix": prefix, "padding": 5})


def _make_locations(world: erp_world.World) -> None:
    rpc, site = world.rpc, world.plant.site
    world.warehouse = rpc.one("stock.location", [("type", "=", "warehouse")])
    world.storage = rpc.one("stock.location", [("code", "=", "STO")])
    rows = [
        {"name": place.name, "code": place.code, "type": "storage",
         "parent": world.storage if place.parent == "storage" else world.warehouse}
        for place in world.plant.locations
    ]  # fmt: skip
    for place, made in zip(world.plant.locations, rpc.create("stock.location", rows), strict=True):
        world.locations[place.code] = made
    scrap = rpc.create("stock.location", [{"name": "Scrap", "code": "SCRAP", "type": "lost_found"}])
    rpc.write(
        "stock.location",
        [world.warehouse],
        {"name": site.name, "code": site.code, "production_output_location": world.locations["FG"],
         "waste_locations": [("add", scrap)]},
    )  # fmt: skip


def _make_units(world: erp_world.World) -> None:
    """One category for each way of packing, with the base unit and its packs."""
    rpc = world.rpc
    made: dict[tuple[tuple[str, Decimal], ...], dict[str, int]] = {}
    for item in world.plant.items:
        packing = ((item.base_uom, Decimal(1)), *sorted(item.units.items()))
        if packing not in made:
            name = " / ".join(unit if n == 1 else f"{unit} {n}" for unit, n in packing)
            category = rpc.create("product.uom.category", [{"name": name}])[0]
            rows = [_unit_row(unit, n, category, item.base_uom) for unit, n in packing]
            ids = rpc.create("product.uom", rows)
            made[packing] = {unit: id_ for (unit, _), id_ in zip(packing, ids, strict=True)}
        for unit, id_ in made[packing].items():
            world.units[item.sku, unit] = id_


def _unit_row(unit: str, base_qty: Decimal, category: int, base_uom: str) -> dict[str, Any]:
    precision = FINE if unit == base_uom == "kg" else WHOLE
    rate = round(1 / float(base_qty), 12)
    name = unit if base_qty == 1 else f"{unit} of {base_qty} {base_uom}"
    return {"name": name, "symbol": unit, "category": category, "factor": float(base_qty), "rate": rate,
            **precision}  # fmt: skip


def _make_items(world: erp_world.World) -> None:
    rpc = world.rpc
    accounts = rpc.create(
        "product.category",
        [{"name": "Goods", "accounting": True, "account_revenue": _account(world, "revenue"),
          "account_expense": _account(world, "expense")}],
    )  # fmt: skip
    names = sorted({item.category for item in world.plant.items})
    made = rpc.create("product.category", [{"name": name} for name in names])
    categories = dict(zip(names, made, strict=True))
    rows = [_item_row(world, item, categories[item.category]) for item in world.plant.items]
    templates = rpc.create("product.template", [{**row, "account_category": accounts[0]} for row in rows])
    found = rpc.call("product.product", "search_read", [], 0, None, None, ["code", "template"])
    by_template = {row["template"]: row["id"] for row in found}
    for item, template in zip(world.plant.items, templates, strict=True):
        world.templates[item.sku] = template
        world.products[item.sku] = by_template[template]


def _item_row(world: erp_world.World, item: plant.Item, category: int) -> dict[str, Any]:
    sold = item.kind == "finished"
    pack = next(iter(item.units), item.base_uom)
    row: dict[str, Any] = {
        "name": item.name, "code": item.sku, "type": "goods", "categories": [("add", [category])],
        "default_uom": world.units[item.sku, item.base_uom], "list_price": item.list_price,
        "cost_price_method": "fixed", "producible": item.kind != "raw", "salable": sold,
        "lot_required": ["storage"] if item.lot_tracked else [],
        "products": [("create", [{"cost_price": item.cost}])],
    }  # fmt: skip
    if sold:
        row["sale_uom"] = world.units[item.sku, pack]
    if item.shelf_life_days:
        row |= {"expiration_state": "optional", "expiration_time": item.shelf_life_days}
    return row


def _make_boms(world: erp_world.World) -> None:
    rows = []
    for bom in world.plant.boms:
        base = world.plant.item(bom.sku).base_uom
        inputs = [
            {"product": world.products[line.component], "quantity": float(line.qty),
             "unit": world.units[line.component, line.uom]}
            for line in bom.lines
        ]  # fmt: skip
        output = {"product": world.products[bom.sku], "quantity": float(bom.output_qty),
                  "unit": world.units[bom.sku, base]}  # fmt: skip
        rows.append({"name": bom.sku, "inputs": [("create", inputs)], "outputs": [("create", [output])]})
    made = world.rpc.create("production.bom", rows)
    world.boms = {bom.sku: id_ for bom, id_ in zip(world.plant.boms, made, strict=True)}
    links = [{"product": world.products[sku], "bom": id_} for sku, id_ in world.boms.items()]
    world.rpc.create("product.product-production.bom", links)


def _make_price_lists(world: erp_world.World) -> None:
    """A line holds from its quantity on and the first that fits counts: the biggest breaks come first."""
    for price_list in world.plant.price_lists:
        prices = [price for price in world.plant.prices if price.price_list == price_list.code]
        prices.sort(key=lambda price: (price.sku, -price.min_qty))
        lines = [
            {"sequence": number, "product": world.products[price.sku], "quantity": float(price.min_qty),
             "formula": str(price.unit_price)}
            for number, price in enumerate(prices, start=1)
        ]  # fmt: skip
        row = {"name": price_list.code, "company": world.company, "unit": "product_default",
               "lines": [("create", lines)]}  # fmt: skip
        world.price_lists[price_list.code] = world.rpc.create("product.price_list", [row])[0]


def _make_customers(world: erp_world.World) -> None:
    rows = [_customer_row(world, customer) for customer in world.plant.customers]
    for customer, made in zip(world.plant.customers, world.rpc.create("party.party", rows), strict=True):
        world.parties[customer.code] = made
        world.addresses[customer.code] = world.rpc.one("party.address", [("party", "=", made)])
    names = [
        {"template": world.templates[alias.sku], "product": world.products[alias.sku],
         "party": world.parties[alias.customer], "name": alias.words}
        for alias in world.plant.aliases
    ]  # fmt: skip
    world.rpc.create("sale.product_customer", names)


def _customer_row(world: erp_world.World, customer: plant.Customer) -> dict[str, Any]:
    addresses = [
        {"street_unstructured": customer.address, "city": customer.city, "country": world.country,
         "invoice": True, "delivery": not customer.ship_to, "sequence": 1},
        *(
            {"party_name": place, "city": customer.city, "country": world.country, "delivery": True,
             "invoice": False, "sequence": number}
            for number, place in enumerate(customer.ship_to, start=2)
        ),
    ]  # fmt: skip
    contacts = [
        {"type": "mobile", "value": customer.phone, "name": customer.contact_name, "sequence": 1},
        {"type": "email", "value": customer.email, "name": customer.contact_name, "sequence": 2},
    ]
    return {
        "name": customer.name, "code": customer.code, "addresses": [("create", addresses)],
        "contact_mechanisms": [("create", contacts)],
        "identifiers": [("create", [{"code": customer.tax_id}])],
        "credit_limit_amount": customer.credit_limit,
        "sale_price_list": world.price_lists[customer.price_list],
    }  # fmt: skip


def _make_receivables(world: erp_world.World) -> None:
    """What each customer already owes, as one posted opening entry a customer."""
    rpc = world.rpc
    receivable, revenue = _account(world, "receivable"), _account(world, "revenue")
    journal = rpc.one("account.journal", [("type", "=", "revenue")])
    day = world.on(-30)
    period = rpc.one("account.period", [("start_date", "<=", day), ("end_date", ">=", day)])
    rows = []
    for customer in world.plant.customers:
        lines = [
            {"account": receivable, "party": world.parties[customer.code], "debit": customer.receivable,
             "credit": Decimal(0), "maturity_date": world.on(15)},
            {"account": revenue, "debit": Decimal(0), "credit": customer.receivable},
        ]  # fmt: skip
        rows.append({"period": period, "journal": journal, "date": day, "company": world.company,
                     "description": "Opening balance", "lines": [("create", lines)]})  # fmt: skip
    rpc.call("account.move", "post", rpc.create("account.move", rows))


def _make_work_centers(world: erp_world.World) -> None:
    """The lines with their machines below them; a code is the name, for Tryton has no code here."""
    rpc = world.rpc
    kinds = sorted({unit.kind for unit in world.plant.at_level("work_unit")})
    made = rpc.create("production.work.center.category", [{"name": kind} for kind in kinds])
    categories = dict(zip(kinds, made, strict=True))
    common = {"company": world.company, "warehouse": world.warehouse}
    lines = world.plant.at_level("work_center")
    line_ids = dict(
        zip(
            (line.code for line in lines),
            rpc.create("production.work.center", [{"name": line.code, **common} for line in lines]),
            strict=True,
        )
    )
    machines = world.plant.at_level("work_unit")
    rows = [
        {"name": machine.code, "parent": line_ids[machine.parent], "category": categories[machine.kind],
         "cost_method": "hour", "cost_price": machine.cost_per_hour, **common}
        for machine in machines
    ]  # fmt: skip
    ids = rpc.create("production.work.center", rows)
    world.work_units = {machine.code: id_ for machine, id_ in zip(machines, ids, strict=True)}


def _make_lots(world: erp_world.World) -> None:
    lots: dict[tuple[str, str], plant.Stock] = {}
    for stock in world.plant.stock:
        if stock.lot:
            lots.setdefault((stock.sku, stock.lot), stock)
    rows = []
    for (sku, number), stock in lots.items():
        row: dict[str, Any] = {"number": number, "product": world.products[sku]}
        if stock.expires_day is not None:
            row["expiration_date"] = world.on(stock.expires_day)
        rows.append(row)
    world.lots = dict(zip(lots, world.rpc.create("stock.lot", rows), strict=True))


def _make_stock(world: erp_world.World) -> None:
    """One counted and confirmed inventory a location."""
    inventories = []
    for code, location in world.locations.items():
        lines = [
            {"product": world.products[stock.sku], "quantity": float(stock.qty),
             "lot": world.lots.get((stock.sku, stock.lot))}
            for stock in world.plant.stock
            if stock.location == code
        ]  # fmt: skip
        row = {"location": location, "date": world.on(-7), "company": world.company,
               "lines": [("create", lines)]}  # fmt: skip
        inventories.append(row)
    made = world.rpc.create("stock.inventory", inventories)
    world.rpc.call("stock.inventory", "confirm", made, _skip_warnings=True)


def _make_connector_user(world: erp_world.World) -> str:
    """The integration user with a validated REST key of its own; the key."""
    rpc = world.rpc
    groups = [rpc.named("res.group", name) for name in CONNECTOR_GROUPS]
    user = rpc.create(
        "res.user",
        [{"name": "Obeya connector", "login": CONNECTOR_LOGIN, "password": secrets.token_urlsafe(24),
          "groups": [("add", groups)], "companies": [("add", [world.company])],
          "company": world.company}],
    )[0]  # fmt: skip
    key = secrets.token_hex(32)
    rpc.create(
        "res.user.application",
        [{"application": "rest", "key": key, "user": user, "state": "validated"}],
    )
    return key


STEPS: tuple[Callable[[erp_world.World], None], ...] = (
    _make_company,
    _make_accounts,
    _make_fiscal_year,
    _make_sequences,
    _make_locations,
    _make_units,
    _make_items,
    _make_boms,
    _make_price_lists,
    _make_customers,
    _make_receivables,
    _make_work_centers,
    _make_lots,
    _make_stock,
)
