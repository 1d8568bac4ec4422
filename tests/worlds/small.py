"""The plant PUNE, small: one site, a person for every function, caps, customers, lots and stock.

`create()` fills an empty database through the rooms' own doors. Nothing runs by itself here: tests advance
the clock, seal the journal and run the jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from obeya.cases import actions as cases
from obeya.catalog import actions as catalog
from obeya.catalog import ports
from obeya.catalog import queries as catalog_queries
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import actions as people
from obeya.people import queries as people_queries
from obeya.people.queries import Function

SITE = "PUNE"
PASSWORD = "correct-horse-battery"
CONNECTOR = "tryton"
CURRENCY = "INR"
PRICE_LIST = "PL-DLR"
PHONE = "+91 00000 20101"
"""From this number Krushnai Traders writes."""
LOT = "CW28-2417"
"""A lot of white caps with stock: what operators put on hold."""

ORIGIN = Origin.fresh(source="test", actor="system")
D = Decimal

PEOPLE: tuple[tuple[str, str, Function], ...] = (
    ("asha", "Asha Kulkarni", Function.ORDER_DESK),
    ("meera", "Meera Joshi", Function.QUALITY),
    ("ravi", "Ravi Deshmukh", Function.PLANNING),
    ("imran", "Imran Shaikh", Function.MATERIALS),
    ("sunil", "Sunil Pawar", Function.MAINTENANCE),
    ("vijay", "Vijay Gaikwad", Function.PRODUCTION),
    ("kavita", "Kavita Nair", Function.CUSTOMER_SERVICE),
    ("nikhil", "Nikhil Bapat", Function.COMMERCIAL),
    ("farida", "Farida Merchant", Function.DISPATCH),
    ("anand", "Anand Rao", Function.PLANT_MANAGER),
    ("lata", "Lata Jadhav", Function.OPERATOR),
    ("dinesh", "Dinesh Shinde", Function.DRIVER),
    ("priya", "Priya Sathe", Function.IT),
)

MACHINES = (("IM-1", "Injection machine 1"), ("IM-2", "Injection machine 2"), ("PF-1", "Preform machine 1"))


@dataclass(frozen=True, slots=True)
class World:
    """What was created: persons by user name, lot ids by lot number."""

    site: str
    people: Mapping[str, people_queries.Person]
    lots: Mapping[str, int]


def create(*, passwords: bool | Collection[str] = False, site: str = SITE) -> World:
    """The whole plant. `passwords`: everybody, or these, can log in with `PASSWORD` (hashing takes time)."""
    create_site(site)
    persons = create_people(site, passwords=passwords)
    create_catalog(site)
    cases.ensure_routes(site=site)
    lots = {lot.number: lot.id for number in STOCK_LOTS for lot in catalog_queries.find_lots(site, number)}
    return World(site, persons, lots)


def create_site(code: str = SITE) -> None:
    """The site with its three shifts."""
    week = ["mon", "tue", "wed", "thu", "fri", "sat"]
    people.create_site(
        code=code,
        name=f"{code.title()} plant",
        country="IN",
        timezone="Asia/Kolkata",
        currency=CURRENCY,
        week=week,
        origin=ORIGIN,
    )
    for name, starts, ends in (("A", 6, 14), ("B", 14, 22), ("C", 22, 6)):
        people.create_shift(
            site=code, name=name, starts=time(starts), ends=time(ends), days=week, origin=ORIGIN
        )


def create_people(
    site: str = SITE, *, passwords: bool | Collection[str] = False
) -> dict[str, people_queries.Person]:
    """One person per function, on duty at any hour."""
    persons = {}
    can_log_in = {username for username, _, _ in PEOPLE} if passwords is True else set(passwords or ())
    for username, name, function in PEOPLE:
        person = people.create_user(
            username=username,
            display_name=name,
            password=PASSWORD if username in can_log_in else None,
            email=f"{username}@deccanpolypack.example",
            origin=ORIGIN,
        )
        people.grant(user_id=person.id, site=site, function=function, origin=ORIGIN)
        persons[username] = person
    return persons


def create_catalog(site: str = SITE) -> None:
    """Everything the ERP would tell, and what the plant adds: machines, floors, words for units."""
    apply(site, "items", *ITEMS)
    apply(site, "customers", *CUSTOMERS)
    apply(site, "prices", *PRICES)
    apply(site, "boms", *BOMS)
    apply(site, "lots", *LOTS)
    apply(site, "stock", *STOCK)
    apply(site, "production_orders", *production_orders(clock.now().date()))
    apply(site, "sales_lines", *sales_lines(clock.now().date()))
    for code, name in (("MOULDING", "Moulding line"), *MACHINES):
        machine = code != "MOULDING"
        catalog.set_equipment(
            site=site,
            code=code,
            name=name,
            level="work_unit" if machine else "work_center",
            parent="MOULDING" if machine else "",
            origin=ORIGIN,
        )
    floors = [catalog.Floor(sku, "pcs", floor, CURRENCY) for sku, floor in FLOORS]
    catalog.set_floors(site=site, floors=floors, origin=ORIGIN)
    words = {"peti": "ctn", "carton": "ctn", "cartons": "ctn", "box": "box", "pcs": "pcs", "nos": "pcs"}
    catalog.set_uom_words(site=site, words=words, origin=ORIGIN)


def apply(
    site: str, entity: ports.Entity, *rows: ports.Row, as_of: datetime | None = None, complete: bool = False
) -> catalog.Applied:
    """One page of the ERP's rows, as the connector would bring it."""
    moment = as_of or clock.now()
    page = ports.Page(rows=rows, cursor=moment.isoformat(), as_of=moment, complete=complete)
    return catalog.apply_page(connector=CONNECTOR, site=site, entity=entity, page=page)


