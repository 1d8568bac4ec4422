"""The hash chain, pure: each site's events form one chain, over all sites one gapless order."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a site's chain."""

    sequence: int
    hash: bytes


EMPTY = Head(0, bytes(32))


@dataclass(frozen=True, slots=True)
class Seal:
    """One event's place: `position` over all sites, `sequence` within its site."""

    position: int
    site: str
    sequence: int
    event_id: uuid.UUID
    hash: bytes


def link(head: Head, site: str, digest: bytes) -> bytes:
    """The hash of the next link: SHA-256 of previous hash, site, sequence and the event's digest."""
    return hashlib.sha256(head.hash + f"{site}\n{head.sequence + 1}\n".encode() + digest).digest()


def chain(
    waiting: Iterable[tuple[uuid.UUID, str, bytes]], heads: Mapping[str, Head], position: int
) -> list[Seal]:
    """Seals for (event id, site, digest) in order, going on from `heads` and `position`."""
    ends = dict(heads)
    seals = []
    for event_id, site, digest in waiting:
        head = ends.get(site, EMPTY)
        position += 1
        ends[site] = Head(head.sequence + 1, link(head, site, digest))
        seals.append(Seal(position, site, head.sequence + 1, event_id, ends[site].hash))
    return seals
