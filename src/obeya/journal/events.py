"""The event model: frozen past-tense facts with ids, one envelope for every source."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import pydantic

from obeya.lib import canonical, ids


class CannotRegisterPayload(TypeError):
    """A payload must be a frozen dataclass without floats, and its type name must be free."""


class UnknownEventType(LookupError):
    """No payload class is registered for this event type and version."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from: who did it, through what, in which story, caused by what."""

    source: str
    """The part of the system that noticed: "whatsapp", "web.terminal", "sweeper"."""
    actor: str
    """Who: "user:asha", "customer:C001", "system"."""
    correlation: uuid.UUID
    """The story this belongs to."""
    causation: uuid.UUID | None = None
    """The event that led to this."""
    signal: uuid.UUID | None = None
    """The raw signal behind it."""

    @classmethod
    def fresh(cls, *, source: str, actor: str, signal: uuid.UUID | None = None) -> Origin:
        """The beginning of a new story."""
        return cls(source, actor, ids.new_id(), None, signal)

    def after(self, event: Event) -> Origin:
        """The same origin, one step on: `event` is the cause."""
        return dataclasses.replace(self, causation=event.id)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact as the journal holds it. `data` is the payload as canonical JSON values."""

    id: uuid.UUID
    type: str
    version: int
    site: str
    subject: str
    """What it is about, as kind:id ("lot:L-2041")."""
    occurred_at: datetime
    recorded_at: datetime
    source: str
    actor: str
    correlation: uuid.UUID
    causation: uuid.UUID | None
    signal: uuid.UUID | None
    data: Mapping[str, canonical.Json]

    @property
    def origin(self) -> Origin:
        """The origin for what follows from this event."""
        return Origin(self.source, self.actor, self.correlation, self.id, self.signal)

    def digest(self) -> bytes:
        """SHA-256 over the canonical JSON of every attribute."""
        return bytes.fromhex(canonical.digest(self.attributes()))

    def attributes(self) -> dict[str, canonical.Json]:
        """All attributes as JSON values; times in UTC to the microsecond."""
        return {
            "id": str(self.id),
            "type": self.type,
            "version": self.version,
            "site": self.site,
            "subject": self.subject,
            "occurred_at": utc_text(self.occurred_at),
            "recorded_at": utc_text(self.recorded_at),
            "source": self.source,
            "actor": self.actor,
            "correlation": str(self.correlation),
            "causation": str(self.causation) if self.causation else None,
            "signal": str(self.signal) if self.signal else None,
            "data": self.data,
        }


def utc_text(moment: datetime) -> str:
    """An aware moment as RFC 3339 text in UTC with microseconds."""
    if moment.tzinfo is None:
        raise ValueError("an event needs aware times")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


_classes: dict[tuple[str, int], type] = {}
_names: dict[type, tuple[str, int]] = {}
_P = TypeVar("_P", bound=type)


def register(name: str, *, version: int = 1) -> Callable[[_P], _P]:
    """Class decorator: make a frozen dataclass the payload of event type `name`.

    Raises CannotRegisterPayload for a class that could not be stored exactly.
    """

    def _register(payload: _P) -> _P:
        if (name, version) in _classes and _classes[name, version].__qualname__ != payload.__qualname__:
            raise CannotRegisterPayload(f"{name} version {version} is taken")
        _refuse_inexact(payload)
        _classes[name, version] = payload
        _names[payload] = (name, version)
        return payload

    return _register


def _refuse_inexact(payload: type) -> None:
    params = getattr(payload, "__dataclass_params__", None)
    if params is None or not params.frozen:
        raise CannotRegisterPayload(f"{payload.__name__} is not a frozen dataclass")
    text = " ".join(str(field.type) for field in dataclasses.fields(payload))
    if "float" in text or "Any" in text:
        raise CannotRegisterPayload(f"{payload.__name__} has a field of no exact type (float, Any)")


class _Adapters(dict[type, pydantic.TypeAdapter[Any]]):
    """One adapter per payload class, made when first needed."""

    def __missing__(self, payload: type) -> pydantic.TypeAdapter[Any]:
        adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(payload)
        self[payload] = adapter
        return adapter


_adapters = _Adapters()


def name_of(payload: object) -> tuple[str, int]:
    """Type name and version of a payload object. Raises UnknownEventType."""
    try:
        return _names[type(payload)]
    except KeyError:
        raise UnknownEventType(f"{type(payload).__name__} is not registered as a payload") from None


def encode(payload: object) -> dict[str, canonical.Json]:
    """A payload object as JSON values: decimals and times as text."""
    return cast(dict[str, canonical.Json], _adapters[type(payload)].dump_python(payload, mode="json"))


def decode(event: Event) -> object:
    """The typed payload of `event`. Raises UnknownEventType."""
    try:
        payload = _classes[event.type, event.version]
    except KeyError:
        raise UnknownEventType(f"{event.type} version {event.version}") from None
    return _adapters[payload].validate_python(event.data)


def registered() -> tuple[tuple[str, int], ...]:
    """Every known event type with its version, sorted."""
    return tuple(sorted(_classes))
