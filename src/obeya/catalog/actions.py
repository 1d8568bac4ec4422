"""The only writers of the catalog: the mirror of ERP page by page, and what the plant adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import structlog
from django.db import DatabaseError, transaction

from obeya.catalog import answers, events, mirror, models, planning, ports, queries, readers, rules, sheets
from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import clock, contacts, live
from obeya.people import queries as people

_log = structlog.get_logger("obeya.catalog")
TOPIC = "connectors"
"""Live topic of the connectors' health page."""
TOLD_AT_ONCE = 100
READING_FAULTS = (
    DatabaseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    mirror.PageDoesNotFit,
)
"""What a mistake in a connector looks like; it must not keep the other entities from being read."""


class CannotApplyPage(Exception):
    """Another connector already provides this entity for the site."""


class CannotSetFloor(Exception):
    """The floor does not fit the item; the text says why."""


class CannotSetUomWord(Exception):
    """A word and a unit are needed."""


class CannotAddName(Exception):
    """A name is needed."""


class CannotAddContact(Exception):
    """This is not a phone number or mail address."""


class CannotSetEquipment(Exception):
    """The node does not fit into the hierarchy; the text says why."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a page did: rows written, rows that wait for what they refer to."""

    written: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Synced:
    """What a round of reading did, by (site, entity)."""

    applied: Mapping[tuple[str, str], Applied]
    failed: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Floor:
    """A lowest price to set, per `uom`; None takes it away; "" as price list means all."""

    sku: str
    uom: str
    floor: Decimal | None
    currency: str
    price_list: str = ""


def _tell(origin: Origin, site: str, told: Iterable[tuple[str, object]]) -> None:
    """Append events given as (subject, payload), in statements of bounded size."""
    drafts = [
        journal.Draft(payload=payload, site=site, subject=subject, origin=origin) for subject, payload in told
    ]
    for start in range(0, len(drafts), TOLD_AT_ONCE):
        journal.append(*drafts[start : start + TOLD_AT_ONCE])


def _origin_of(connector: str) -> Origin:
    return Origin.fresh(source=f"connector.{connector}", actor="system")


def _lock_states(connector: str, site: str) -> dict[str, models.SyncState]:
    """The connector's sync states at a site, locked until the transaction ends, made if need be."""
    rows = models.SyncState.objects.filter(connector=connector, site=site)
    if rows.count() < len(ports.ENTITIES):
        models.SyncState.objects.bulk_create(
            [models.SyncState(connector=connector, site_id=site, entity=entity) for entity in ports.ENTITIES],
            ignore_conflicts=True,
        )
    return {state.entity: state for state in rows.order_by("id").select_for_update()}


def _refuse_second_source(connector: str, site: str, entity: str) -> None:
    others = models.SyncState.objects.filter(site=site, entity=entity, as_of__isnull=False)
    other = others.exclude(connector=connector).first()
    if other is not None:
        raise CannotApplyPage(
            f"{entity} of {site} come from {other.connector}; {connector} cannot add to them."
        )


@transaction.atomic
def apply_page(
    *, connector: str, site: str, entity: ports.Entity, page: ports.Page, origin: Origin | None = None
) -> Applied:
    """Write one page of one entity into the mirror, whole or not at all; the same page again is harmless.

    Rows that refer to something unknown are set aside and tried again with each later page. A page
    older than what the mirror shows changes only what it does not show yet.
    Raises CannotApplyPage, mirror.PageDoesNotFit.
    """
    states = _lock_states(connector, site)
    _refuse_second_source(connector, site, entity)
    state = states[entity]
    origin = origin or _origin_of(connector)
    credit = _credit_before(site, page) if entity == "customers" else {}
    written = mirror.apply(state, page)
    changed = [row for row in written if isinstance(row.row, ports.CustomerRow)]
    _tell(origin, site, _credit_changes(credit, [dated.row for dated in changed]))
    _advance(states, state, page, origin)
    return Applied(len(written), state.set_aside.count())


