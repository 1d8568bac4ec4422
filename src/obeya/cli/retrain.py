"""`obeya orders retrain`: the nightly check of what was learned, now."""

from __future__ import annotations

import argparse

from obeya.config import answers
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import retraining, retraining_rules
from obeya.people import queries as people


def run(args: argparse.Namespace) -> None:
    """Check, and promote what is better, or only say so. Raises Mistake."""
    try:
        site = people.get_site(args.site).code
    except people.NoSuchSite as error:
        raise answers.Mistake(str(error)) from error
    if args.dry_run:
        found = retraining.check(site, now=clock.now())
    else:
        found = retraining.retrain(site=site, origin=Origin.fresh(source="cli", actor="system"))
    _print(found)
    if args.dry_run:
        print("Nothing was changed (--dry-run).")


def _print(found: retraining.Check) -> None:
    told = found.verdict
    print(f"Fitted on {found.fitted_on} older messages, compared on {found.replayed} newer ones.")
    if found.left_out:
        print(f"{found.left_out} messages were left out: there was no time to read them.")
    for group in told.groups:
        _print_group(group)
    print(f"{'Promoted' if told.promoted else 'Not promoted'}: {told.why}")
    if found.words.why:
        print(found.words.why)


def _print_group(group: retraining_rules.Group) -> None:
    before, after = group.champion, group.challenger
    print(
        f"  {group.name}: {before.cases} messages; by itself {before.auto}, wrong {before.wrong};"
        f" challenger {after.auto}, wrong {after.wrong}"
    )
