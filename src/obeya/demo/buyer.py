"""`obeya demo-buyer`: a link that lets a buyer of the demo plant into the customers' portal."""

from __future__ import annotations

import argparse

from obeya.config import answers, home
from obeya.demo import plant, starting
from obeya.journal.events import Origin
from obeya.people import buyer_queries, buyers
from obeya.web.portal import letters

CUSTOMER = "KRS01"


def run(_args: argparse.Namespace) -> None:
    """Make a one-time link for a customer's buyer, kept beside the password. Raises Mistake, Failure."""
    folder = home.folder()
    if not home.is_demo(folder):
        raise answers.Mistake("Only the demo plant has such a buyer: start `obeya demo`.")
    found = plant.load()
    customer = next(one for one in found.customers if one.code == CUSTOMER)
    origin = Origin.fresh(source="demo", actor="system")
    if buyer_queries.portal_of(found.site.code) == buyer_queries.Portal():
        buyers.set_portal(site=found.site.code, shows_prices=True, shows_stock=True, origin=origin)
    try:
        key = buyers.invite(
            site=found.site.code,
            customer=customer.code,
            name=customer.contact_name,
            email=customer.email,
            origin=origin,
        )
    except buyers.CannotInvite as error:
        raise answers.Failure(str(error)) from error
    path = folder / starting.PORTAL
    path.touch(mode=0o600)
    path.write_text(letters.link_of(key))
