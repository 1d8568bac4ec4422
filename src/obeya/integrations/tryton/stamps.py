"""How a posting's key is written on an ERP document, so that it can be found again.

A stamp is `obeya:<key>:<fingerprint>`; it stands in a field the ERP shows and searches (a sale's
description, a shipment's or a production order's reference), beside whatever else is there. The
fingerprint tells a replay from another payload under the same key.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from obeya.lib import canonical
from obeya.outbox import ports

KEY = re.compile(r"[0-9A-Za-z-]{8,128}", re.ASCII)
GIVEN_UP = "obeya: given up"
"""In place of the stamp of a document that could not be carried out and was cancelled again."""
PART = "part "
"""Before the stamp of a production order that Obeya split off for one confirmation."""


def stamp(key: str, payload: ports.Payload) -> str:
    """The stamp of a posting. Raises ValueError where the key holds other than letters and digits."""
    return f"{prefix(key)}{fingerprint(payload)}"


def prefix(key: str) -> str:
    """What every stamp of this key begins with."""
    if not KEY.fullmatch(key):
        raise ValueError("a posting key is 8 to 128 letters, digits or dashes")
    return f"obeya:{key}:"


def pattern(key: str) -> str:
    """The search pattern (SQL LIKE) that finds a stamp of this key."""
    return f"%{prefix(key)}%"


def fingerprint(payload: ports.Payload) -> str:
    """Twelve hexadecimal digits that differ where the payloads differ."""
    return canonical.digest(_plain(payload))[:12]


def holds(text: str | None, key: str) -> bool:
    """Whether a field carries a stamp of this key."""
    return prefix(key) in (text or "")


def differs(text: str | None, key: str, payload: ports.Payload) -> bool:
    """Whether the stamp of this key in the field belongs to another payload."""
    return stamp(key, payload) not in (text or "")


def _plain(value: Any) -> canonical.Json:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"a payload holds no {type(value).__name__}")