def _cap(sku: str, description: str, cost: str, **more: object) -> ports.ItemRow:
    values: dict[str, object] = {
        "sku": sku,
        "erp_id": f"item-{sku}",
        "description": description,
        "category": "Caps",
        "base_uom": "pcs",
        "units": {"box": D(500), "ctn": D(5000)},
        "cost": D(cost),
        "lot_tracked": True,
        "made": True,
    }
    return ports.ItemRow(**values | more)  # type: ignore[arg-type]  # the row checks its own fields


ITEMS = (
    _cap("CAP-28-WHT", "28 mm screw cap, white", "0.34"),
    _cap("CAP-28-BLU", "28 mm screw cap, blue", "0.35"),
    _cap("CAP-28-RED", "28 mm screw cap, red", "0.35"),
    _cap("CAP-38-WHT", "38 mm screw cap, white", "0.61", units={"box": D(300), "ctn": D(3000)}),
    _cap("PRE-28-21", "PET preform 28 mm, 21 g", "2.10", category="Preforms", units={"box": D(200)}),
    _cap("BTL-500-CLR", "Bottle 500 ml, clear", "3.40", category="Bottles", units={"bag": D(120)}),
    _cap(
        "RES-PP-IM",
        "Polypropylene, injection grade",
        "98",
        category="Resins",
        base_uom="kg",
        units={"bag": D(25)},
        made=False,
    ),
    _cap(
        "MB-WHT",
        "White masterbatch",
        "210",
        category="Colours",
        base_uom="kg",
        units={"bag": D(25)},
        made=False,
    ),
)

CUSTOMERS = (
    ports.CustomerRow(
        code="KRS01",
        erp_id="party-KRS01",
        name="Krushnai Traders",
        currency=CURRENCY,
        city="Pune",
        contact_name="Mahesh Kadam",
        phones=(PHONE,),
        emails=("orders@krushnai.example",),
        ship_to=("Market Yard shop", "Hadapsar godown"),
        price_list=PRICE_LIST,
        credit_limit=D(400_000),
        exposure=D(182_500),
        credit_enforced="hard",
    ),
    ports.CustomerRow(
        code="SHB01",
        erp_id="party-SHB01",
        name="Shubhada Plastics Agency",
        currency=CURRENCY,
        city="Nashik",
        contact_name="Shubhada Wagh",
        phones=("+91 00000 20102",),
        price_list=PRICE_LIST,
        credit_limit=D(30_000),
        exposure=D(29_500),
        credit_enforced="hard",
    ),
)


def _price(sku: str, uom: str, from_quantity: str, amount: str) -> ports.PriceRow:
    return ports.PriceRow(
        price_list=PRICE_LIST,
        sku=sku,
        uom=uom,
        min_quantity=D(from_quantity),
        unit_price=D(amount),
        currency=CURRENCY,
    )


PRICES = (
    _price("CAP-28-WHT", "pcs", "1", "0.52"),
    _price("CAP-28-WHT", "ctn", "1", "2600"),
    _price("CAP-28-WHT", "ctn", "20", "2520"),
    _price("CAP-28-BLU", "pcs", "1", "0.54"),
    _price("CAP-28-BLU", "ctn", "1", "2700"),
    _price("CAP-28-RED", "pcs", "1", "0.54"),
    _price("CAP-28-RED", "ctn", "1", "2700"),
    _price("CAP-38-WHT", "pcs", "1", "0.95"),
    _price("CAP-38-WHT", "ctn", "1", "2850"),
    _price("PRE-28-21", "pcs", "1", "3.10"),
    _price("BTL-500-CLR", "pcs", "1", "5.20"),
)
FLOORS = (
    ("CAP-28-WHT", D("0.46")),
    ("CAP-28-BLU", D("0.48")),
    ("CAP-28-RED", D("0.48")),
    ("CAP-38-WHT", D("0.85")),
    ("PRE-28-21", D("2.80")),
    ("BTL-500-CLR", D("4.70")),
)

