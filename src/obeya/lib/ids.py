"""Identifiers: UUID version 7 (RFC 9562), ordered by creation time to the millisecond."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import uuid_utils.compat


class _Current:
    source: Callable[[], uuid.UUID] = staticmethod(uuid_utils.compat.uuid7)


def new_id() -> uuid.UUID:
    """A fresh UUIDv7."""
    return _Current.source()


def use(source: Callable[[], uuid.UUID]) -> Callable[[], uuid.UUID]:
    """Put another id source in (simulation with a seed); returns the one it replaces."""
    before = _Current.source
    _Current.source = staticmethod(source)
    return before
