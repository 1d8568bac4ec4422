"""Cursors: how far a reader got, as text that only it understands.

Where rows are only ever added or changed, a cursor is the newest write moment seen, and the next read
starts a little before it, because a transaction commits after it has written its moments. Where rows
may also be deleted, a cursor is a digest of everything's moments: when it differs, all is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from obeya.integrations.tryton import client, wire
from obeya.lib import canonical

OVERLAP = timedelta(minutes=2)
"""Longer than a transaction of the ERP takes."""


def start(cursor: str) -> datetime | None:
    """The moment from which to read; None for everything. A cursor we do not know starts over."""
    moment = _moment(cursor)
    return moment - OVERLAP if moment else None


def turn(found: Sequence[wire.Record], cursor: str) -> tuple[str, bool]:
    """The cursor after what was found, never earlier than the one before, and whether any of it is new:
    the overlap brings the same rows again and again while nothing happens."""
    latest = wire.newest(found, _moment(cursor))
    seen = [[row["id"], str(wire.newest([row]))] for row in found]
    after = f"{latest.isoformat() if latest else ''}|{canonical.digest(seen)[:16]}"
    return after, after != cursor


def _moment(cursor: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(cursor.partition("|")[0])
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def changed(moment: datetime | None, paths: Sequence[str] = ("",)) -> list[Any]:
    """The domain of records whose own or whose related rows (by path, "lines.") changed since."""
    if moment is None:
        return []
    return ["OR", *([f"{path}{stamp}", ">=", moment] for path in paths for stamp in wire.STAMPS)]


def stamped(paths: Sequence[str] = ("",)) -> list[str]:
    """The fields that hold the moments of a record and its related rows."""
    return [f"{path}{stamp}" for path in paths for stamp in wire.STAMPS]


def digest(erp: client.Client, models: Sequence[str]) -> str:
    """A digest of which records the models have and when each was last written."""
    seen: list[canonical.Json] = []
    for model in models:
        for row in erp.every(model, [], wire.STAMPS, active_test=False):
            moment = row["write_date"] or row["create_date"]
            seen.append([model, row["id"], moment.isoformat() if moment else ""])
    return canonical.digest(seen)
