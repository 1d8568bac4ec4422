"""The files of a signal, as the inbox keeps them, become attachments that can be read.

Converting takes seconds, and far longer where a file is made to be hostile: it is done with no transaction
open, so that neither a row nor a connection is held meanwhile.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from obeya.inbox import interpreters
from obeya.inbox import queries as inbox
from obeya.orders import converting, ports
from obeya.orders.reading import types

MOST_FILES = 20
"""Files of one message that are looked into; a person is told of the rest."""


MOST_KEPT = 24
"""Signals whose files are converted and not yet read; far more than are understood at a time."""

_Key = tuple[uuid.UUID, tuple[tuple[str, str], ...]]
_Made = Callable[[], Sequence[types.Attachment]]


@dataclass(slots=True)
class _Standing:
    lock: threading.Lock = field(default_factory=threading.Lock)
    converted: OrderedDict[_Key, list[types.Attachment]] = field(default_factory=OrderedDict)


_standing = _Standing()


def of_signal(signal: uuid.UUID | None, files: Sequence[inbox.File]) -> list[types.Attachment]:
    """The files of a signal as attachments, in their order; never raises for what is in them.

    Raises interpreters.SomethingFirst where they are still to be converted and that is heard.
    """
    if signal is None or not files or not interpreters.is_hearing():
        return attachments_of(files)
    key = (signal, tuple((file.digest, file.name) for file in files))
    with _standing.lock:
        known = _standing.converted.pop(key, None)
    if known is not None:
        return known
    made = _makers(files)
    raise interpreters.SomethingFirst(lambda: _keep(key, [one for make in made for one in make()]))


def _keep(key: _Key, found: list[types.Attachment]) -> None:
    with _standing.lock:
        _standing.converted[key] = found
        while len(_standing.converted) > MOST_KEPT:
            _standing.converted.popitem(last=False)


def attachments_of(files: Sequence[inbox.File]) -> list[types.Attachment]:
    """Stored files as attachments, in their order; never raises for what is in them."""
    return [one for make in _makers(files) for one in make()]


def _makers(files: Sequence[inbox.File]) -> list[_Made]:
    """What converts each file; the files are read here, as a transaction that ends may take them away."""
    out = [_maker(file) for file in files[:MOST_FILES]]
    if len(files) > MOST_FILES:
        name, why = f"{len(files) - MOST_FILES} more files", f"only the first {MOST_FILES} are looked into"
        out.append(lambda: [types.Unreadable(name, why)])
    return out


def _maker(file: inbox.File) -> _Made:
    name = converting.named(file.name)
    if file.size > converting.MOST_BYTES:
        why = f"it is larger than {converting.MOST_BYTES >> 20} MB"
        return lambda: [types.Unreadable(name, why)]
    try:
        content = inbox.read_media(file.digest)
    except inbox.NoSuchMedia:
        return lambda: [types.Unreadable(name, "the stored file is missing")]
    return lambda: converting.convert(ports.File(content, file.name, file.content_type))