def _credit_before(site: str, page: ports.Page) -> dict[str, tuple[Decimal | None, Decimal]]:
    codes = [row.code for row in page.rows if isinstance(row, ports.CustomerRow) and not rules.fault(row)]
    rows = models.Customer.objects.filter(site=site, code__in=codes).select_for_update()
    return {code: (limit, owed) for code, limit, owed in rows.values_list("code", "credit_limit", "exposure")}


def _credit_changes(
    before: Mapping[str, tuple[Decimal | None, Decimal]], rows: Sequence[ports.CustomerRow]
) -> list[tuple[str, object]]:
    told: list[tuple[str, object]] = []
    for row in rows:
        limit, exposure = before.get(row.code, (row.credit_limit, row.exposure))
        if (limit, exposure) != (row.credit_limit, row.exposure):
            payload = events.CreditChanged(
                row.code, row.currency, limit, row.credit_limit, exposure, row.exposure
            )
            told.append((f"customer:{row.code}", payload))
    return told


def _advance(
    states: Mapping[str, models.SyncState], state: models.SyncState, page: ports.Page, origin: Origin
) -> None:
    """Move an entity's state on to `page`, and tell when this makes the whole connector healthy."""
    failing = [s.failing_since for s in states.values() if s.failing_since is not None]
    if state.as_of is None or page.as_of >= state.as_of:
        state.cursor, state.as_of = page.cursor, page.as_of
    if page.complete and (state.complete_as_of is None or page.as_of > state.complete_as_of):
        state.complete_as_of = page.as_of
    state.rows = mirror.count(state)
    state.last_tried_at = clock.now()
    state.last_error, state.failing_since = "", None
    state.save()
    if failing and all(s.failing_since is None for s in states.values()):
        payload = events.SyncRecovered(state.connector, min(failing))
        _tell(origin, state.site_id, [(f"connector:{state.connector}", payload)])
        live.publish(TOPIC)


@transaction.atomic
def record_failure(
    *, connector: str, site: str, entity: ports.Entity, error: str, origin: Origin | None = None
) -> None:
    """Note that an entity could not be read, and tell once that the connector fails."""
    states = _lock_states(connector, site)
    was_healthy = all(state.failing_since is None for state in states.values())
    state = states[entity]
    state.last_tried_at = clock.now()
    state.last_error = error.replace("\x00", "?")[:500] or "no reason was given"
    state.failing_since = state.failing_since or state.last_tried_at
    state.save()
    if was_healthy:
        payload = events.SyncFailed(connector, entity, state.last_error)
        _tell(origin or _origin_of(connector), site, [(f"connector:{connector}", payload)])
        live.publish(TOPIC)


def sync_now(*, connector: str) -> Synced:
    """Read everything that changed, entity by entity, each on its own: one that fails stops no other.

    Raises readers.NoSuchConnector, and people's NoSuchSite where it is registered for an unknown site.
    """
    registered = readers.get(connector)
    for site in registered.sites:
        people.get_site(site)
    _note_round(connector, started_at=clock.now())
    applied: dict[tuple[str, str], Applied] = {}
    failed: dict[tuple[str, str], str] = {}
    for site, entity in registered.plan():
        outcome = _sync_entity(registered, site, entity)
        if isinstance(outcome, Applied):
            applied[site, entity] = outcome
        else:
            failed[site, entity] = outcome
            record_failure(connector=connector, site=site, entity=entity, error=outcome)
    written = sum(one.written for one in applied.values())
    _note_round(connector, ended_at=clock.now(), written=written, failed=len(failed))
    return Synced(applied, failed)


@transaction.atomic
def _note_round(connector: str, **values: object) -> None:
    """Write down how far a round of reading is, and have open screens show it."""
    models.Round.objects.update_or_create(connector=connector, defaults=values)
    live.publish(TOPIC)


@transaction.atomic
def read_soon(*, connector: str, actor: str) -> bool:
    """Have a connector read as soon as a worker is free: a person asked. False when that waits already.

    The page shows that it waits, runs and what came out. Raises readers.NoSuchConnector.
    """
    readers.get(connector)
    planned = planning.defer(connector)
    _note_round(connector, asked_at=clock.now(), asked_by=actor)
    return planned


