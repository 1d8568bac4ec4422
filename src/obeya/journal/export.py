"""Events as CloudEvents 1.0 (JSON format), one a line."""

from __future__ import annotations

from collections.abc import Iterator

from obeya.journal import events, queries
from obeya.lib import canonical


def cloud_event(sealed: queries.Sealed) -> dict[str, canonical.Json]:
    """One event with the CloudEvents 1.0 context attributes.

    Ours travel as extension attributes (lower case, as the specification asks): `site`, `sequence`
    and `hash` of the site's chain, `actor`, `correlation`, `causation`, `signal`, `recordedtime`.
    """
    event = sealed.event
    attributes: dict[str, canonical.Json] = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": f"/sites/{event.site}/{event.source}",
        "type": event.type,
        "subject": event.subject,
        "time": events.utc_text(event.occurred_at),
        "datacontenttype": "application/json",
        "dataschema": f"urn:obeya:event:{event.type}:{event.version}",
        "site": event.site,
        "sequence": str(sealed.sequence),
        "hash": sealed.hash.hex(),
        "actor": event.actor,
        "correlation": str(event.correlation),
        "recordedtime": events.utc_text(event.recorded_at),
        "data": event.data,
    }
    if event.causation:
        attributes["causation"] = str(event.causation)
    if event.signal:
        attributes["signal"] = str(event.signal)
    return attributes


def lines() -> Iterator[str]:
    """Every sealed event as one line of JSON, in order."""
    for sealed in queries.walk():
        yield canonical.text(cloud_event(sealed))
