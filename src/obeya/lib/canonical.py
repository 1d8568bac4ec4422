"""Canonical JSON and digests: the same value always gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""JSON without floats: a float has no canonical text, so quantities travel as decimal strings."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def text(value: Json) -> str:
    """Canonical JSON of `value`: keys sorted, no white space, characters as they are.

    This is RFC 8785 for the subset without floats and with keys of the Basic Multilingual Plane.
    """
    return _encode(value)


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(_encode(value).encode()).hexdigest()
