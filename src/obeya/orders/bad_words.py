"""Learned words that confirmed messages contradict: set aside until a person settles them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from obeya.lib import clock
from obeya.orders import conflicts, knowledge, models, replays, retraining_rules


@dataclass(frozen=True, slots=True)
class Found:
    """Aliases that proved bad and may be set aside; `why` says what was found, also where none may."""

    bad: tuple[models.AliasRow, ...] = ()
    why: str = ""


def find(site: str, known: Sequence[replays.Known], watch: replays.Watch) -> Found:
    """Read the messages by all that is known today; words that they contradict are tried without."""
    today = knowledge.reader_of(site)
    with_them = replays.read(today, site, known, watch)
    aliases = _trusted(site)
    bad = [aliases[word.alias] for word in _weighed(with_them, aliases) if word.bad]
    if not bad or watch.is_over:
        return Found((), "" if not bad else "There was no time to try it without words that look bad.")
    theirs = {alias.customer.code if alias.customer else None for alias in bad}
    touched = [one for one in with_them if None in theirs or one.known.customer in theirs]
    without = today.with_lessons(knowledge.lessons_of(site, without=[alias.pk for alias in bad]))
    again = replays.read(without, site, [one.known for one in touched], watch)
    if len(again) != len(touched):
        return Found((), "There was no time to try it without words that look bad.")
    groups = retraining_rules.grouped(
        (one.known.groups, (one.reading.auto, one.right), (other.reading.auto, other.right))
        for one, other in zip(touched, again, strict=True)
    )
    right = (sum(one.right for one in touched), sum(one.right for one in again))
    named = ", ".join(f"“{alias.words}” for {alias.item.sku}" for alias in bad)
    if kept := retraining_rules.without(groups, right):
        return Found((), f"{named} look bad and stay in use: without them {kept}")
    return Found(
        tuple(bad), f"{named} proved wrong in {len(touched)} confirmed messages and wait for a person."
    )


def _trusted(site: str) -> dict[int, models.AliasRow]:
    rows = models.AliasRow.objects.filter(site=site, retired_at__isnull=True, conflict_at__isnull=True)
    return {row.pk: row for row in rows.select_related("item", "customer") if conflicts.is_trusted(row)}


def _weighed(
    found: Sequence[replays.Reread], aliases: Mapping[int, models.AliasRow]
) -> list[retraining_rules.Word]:
    """For each alias in how many messages its item was read by its words and right, or wrong."""
    keys = {pk: frozenset(conflicts.key_of(row.words).split()) for pk, row in aliases.items()}
    by_item: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for pk, row in aliases.items():
        by_item[row.customer.code if row.customer else None, row.item.sku].append(pk)
    right: dict[int, int] = defaultdict(int)
    wrong: dict[int, int] = defaultdict(int)
    for one in found:
        if one.known.wrong:
            continue  # which of its lines are wrong nobody has written down
        known = {sku for (sku, _, _), _ in one.known.lines}
        for pk in _used(one, by_item, keys):
            (right if aliases[pk].item.sku in known else wrong)[pk] += 1
    return [retraining_rules.Word(pk, right[pk], wrong[pk]) for pk in sorted({*right, *wrong})]


def _used(
    one: replays.Reread,
    by_item: Mapping[tuple[str | None, str], list[int]],
    keys: Mapping[int, frozenset[str]],
) -> set[int]:
    used = set()
    for line in one.reading.lines:
        said = frozenset(conflicts.key_of(line.text).split()) if line.text and line.sku else frozenset()
        for customer in (one.known.customer, None):
            for pk in by_item.get((customer, line.sku or ""), ()):
                if keys[pk] and keys[pk] <= said:
                    used.add(pk)
    return used


def set_aside(found: Found) -> None:
    """Use these words no more until a person settles them in the alias library."""
    models.AliasRow.objects.filter(pk__in=[alias.pk for alias in found.bad], conflict_at__isnull=True).update(
        conflict_at=clock.now(), revision=F("revision") + 1
    )
