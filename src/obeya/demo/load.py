"""Load what the demo plant keeps in Obeya, then read the rest from its ERP. Loading again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from obeya.cases import actions as cases
from obeya.catalog import actions as catalog
from obeya.catalog import answers
from obeya.catalog import queries as mirrored
from obeya.demo import plant as plants
from obeya.journal.events import Origin
from obeya.orders import actions as orders
from obeya.orders.reading import types as reading
from obeya.people import actions as people
from obeya.people import queries as known

CONNECTOR = "tryton"
LEVELS: tuple[answers.Level, ...] = ("enterprise", "site", "area", "work_center", "work_unit")


class CannotLoadDemo(Exception):
    """The demo ERP could not be read, or another plant lives in this database: the text says which."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is now."""

    site: str
    users: int
    items: int
    customers: int
    past_orders: int


def load(*, password: str, plant: plants.Plant, today: date) -> Loaded:
    """Bring the plant in. `password` is given to people who are not known yet. Raises CannotLoadDemo."""
    origin = Origin.fresh(source="demo", actor="system")
    site = plant.site.code
    _make_site(plant, origin)
    shifts = _make_shifts(plant, origin)
    for user in plant.users:
        _make_user(user, site, shifts, password, origin)
    cases.ensure_routes(site=site)
    _read_erp()
    _add_own(plant, origin)
    orders.add_past_orders(site=site, orders=[_past(order, plant, today) for order in plant.history])
    return Loaded(
        site=site,
        users=len(plant.users),
        items=len(mirrored.list_items(site)),
        customers=len(mirrored.list_customers(site)),
        past_orders=len(plant.history),
    )


def _make_site(plant: plants.Plant, origin: Origin) -> None:
    sites = {site.code for site in known.list_sites()}
    if sites - {plant.site.code}:
        raise CannotLoadDemo(f"This database holds another plant: {', '.join(sorted(sites))}.")
    if sites:
        return
    people.create_site(
        code=plant.site.code,
        name=f"{plant.company.name}, {plant.site.name}",
        country=plant.company.country,
        timezone=plant.company.timezone,
        currency=plant.company.currency,
        week=plant.company.week,
        origin=origin,
    )


def _make_shifts(plant: plants.Plant, origin: Origin) -> dict[str, int]:
    """The shifts' ids by the code that the users' file names."""
    site = plant.site.code
    made: dict[str, int] = {}
    for shift in plant.shifts:
        found = known.find_shift(site, shift.name)
        made[shift.code] = (
            found.id
            if found
            else people.create_shift(
                site=site,
                name=shift.name,
                starts=time.fromisoformat(shift.starts),
                ends=time.fromisoformat(shift.ends),
                days=plant.company.week,
                origin=origin,
            )
        )
    return made


def _make_user(user: plants.User, site: str, shifts: dict[str, int], password: str, origin: Origin) -> None:
    """Everybody is on duty round the clock but the operators, who work in shifts: a demo runs at any hour."""
    person = known.find_user(user.login) or people.create_user(
        username=user.login,
        display_name=user.name,
        password=password,
        email=user.email,
        language=user.language,
        origin=origin,
    )
    function = known.Function(user.function)
    shift = shifts[user.shift] if function is known.Function.OPERATOR else None
    people.grant(user_id=person.id, site=site, function=function, shift_id=shift, origin=origin)


def _read_erp() -> None:
    synced = catalog.sync_now(connector=CONNECTOR)
    if synced.failed:
        (site, entity), text = next(iter(synced.failed.items()))
        raise CannotLoadDemo(f"The {entity} of {site} could not be read from the demo ERP: {text}")


def _add_own(plant: plants.Plant, origin: Origin) -> None:
    """What the ERP does not know: lowest prices, unit words, what customers are called, machines' places."""
    site, currency = plant.site.code, plant.company.currency
    floors = {
        (price.price_list, price.sku, price.uom): catalog.Floor(
            price.sku, price.uom, price.floor_price, currency, price.price_list
        )
        for price in plant.prices
    }
    catalog.set_floors(site=site, floors=list(floors.values()), origin=origin)
    catalog.set_uom_words(site=site, words={word.word: word.uom for word in plant.uom_words}, origin=origin)
    for customer in plant.customers:
        for name in customer.other_names:
            catalog.add_customer_name(site=site, customer=customer.code, name=name, origin=origin)
    placed = {(node.code, node.level, node.parent) for node in mirrored.list_equipment(site)}
    for level in LEVELS:
        for node in plant.at_level(level):
            if (node.code, level, node.parent) not in placed:
                catalog.set_equipment(
                    site=site, code=node.code, level=level, name=node.name, parent=node.parent, origin=origin
                )


def _past(order: plants.PastOrder, plant: plants.Plant, today: date) -> reading.PastOrder:
    tz = known.get_site(plant.site.code).tz
    day = today + timedelta(days=order.ordered_day)
    return reading.PastOrder(
        order_no=order.order_no,
        customer=order.customer,
        ordered_at=datetime.combine(day, time.fromisoformat(order.time), tzinfo=tz),
        channel=order.channel,
        message=order.message,
        lines=tuple(reading.PastLine(line.sku, line.qty, line.uom, line.unit_price) for line in order.lines),
    )
