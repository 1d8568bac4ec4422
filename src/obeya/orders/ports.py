"""How a file that came with a message becomes cells and text: integrations convert, the order desk asks.

`config.converters` registers what converts; the first that takes a file converts it. A converter is
called in a child process with limits, so that a hostile file cannot bring a worker down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from obeya.lib import bounded
from obeya.orders.reading import types


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came. `name` and `media_type` are the sender's word: hints, never trusted.

    A converter always gets a name that can be shown; the media type may be "".
    """

    content: bytes
    name: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class NotMine:
    """A converter looked inside and cannot use it: the next one that takes the file is asked.

    `why` is what the person reads when none can ("the PDF holds no text, it is a scan").
    """

    why: str


Converted = Sequence[types.Attachment] | NotMine
Takes = Callable[[File], bool]
"""Whether a converter wants a file: a look at its first bytes, cheap and harmless, in this process."""
Convert = Callable[[File], Converted]
"""Turns a file into attachments. A function of a module (the child finds it by name), no Django in it.

May raise: the person then reads that the file could not be read. Things it cannot use are `Unreadable`
in plain words; what was left out (pages, rows) is an `Unreadable` too, so that nothing is booked unseen.
"""


@dataclass(frozen=True, slots=True)
class Converter:
    """One registered way to turn files into attachments."""

    name: str
    takes: Takes
    convert: Convert
    limits: bounded.Limits
    place: int


_registered: dict[str, Converter] = {}


def register_converter(
    name: str,
    *,
    takes: Takes,
    convert: Convert,
    limits: bounded.Limits | None = None,
    place: int = 50,
) -> None:
    """Have files converted; registering a name again replaces it. A lower `place` is asked earlier.

    `limits` bound the child process that one conversion runs in.
    """
    _registered[name] = Converter(name, takes, convert, limits or bounded.Limits(), place)


def unregister_converter(name: str) -> None:
    """Have `name` convert nothing any more; harmless when it is unknown."""
    _registered.pop(name, None)


def converters_for(file: File) -> list[Converter]:
    """The converters that want this file, the one to ask first at the front."""
    ordered = sorted(_registered.values(), key=lambda one: (one.place, one.name))
    return [one for one in ordered if one.takes(file)]
