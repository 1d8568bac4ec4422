"""How fresh and whole the mirror is, connector by connector; offered through `queries`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from obeya.catalog import answers, models, readers
from obeya.lib import clock


def connector_health() -> tuple[answers.ConnectorHealth, ...]:
    """Every connector that is registered or has ever been read, by name and site, in three queries."""
    now = clock.now()
    states: dict[tuple[str, str], list[answers.EntityHealth]] = {
        (name, site): [] for name in readers.names() for site in readers.get(name).sites
    }
    rounds = {row.connector: found for row in models.Round.objects.all() if (found := _round(row))}
    aside: dict[int, list[str]] = {}
    for state, reason in models.SetAside.objects.order_by("pk").values_list("state_id", "reason"):
        aside.setdefault(state, []).append(reason)
    for row in models.SyncState.objects.filter(last_tried_at__isnull=False).order_by("id"):
        states.setdefault((row.connector, row.site_id), []).append(_entity(row, aside.get(row.id, []), now))
    return tuple(
        _connector(name, site, tuple(found), rounds.get(name))
        for (name, site), found in sorted(states.items())
    )


def _round(row: models.Round) -> answers.Round | None:
    """Where a connector's reading stands: what was asked for last, began last or ended last."""
    moments: list[tuple[Literal["asked", "reading", "read"], datetime | None]] = [
        ("read", row.ended_at),
        ("reading", row.started_at),
        ("asked", row.asked_at),
    ]
    known = [(at, state) for state, at in moments if at is not None]
    if not known:
        return None
    since, state = max(known, key=lambda one: one[0])
    return answers.Round(state, since, row.written, row.failed)


def _entity(row: models.SyncState, aside: list[str], now: datetime) -> answers.EntityHealth:
    return answers.EntityHealth(
        entity=row.entity,
        as_of=row.as_of,
        age=now - row.as_of if row.as_of else None,
        rows=row.rows,
        last_tried_at=row.last_tried_at,
        error=row.last_error,
        failing_since=row.failing_since,
        set_aside=len(aside),
        set_aside_reason=aside[0] if aside else "",
    )


def _connector(
    name: str, site: str, entities: tuple[answers.EntityHealth, ...], last: answers.Round | None
) -> answers.ConnectorHealth:
    failing = [e for e in entities if e.error]
    waiting = sum(e.set_aside for e in entities)
    if not entities:
        text = "It has not been read yet."
    elif failing:
        named = ", ".join(e.entity.replace("_", " ") for e in failing)
        text = f"It cannot read {named}: {failing[0].error}"
    elif waiting:
        first = next(e for e in entities if e.set_aside)
        text = f"{waiting} rows wait, the first because of {first.set_aside_reason} ({first.entity})."
    else:
        text = "It reads everything."
    healthy = bool(entities) and not failing
    return answers.ConnectorHealth(name, site, healthy, text, entities, last)
