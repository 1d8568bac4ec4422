"""A hold tapped at the terminal: kept as a signal, then carried out by the request that brought it.

Where that request dies in between, the signal's own job carries it out: what was tapped is never lost.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from obeya.catalog import queries as catalog
from obeya.floor import actions as floor
from obeya.floor import queries as holds
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.people import queries as people
from obeya.web.terminal import build

SOURCE = "terminal"
FIELDS = {"hold_id": 40, "machine": 100, "lot": 20, "lot_code": 64, "reason": 40, "note": 500, "extent": 10}
FIELDS |= {"quantity": 20}
"""What the form sends, and the most characters of each."""


class CannotRead(Exception):
    """The form is not filled in: which field, and what is wrong in words."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def keep(site: str, form: Mapping[str, str], person: people.Person) -> Origin:
    """Store a tap as a signal; sending it twice stores it once. Returns the origin of what follows."""
    received = inbox.receive(
        site=site,
        source=SOURCE,
        natural_key=form["hold_id"],
        body=json.dumps({**form, "by": person.username}, ensure_ascii=False).encode(),
        content_type="application/json",
    )
    return _origin(person, received.correlation, received.signal_id)


def _origin(person: people.Person, correlation: uuid.UUID, signal_id: uuid.UUID) -> Origin:
    return Origin("web.terminal", person.actor, correlation, None, signal_id)


def carry_out(
    form: Mapping[str, str], found: build.Found, person: people.Person, origin: Origin
) -> holds.Hold:
    """Place the hold that was tapped. Raises CannotRead or CannotPlaceHold, with words for the operator."""
    if found.lot is None:
        raise CannotRead("lot", found.words or _("Choose a lot, or scan its label."))
    return floor.place_hold(
        hold_id=uuid.UUID(form["hold_id"]),
        lot_id=found.lot.id,
        quantity=_quantity(form),
        reason=form["reason"],
        note=form["note"],
        machine=form["machine"],
        by=person,
        origin=origin,
    )


def find_lot(site: str, form: Mapping[str, str]) -> build.Found:
    """The lot that was tapped, or typed."""
    if form["lot"].isdecimal():
        try:
            lot = catalog.get_lot_by_id(int(form["lot"]))
        except catalog.NoSuchLot as error:
            return build.Found(words=str(error))
        if lot.site == site:
            return build.Found(lot=lot)
    return build.find_lot(site, form["lot_code"])


def _quantity(form: Mapping[str, str]) -> Decimal | None:
    """How much of the lot; None for the whole of it. Raises CannotRead."""
    if form["extent"] != "part":
        return None
    try:
        quantity = Decimal(form["quantity"].replace(",", "."))
    except InvalidOperation as error:
        raise CannotRead("quantity", _("Say how much, in figures.")) from error
    if not quantity.is_finite() or not Decimal(0) < quantity < Decimal(10) ** 9:
        raise CannotRead("quantity", _("The quantity must be more than nothing."))
    return quantity.quantize(Decimal("0.000001")).normalize() + 0


def understand(signal: signals.Signal) -> interpreters.Outcome:
    """The hold that a tap became; where its request did not get so far, it is placed now."""
    try:
        return interpreters.Understood(f"hold:{holds.get_hold(uuid.UUID(signal.natural_key)).id}")
    except holds.NoSuchHold:
        told = json.loads(signal.body)
    form = {name: str(told.get(name, ""))[:most] for name, most in FIELDS.items()}
    person = people.find_user(str(told.get("by", "")))
    if person is None:
        return interpreters.Refused(_("Nobody is known who could have tapped this."))
    try:
        found = find_lot(signal.site, form)
        hold = carry_out(form, found, person, _origin(person, signal.correlation, signal.id))
    except (CannotRead, floor.CannotPlaceHold) as error:
        return interpreters.Refused(str(error))
    return interpreters.Understood(f"hold:{hold.id}")
