"""The nightly check of what was learned: a challenger is tried on a frozen replay, and seldom promoted."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from obeya.journal import actions as journal
from obeya.journal import events as journal_events
from obeya.journal.events import Event, Origin
from obeya.lib import clock, live
from obeya.orders import (
    audits,
    bad_words,
    knowledge,
    models,
    replays,
    retraining_rules,
    thresholds,
)
from obeya.orders.reading import deciding, reader
from obeya.outbox import actions as outbox
from obeya.people import queries as people

PAUSE = timedelta(days=14)
"""After somebody went back nothing is promoted for so long."""


class CannotGoBack(Exception):
    """There is nothing to go back from, or the person may not; the text says which."""


@journal_events.register("orders.learning_checked")
@dataclass(frozen=True, slots=True)
class LearningChecked:
    """Newly learned constants were compared with those in use; `code` is the verdict, `why` says it in words.

    `quarantined` are the words that are used no more until a person says what they mean.
    """

    code: str
    why: str
    fitted_on: int
    replayed: int
    quarantined: tuple[str, ...]


@journal_events.register("orders.learning_rolled_back")
@dataclass(frozen=True, slots=True)
class LearningRolledBack:
    """A person went back to the constants that were in use before the check of `check`."""

    check: int
    to: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found; nothing of it is stored yet."""

    verdict: retraining_rules.Verdict
    fitted_on: int
    replayed: int
    left_out: int
    challenger: deciding.Calibration
    words: bad_words.Found = field(default_factory=bad_words.Found)


def check(site: str, *, now: datetime, watch: replays.Watch | None = None) -> Check:
    """Fit a challenger on the older messages, and compare it with the champion on the newer ones."""
    watch = watch or replays.Watch()
    known, champion = replays.gather(site, now=now), knowledge.calibration_of(site)
    older, newer = _split(known)
    customers = len({one.customer for one in newer})
    short = retraining_rules.too_little(len(older), len(newer), customers)
    if short:
        verdict = retraining_rules.Verdict("too_little", short)
        return Check(verdict, len(older), len(newer), 0, champion)
    replay = [one.case() for one in replays.read_as_then(site, newer, watch)]
    fitted_on = [one.case() for one in replays.read_as_then(site, older, watch)]
    challenger = retraining_rules.fit(fitted_on, champion)
    verdict = retraining_rules.compare(
        replay,
        fitted_on=len(fitted_on),
        customers=len({case.customer for case in replay}),
        champion=champion,
        challenger=challenger,
        threshold=reader.THRESHOLD,
    )
    words = bad_words.find(site, known, watch)
    unread = len(older) + len(newer) - len(fitted_on) - len(replay) if watch.is_over else 0
    return Check(verdict, len(fitted_on), len(replay), unread, challenger, words)


def _split(known: Sequence[replays.Known]) -> tuple[list[replays.Known], list[replays.Known]]:
    """The older ones, without the customers that are kept out, and the newest third: the frozen replay."""
    cut = len(known) - len(known) // 3
    older = [one for one in known[:cut] if not retraining_rules.is_held_out(one.customer)]
    return older, list(known[cut:])


def retrain(*, site: str, origin: Origin, watch: replays.Watch | None = None) -> Check:
    """Check what was learned and keep the check; promote the challenger, set bad words aside where proven."""
    now = clock.now()
    found = _paused(site, check(site, now=now, watch=watch), now)
    with transaction.atomic():
        people.get_site(site)
        if found.verdict.promoted:
            models.LearningRow.objects.select_for_update().filter(site=site, active=True).update(active=False)
        row = models.LearningRow.objects.create(
            site_id=site,
            at=now,
            code=found.verdict.code,
            why=found.verdict.why,
            fitted_on=found.fitted_on,
            replayed=found.replayed,
            left_out=found.left_out,
            constants=_stored(found.challenger),
            figures=_figures(found.verdict),
            quarantined=[alias.pk for alias in found.words.bad],
            words=found.words.why,
            active=found.verdict.promoted,
        )
        bad_words.set_aside(found.words)
        _tell(row, found, origin)
    return found


