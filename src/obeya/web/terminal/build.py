"""What the terminal shows: the machines, the lots at one of them, and a hold that stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from obeya.cases import queries as cases
from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.floor import queries as floor
from obeya.lib import clock, ids
from obeya.people import queries as people
from obeya.web import saying, shown
from obeya.web.terminal import page

MOST_LOTS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where the terminal stands: site, person, and the machine that is chosen."""

    site: people.Site
    person: people.Person
    machine: answers.Equipment | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan or a choice found: the lot, or why there is none."""

    lot: answers.Lot | None = None
    offered: tuple[answers.Lot, ...] = ()
    words: str = ""


def machines(site: str) -> tuple[answers.Equipment, ...]:
    """The machines of a site: its work units, or its work centers where it has none."""
    return catalog.list_equipment(site, level="work_unit") or catalog.list_equipment(
        site, level="work_center"
    )


def find_lot(site: str, code: str) -> Found:
    """The lot that a scan or typed letters mean."""
    code = code.strip()[:64]
    if not code:
        return Found()
    try:
        return Found(lot=catalog.get_lot(site, code))
    except catalog.NoSuchLot as error:
        offered = catalog.find_lots(site, code, limit=MOST_LOTS)
        if offered:
            return Found(offered=offered, words=_("Several lots start like this. Tap the right one."))
        return Found(words=_("%(reason)s Look at the label again.") % {"reason": error})


def lots_at(site: str, machine: str) -> list[answers.Lot]:
    """What lies at a machine: what its running and released orders make and use."""
    orders = catalog.list_production_orders(site, states=("running", "released"), work_center=machine)
    wanted: dict[tuple[str, str], None] = {}
    for order in orders:
        if order.output_lot:
            wanted[order.sku, order.output_lot] = None
        wanted |= {(used.sku, used.lot): None for used in order.inputs if used.lot}
    found = []
    for sku, number in list(wanted)[:MOST_LOTS]:
        try:
            found.append(catalog.get_lot(site, number, sku))
        except catalog.NoSuchLot:
            continue
    return found


def cards(site: str, lots: Iterable[answers.Lot]) -> tuple[page.LotCard, ...]:
    """Lots as tiles, with how much of each lies where."""
    found = list(lots)
    held = floor.held_lots([lot.id for lot in found])
    return tuple(_card(site, lot, lot.id in held) for lot in found)


def _card(site: str, lot: answers.Lot, held: bool) -> page.LotCard:
    stock = [at for at in catalog.stock_of(site, sku=lot.sku, lot=lot.number) if at.quantity > 0]
    total = sum((at.quantity for at in stock), Decimal(0))
    return page.LotCard(
        id=str(lot.id),
        number=lot.number,
        item_name=lot.description,
        item_code=lot.sku,
        quantity=shown.Quantity(total, lot.base_uom),
        place=", ".join(at.location for at in stock) or _("ERP shows no stock of it"),
        held=held,
        hint=lot.sku,
    )


def hold_page(place: Place, *, found: Found | None = None, typed: shown.Typed | None = None) -> page.HoldPage:
    """The form for a hold, with what was found and typed so far."""
    found = found or Found()
    site = place.site.code
    known = machines(site)
    here = lots_at(site, place.machine.code) if place.machine else []
    lots = _merged([found.lot] if found.lot else [], found.offered, here)
    shown_lots = tuple(sorted(cards(site, lots), key=lambda card: card.held))
    return page.HoldPage(
        now=clock.now(),
        hold_id=str(ids.new_id()),
        machine_id=place.machine.code if place.machine else "",
        machine_name=place.machine.name if place.machine else _("No machine chosen"),
        machines=tuple(_tab(machine, place.machine) for machine in known),
        lots=shown_lots,
        reasons=tuple(shown.Choice(code, _(words)) for code, words in floor.REASONS),
        operator=place.person.display_name,
        site_name=place.site.name,
        back_url=reverse("web:home"),
        chosen=next((card for card in shown_lots if found.lot and card.id == str(found.lot.id)), None),
        scanned=found.words,
        typed=typed or shown.Typed(),
    )


def _merged(*groups: Sequence[answers.Lot]) -> list[answers.Lot]:
    return list({lot.id: lot for group in groups for lot in group}.values())


def _tab(machine: answers.Equipment, chosen: answers.Equipment | None) -> shown.Tab:
    url = f"{reverse('web:terminal')}?{urlencode({'machine': machine.code})}"
    return shown.Tab(machine.code, url, None, chosen is not None and machine.code == chosen.code)


def placed_page(hold: floor.Hold, place: Place) -> page.HoldPlaced:
    """What the operator sees when the hold stands."""
    assert hold.case_id is not None
    case = cases.get_case(hold.case_id)
    stock = catalog.stock_of(hold.site, sku=hold.sku, lot=hold.lot)
    whole = sum((at.quantity for at in stock), Decimal(0))
    return page.HoldPlaced(
        now=clock.now(),
        lot_number=hold.lot,
        item_name=hold.item,
        quantity=shown.Quantity(hold.quantity if hold.quantity is not None else whole, hold.uom),
        reason=_(floor.reason_text(hold.reason)),
        asked=tuple(saying.function_name(q.request.function) for q in case.questions),
        placed_at=hold.placed_at,
        what_now=_("Mark the goods and set them aside. Do not use or ship them until it is decided."),
        next_url=reverse("web:terminal")
        + (f"?{urlencode({'machine': hold.machine})}" if hold.machine else ""),
        case=shown.Link(_("See the exception"), reverse("web:case", args=[case.id])),
        machine_name=hold.machine,
        operator=place.person.display_name,
        site_name=place.site.name,
    )