def _sync_entity(registered: readers.Registered, site: str, entity: ports.Entity) -> Applied | str:
    """One entity read and applied, or why not, in plain words."""
    state = models.SyncState.objects.filter(connector=registered.connector, site=site, entity=entity).first()
    try:
        page = registered.factory().read(entity, cursor=state.cursor if state else "")
        return apply_page(connector=registered.connector, site=site, entity=entity, page=page)
    except (ports.CannotReadErp, CannotApplyPage) as error:
        return str(error)
    except READING_FAULTS as error:
        _log.exception("cannot read", connector=registered.connector, entity=entity, site=site)
        return f"The connector made a mistake ({type(error).__name__}): {error}"


def set_floor(
    *,
    site: str,
    sku: str,
    uom: str,
    floor: Decimal | None,
    currency: str,
    origin: Origin,
    price_list: str = "",
) -> None:
    """Set the lowest price of an item per `uom`, for one price list or all; None takes it away.

    Raises queries.NoSuchItem, CannotSetFloor.
    """
    set_floors(site=site, floors=[Floor(sku, uom, floor, currency, price_list)], origin=origin)


@transaction.atomic
def set_floors(*, site: str, floors: Sequence[Floor], origin: Origin) -> int:
    """Set many floors at once; returns how many changed. Raises queries.NoSuchItem, CannotSetFloor."""
    items = queries.items_by_sku(site, {floor.sku for floor in floors})
    for floor in floors:
        _refuse_odd_floor(items.get(floor.sku), floor)
    lists = sheets.price_lists(site, {floor.price_list for floor in floors})
    wanted = {(items[f.sku].id, lists.get(f.price_list), f.uom): f for f in floors}
    rows = models.PriceFloor.objects.filter(item__in={item for item, _, _ in wanted}).select_for_update()
    before = {(row.item_id, row.price_list_id, row.uom): row for row in rows}
    changed = {key: f for key, f in wanted.items() if _floor_value(before.get(key)) != _floor_value(f)}
    models.PriceFloor.objects.filter(pk__in=[before[key].pk for key in changed if key in before]).delete()
    models.PriceFloor.objects.bulk_create(
        models.PriceFloor(
            site_id=site, item_id=item, price_list_id=price_list, uom=uom, floor=f.floor, currency=f.currency
        )
        for (item, price_list, uom), f in changed.items()
        if f.floor is not None
    )
    _tell(origin, site, [_floor_told(before.get(key), f) for key, f in changed.items()])
    return len(changed)


def _floor_value(floor: models.PriceFloor | Floor | None) -> tuple[Decimal, str] | None:
    return None if floor is None or floor.floor is None else (floor.floor, floor.currency)


def _floor_told(before: models.PriceFloor | None, f: Floor) -> tuple[str, object]:
    old = rules.trim(before.floor) if before else None
    return f"item:{f.sku}", events.FloorSet(f.sku, f.uom, f.price_list, old, f.floor, f.currency)


def _refuse_odd_floor(item: answers.Item | None, floor: Floor) -> None:
    if item is None:
        raise queries.NoSuchItem(f"There is no item {floor.sku[:60]!r}.")
    if floor.uom not in item.units:
        raise CannotSetFloor(f"{item.sku} is not sold in {floor.uom[:40]!r}.")
    if floor.floor is not None and not (floor.floor.is_finite() and 0 <= floor.floor < rules.LARGEST):
        raise CannotSetFloor("A lowest price is a number not below zero.")
    if len(floor.currency) != 3:
        raise CannotSetFloor("A lowest price needs a currency, such as INR.")


def set_uom_word(*, site: str, word: str, uom: str, origin: Origin) -> None:
    """Have a word of this company mean a unit ("peti" -> "ctn"). Raises CannotSetUomWord."""
    set_uom_words(site=site, words={word: uom}, origin=origin)