def _paused(site: str, found: Check, now: datetime) -> Check:
    """Nothing is promoted again right after somebody went back."""
    rows = models.LearningRow.objects.filter(site=site, rolled_back_at__gt=now - PAUSE)
    last = rows.order_by("-rolled_back_at").first()
    if last is None or not found.verdict.promoted:
        return found
    assert last.rolled_back_at is not None
    day = (last.rolled_back_at + PAUSE).astimezone(people.get_site(site).tz)
    why = f"It would be better, but somebody went back; nothing is promoted before {day.day} {day:%b}."
    return dataclasses.replace(found, verdict=dataclasses.replace(found.verdict, code="paused", why=why))


def _stored(calibration: deciding.Calibration) -> dict[str, Any]:
    return {
        "factors": dict(calibration.factors),
        "grades": [[low, share] for low, share in calibration.grades],
    }


def _figures(verdict: retraining_rules.Verdict) -> dict[str, Any]:
    return {
        "champion_error": round(verdict.champion_error, 5),
        "challenger_error": round(verdict.challenger_error, 5),
        "chance": round(verdict.chance, 4),
        "groups": [
            {
                "name": group.name,
                "cases": group.champion.cases,
                "champion": [group.champion.auto, group.champion.wrong],
                "challenger": [group.challenger.auto, group.challenger.wrong],
            }
            for group in verdict.groups
        ],
    }


def _tell(row: models.LearningRow, found: Check, origin: Origin) -> None:
    words = tuple(f"{alias.words} = {alias.item.sku}" for alias in found.words.bad)
    told = LearningChecked(row.code, row.why, row.fitted_on, row.replayed, words)
    event = _append(row.site_id, told, origin)
    if not (found.verdict.promoted or words):
        return
    parts = []
    if found.verdict.promoted:
        parts.append(f"How sure Obeya is of a reading is told by newly learned constants. {row.why}")
    if words:
        parts.append(
            f"Words that proved wrong are used no more until somebody settles them: {', '.join(words)}."
        )
    _notify(row.site_id, event, "Something new was learned from confirmed orders", " ".join(parts))


def _append(site: str, told: object, origin: Origin) -> Event:
    (event,) = journal.append(journal.Draft(payload=told, site=site, subject=f"site:{site}", origin=origin))
    live.publish(f"orders::{site}")
    return event


def _notify(site: str, event: Event, title: str, body: str) -> None:
    outbox.send_messages(
        [
            outbox.MessageDraft(
                key=f"learning:{event.id}:{function}",
                site=site,
                channel="inapp",
                to=function,
                title=title,
                body=body[:2_000],
                data={"url": "/orders/accuracy#learning"},
                subject=f"site:{site}",
                origin=event.origin,
            )
            for function in thresholds.TOLD
        ]
    )


def go_back(*, site: str, access: people.Access, origin: Origin) -> None:
    """Use the constants again that were in use before the last promotion. Raises CannotGoBack."""
    if not access.may(audits.SETTERS, site):
        raise CannotGoBack("Only the plant manager can go back.")
    with transaction.atomic():
        rows = models.LearningRow.objects.select_for_update().filter(site=site)
        row = rows.filter(active=True).first()
        if row is None:
            raise CannotGoBack("Nothing learned is in use: there is nothing to go back from.")
        row.active, row.rolled_back_at, row.rolled_back_by = False, clock.now(), origin.actor
        row.save(update_fields=["active", "rolled_back_at", "rolled_back_by"])
        earlier = rows.filter(code="promoted", rolled_back_at__isnull=True, at__lt=row.at)
        before = earlier.order_by("-at").first()
        if before is not None:
            before.active = True
            before.save(update_fields=["active"])
        models.AliasRow.objects.filter(pk__in=row.quarantined, conflict_at__isnull=False).update(
            conflict_at=None, revision=F("revision") + 1
        )
        _append(site, LearningRolledBack(row.pk, before.pk if before else None), origin)
