"""`obeya sites`: the plants of this company."""

from __future__ import annotations

import argparse
import sys

from django.db import transaction

from obeya.cases import actions as cases
from obeya.cli import plant_folder, plant_load
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


def load(args: argparse.Namespace) -> None:
    """Bring in a plant's own folder, or say what would change. Raises Mistake."""
    if not args.folder.is_dir():
        raise answers.Mistake(f"{args.folder} is not a folder.")
    origin = Origin.fresh(source="cli", actor="system")
    try:
        changed = plant_load.load(site=args.site, folder=args.folder, origin=origin, dry_run=args.dry_run)
    except (plant_load.CannotLoadPlant, queries.NoSuchSite) as error:
        raise answers.Mistake(str(error)) from error
    for one in changed:
        verb = "would change" if args.dry_run else "changed"
        print(f"{one.file:<20} {one.rows} rows, {one.changed} {verb}")
    unread = sorted(path.name for path in args.folder.iterdir() if path.name not in plant_folder.FILES)
    if unread:
        print(f"Not read: {', '.join(unread[:20])}", file=sys.stderr)
    if args.dry_run:
        print("Nothing was changed (--dry-run).")
