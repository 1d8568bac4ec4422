"""A file as attachments that can be read, converted in a child process with limits. No Django in here."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, cast, get_args

import pydantic

from obeya.lib import bounded
from obeya.orders import ports
from obeya.orders.reading import typed, types

MOST_BYTES = 30 << 20
"""Bytes: a larger file is kept, and not looked into."""
LONGEST_NAME = 120

_FORMS: dict[str, pydantic.TypeAdapter[types.Attachment | ports.NotMine]] = {
    kind.__name__: pydantic.TypeAdapter(kind) for kind in (*get_args(types.Attachment), ports.NotMine)
}
_UNKNOWN = "Obeya cannot read this kind of file"
_TURNED = "it holds hidden signs that turn text around: what one sees may not be what it says"
_OVERRIDES = ("\\u202d", "\\u202e")
"""As `repr` writes them."""
_DROPPED = dict.fromkeys(
    [*range(0x20), 0x7F, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
"""Controls, zero-width signs and marks of direction: they change how text looks, not what it says.
Zero-width joiners go too: they only shape letters, and two spellings of one word would never meet."""
_DROPPED |= {0x09: " ", 0x0A: "\n", 0x0B: "\n", 0x0C: "\n", 0xA0: " "}
_DROPPED |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def convert(file: ports.File) -> Sequence[types.Attachment]:
    """A file as attachments: what the first converter makes of it that can use it; never raises."""
    title = named(file.name)
    if not file.content:
        return [types.Unreadable(title, "the file is empty")]
    if len(file.content) > MOST_BYTES:
        return [types.Unreadable(title, f"it is larger than {MOST_BYTES >> 20} MB")]
    why = _UNKNOWN
    for converter in ports.converters_for(file):
        found = _bounded(converter, replace(file, name=title))
        if not isinstance(found, ports.NotMine):
            return found
        why = found.why
    return [types.Unreadable(title, why)]


def typed_orders(text: str) -> Sequence[types.Attachment]:
    """The electronic order that stands in a message's own text, as if it were attached; mostly none."""
    place = typed.find(text)
    if place is None:
        return []
    return convert(ports.File(text[slice(*place)].encode("utf-8", errors="replace"), "Text of the message"))


def named(name: str) -> str:
    """The name of a file as it can be shown: short, on one line, without hidden signs."""
    return plain(name).replace("\n", " ").strip()[:LONGEST_NAME] or "attachment"


def plain(text: str) -> str:
    """Text without the signs that nobody sees; what cannot be stored becomes U+FFFD."""
    return text.translate(_DROPPED)


def _bounded(converter: ports.Converter, file: ports.File) -> ports.Converted:
    about = {
        "module": converter.convert.__module__,
        "convert": converter.convert.__name__,
        "name": file.name,
        "media_type": file.media_type,
    }
    try:
        return _unpacked(bounded.run(in_child, file.content, about, converter.limits))
    except bounded.TookTooLong:
        why = "it takes too long to read"
    except bounded.NeededTooMuch:
        why = "it swells to more than Obeya may hold in memory"
    except (bounded.BrokeDown, ValueError):
        why = "it is damaged, or not what it says it is"
    return [types.Unreadable(file.name, why)]


def _unpacked(answer: bytes) -> ports.Converted:
    """The child's answer, checked: it may have been led astray. Raises ValueError."""
    out: list[types.Attachment] = []
    for kind, fields in json.loads(answer):
        one = _FORMS[kind].validate_python(fields) if kind in _FORMS else None
        if isinstance(one, ports.NotMine):
            return one
        if one is None:
            raise ValueError(f"{kind} is no kind of attachment")
        out.append(one)
    return out


def in_child(content: bytes, about: Mapping[str, str]) -> bytes:
    """What runs in the child: the converter, its answer as JSON."""
    function = getattr(importlib.import_module(about["module"]), about["convert"])
    converted = cast(ports.Convert, function)(ports.File(content, about["name"], about["media_type"]))
    found = [converted] if isinstance(converted, ports.NotMine) else _warned(converted)
    packed = [[type(one).__name__, cleaned(asdict(one))] for one in found]
    return json.dumps(packed, default=_as_json).encode()


def _warned(found: Sequence[types.Attachment]) -> list[types.Attachment]:
    """The attachments; where hidden signs turn text around, a person must look as well."""
    turned = {one.name: None for one in found if any(sign in repr(asdict(one)) for sign in _OVERRIDES)}
    return [*found, *(types.Unreadable(name, _TURNED) for name in turned)]


def cleaned(value: Any) -> Any:
    """The value with all texts in it as `plain` leaves them."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: cleaned(inner) for key, inner in value.items()}
    return [cleaned(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _as_json(value: object) -> object:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
