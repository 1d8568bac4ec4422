"""Tryton's JSON: decimals, dates and moments travel as objects that name their class."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Record = dict[str, Any]
"""One answered row: nested rows are Records, moments are aware, quantities stay as they came."""

STAMPS = ("write_date", "create_date")


def encode(value: Any) -> Any:
    """A value as Tryton wants it. Moments go as naive UTC; a float is refused: quantities are Decimal."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return {"__class__": "datetime", **_day(moment), "hour": moment.hour, "minute": moment.minute,
                "second": moment.second, "microsecond": moment.microsecond}  # fmt: skip
    if isinstance(value, date):
        return {"__class__": "date", **_day(value)}
    if isinstance(value, Mapping):
        return {key: encode(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [encode(part) for part in value]
    return value


def _day(value: date) -> dict[str, int]:
    return {"year": value.year, "month": value.month, "day": value.day}


def decode(text: str) -> Any:
    """What Tryton answered. Numbers with a point become Decimal. Raises ValueError."""
    return json.loads(text, object_hook=_object, parse_float=Decimal)


def _object(found: dict[str, Any]) -> Any:
    kind = found.get("__class__")
    if kind == "Decimal":
        return Decimal(found["decimal"])
    if kind == "datetime":
        second, microsecond = found["second"], found["microsecond"]
        hour, minute = found["hour"], found["minute"]
        day = (found["year"], found["month"], found["day"])
        return datetime(*day, hour, minute, second, microsecond, tzinfo=UTC)
    if kind == "date":
        return date(found["year"], found["month"], found["day"])
    return found


def quantity(value: Decimal) -> float:
    """Tryton keeps quantities as floats: the shortest one that reads back as the same decimal."""
    return float(value)


def token(value: Any) -> str:
    """A value for a query parameter or header: JSON in URL-safe base64."""
    return base64.urlsafe_b64encode(json.dumps(encode(value)).encode()).decode()


def newest(rows: Sequence[Record], start: datetime | None = None) -> datetime | None:
    """The latest write or create moment anywhere in the rows, or `start` where that is later."""
    latest = start
    for row in rows:
        for key, value in row.items():
            if key in STAMPS and isinstance(value, datetime):
                latest = value if latest is None else max(latest, value)
            elif isinstance(value, dict):
                latest = newest([value], latest)
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                latest = newest(value, latest)
    return latest
