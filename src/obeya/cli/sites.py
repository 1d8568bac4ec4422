"""`obeya sites`: the plants of this company."""

from __future__ import annotations

import argparse

from django.db import transaction

from obeya.cases import actions as cases
from obeya.config import answers
from obeya.journal.events import Origin
from obeya.people import actions, queries


def create(args: argparse.Namespace) -> None:
    """Add a site, with the routing table that new sites start with. Raises Mistake."""
    try:
        with transaction.atomic():
            site = actions.create_site(
                code=args.code,
                name=args.name or args.code,
                country=args.country,
                timezone=args.timezone,
                currency=args.currency,
                week=args.week.split(","),
                origin=Origin.fresh(source="cli", actor="system"),
            )
            cases.ensure_routes(site=site.code)
    except actions.CannotCreateSite as error:
        raise answers.Mistake(str(error)) from error
    print(f"{site.code} is created; name it in OBEYA_TRYTON_SITES and OBEYA_WHATSAPP_SITE.")


def show(_args: argparse.Namespace) -> None:
    """List the sites."""
    for site in queries.list_sites():
        print(f"{site.code:<16} {site.name:<40} {site.timezone} {site.currency}")