@transaction.atomic
def set_uom_words(*, site: str, words: Mapping[str, str], origin: Origin) -> int:
    """Set many words at once; returns how many changed. Raises CannotSetUomWord."""
    wanted = {word.strip().lower(): uom.strip() for word, uom in words.items()}
    if not all(word and uom and len(word) <= 60 and len(uom) <= 60 for word, uom in wanted.items()):
        raise CannotSetUomWord("A word and the unit it means are needed, each of at most 60 letters.")
    before = queries.uom_words(site)
    changed = {word: uom for word, uom in wanted.items() if before.get(word) != uom}
    models.UomWord.objects.bulk_create(
        [models.UomWord(site_id=site, word=word, uom=uom) for word, uom in changed.items()],
        update_conflicts=True,
        unique_fields=["site", "word"],
        update_fields=["uom"],
    )
    _tell(origin, site, [(f"uom_word:{word}", events.UomWordSet(word, uom)) for word, uom in changed.items()])
    return len(changed)


@transaction.atomic
def add_customer_name(*, site: str, customer: str, name: str, origin: Origin) -> None:
    """Note another name of a customer; harmless again. Raises queries.NoSuchCustomer, CannotAddName."""
    row = queries.get_customer(site, customer)
    text = " ".join(name.split())[:200]
    if not text:
        raise CannotAddName("A name is needed.")
    _, created = models.CustomerName.objects.get_or_create(customer_id=row.id, name=text)
    if created:
        _tell(origin, site, [(f"customer:{customer}", events.CustomerNameAdded(customer, text))])


@transaction.atomic
def add_contact(
    *, site: str, customer: str, kind: Literal["phone", "email"], value: str, origin: Origin
) -> None:
    """Have a number or address stand for a customer from now on; a sync leaves it alone.

    Raises queries.NoSuchCustomer, CannotAddContact.
    """
    row = queries.get_customer(site, customer)
    try:
        written = contacts.phone(value) if kind == "phone" else contacts.email(value)
    except contacts.NotAContact as error:
        raise CannotAddContact(f"{error}.") from error
    contact, created = models.CustomerContact.objects.update_or_create(
        customer_id=row.id, kind=kind, value=written, defaults={"ours": True}
    )
    if created:
        _tell(origin, site, [(f"customer:{customer}", events.ContactAdded(customer, contact.kind))])


@transaction.atomic
def set_equipment(
    *, site: str, code: str, level: answers.Level, origin: Origin, name: str = "", parent: str = ""
) -> answers.Equipment:
    """Make a node of the hierarchy or place one that ERP told of; a sync keeps level and parent.

    Raises CannotSetEquipment.
    """
    nodes = {n.code: n for n in models.Equipment.objects.filter(site=site).select_for_update()}
    codes = {node.pk: node.code for node in nodes.values()}
    above = nodes.get(parent)
    if not code.strip() or (parent and above is None):
        raise CannotSetEquipment("A node needs a code, and the node above it must exist.")
    if rules.loops(code, parent, {n.code: codes[n.parent_id] if n.parent_id else "" for n in nodes.values()}):
        raise CannotSetEquipment(f"{code} cannot stand below itself.")
    if above is not None and rules.LEVELS.index(level) < rules.LEVELS.index(above.level):
        raise CannotSetEquipment(f"A {level} cannot stand below a {above.level}.".replace("_", " "))
    row = nodes.get(code) or models.Equipment(site_id=site, code=code.strip(), name=code.strip())
    row.name, row.level, row.parent, row.placed = name.strip() or row.name, level, above, True
    row.save()
    _tell(origin, site, [(f"equipment:{row.code}", events.EquipmentSet(row.code, row.name, level, parent))])
    return queries.get_equipment(site, row.code)


@transaction.atomic
def mark_lot_scrapped(*, lot_id: int, origin: Origin) -> None:
    """Note that a lot was scrapped; holds until ERP shows some of it in a store or at a line again.

    Raises queries.NoSuchLot.
    """
    lot = queries.get_lot_by_id(lot_id)
    changed = models.Lot.objects.filter(pk=lot_id).exclude(status="scrapped").update(status="scrapped")
    if changed:
        _tell(origin, lot.site, [(f"lot:{lot.number}", events.LotScrapped(lot.number, lot.sku))])