BOMS = (
    ports.BomRow(
        erp_id="bom-CAP-28-WHT",
        sku="CAP-28-WHT",
        output_quantity=D(5000),
        lines=(
            ports.BomLineRow(sku="RES-PP-IM", quantity=D("10.5")),
            ports.BomLineRow(sku="MB-WHT", quantity=D("0.2")),
        ),
    ),
)

STOCK_LOTS = (LOT, "CW28-2409", "CB28-0877", "C38-0121", "RPP-2231", "RPP-2238", "MBW-0551")
LOTS = (
    ports.LotRow(number=LOT, sku="CAP-28-WHT", erp_id="lot-1"),
    ports.LotRow(number="CW28-2409", sku="CAP-28-WHT", erp_id="lot-2"),
    ports.LotRow(number="CB28-0877", sku="CAP-28-BLU", erp_id="lot-3"),
    ports.LotRow(number="C38-0121", sku="CAP-38-WHT", erp_id="lot-4"),
    ports.LotRow(number="RPP-2231", sku="RES-PP-IM", erp_id="lot-5", supplier="Sahyadri Polymers"),
    ports.LotRow(number="RPP-2238", sku="RES-PP-IM", erp_id="lot-6", supplier="Sahyadri Polymers"),
    ports.LotRow(number="MBW-0551", sku="MB-WHT", erp_id="lot-7", supplier="Konkan Colours"),
)


def _stock(sku: str, lot: str, location: str, quantity: int, kind: str = "store") -> ports.StockRow:
    return ports.StockRow(
        sku=sku,
        lot=lot,
        location=location,
        quantity=D(quantity),
        location_kind=kind,  # type: ignore[arg-type]  # one of the four kinds
    )


STOCK = (
    _stock("CAP-28-WHT", LOT, "FG", 36_000),
    _stock("CAP-28-WHT", LOT, "LS-MOULD", 12_000, "line"),
    _stock("CAP-28-WHT", "CW28-2409", "FG", 60_000),
    _stock("CAP-28-BLU", "CB28-0877", "FG", 45_000),
    _stock("CAP-38-WHT", "C38-0121", "FG", 9_000),
    _stock("RES-PP-IM", "RPP-2231", "RM", 6_400),
    _stock("RES-PP-IM", "RPP-2238", "RM", 5_000),
    _stock("RES-PP-IM", "RPP-2231", "LS-MOULD", 350, "line"),
    _stock("MB-WHT", "MBW-0551", "RM", 180),
    _stock("MB-WHT", "MBW-0551", "HOLD", 0, "hold"),
)


def production_orders(today: date) -> tuple[ports.ProductionOrderRow, ...]:
    """One order runs and fills lot `LOT`, one will need white caps' resin, one is planned."""
    return (
        ports.ProductionOrderRow(
            number="PO-0417",
            erp_id="production-1",
            sku="CAP-28-WHT",
            quantity=D(200_000),
            state="running",
            starts_on=today,
            due_on=today + timedelta(days=1),
            work_center="IM-1",
            output_lot=LOT,
            inputs=(
                ports.ProductionInputRow(sku="RES-PP-IM", quantity=D(420), lot="RPP-2231"),
                ports.ProductionInputRow(sku="MB-WHT", quantity=D(8), lot="MBW-0551"),
            ),
        ),
        ports.ProductionOrderRow(
            number="PO-0418",
            erp_id="production-2",
            sku="CAP-38-WHT",
            quantity=D(30_000),
            state="released",
            starts_on=today + timedelta(days=1),
            due_on=today + timedelta(days=2),
            work_center="IM-2",
            inputs=(ports.ProductionInputRow(sku="RES-PP-IM", quantity=D(110)),),
        ),
    )


def sales_lines(today: date) -> tuple[ports.SalesLineRow, ...]:
    """What customers still wait for."""
    return (
        ports.SalesLineRow(
            order_number="SO-0911",
            line_id="line-1",
            customer="KRS01",
            sku="CAP-28-WHT",
            uom="ctn",
            quantity=D(4),
            open_quantity=D(4),
            unit_price=D(2600),
            currency=CURRENCY,
            ordered_on=today - timedelta(days=2),
            due_on=today + timedelta(days=1),
            customer_reference="KT/118",
        ),
    )


START = datetime(2026, 2, 4, 6, 0, tzinfo=UTC)
"""A Wednesday, 11:30 in Pune, for tests that hold the clock."""
