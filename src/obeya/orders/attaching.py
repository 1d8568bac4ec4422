"""The files of a signal, as the inbox keeps them, become attachments that can be read."""

from __future__ import annotations

from collections.abc import Sequence

from obeya.inbox import queries as inbox
from obeya.orders import converting, ports
from obeya.orders.reading import types

MOST_FILES = 20
"""Files of one message that are looked into; a person is told of the rest."""


def attachments_of(files: Sequence[inbox.File]) -> list[types.Attachment]:
    """Stored files as attachments, in their order; never raises for what is in them."""
    out: list[types.Attachment] = []
    for file in files[:MOST_FILES]:
        out.extend(_of_stored(file))
    if len(files) > MOST_FILES:
        rest = len(files) - MOST_FILES
        out.append(types.Unreadable(f"{rest} more files", f"only the first {MOST_FILES} are looked into"))
    return out


def _of_stored(file: inbox.File) -> Sequence[types.Attachment]:
    name = converting.named(file.name)
    if file.size > converting.MOST_BYTES:
        return [types.Unreadable(name, f"it is larger than {converting.MOST_BYTES >> 20} MB")]
    try:
        content = inbox.read_media(file.digest)
    except inbox.NoSuchMedia:
        return [types.Unreadable(name, "the stored file is missing")]
    return converting.convert(ports.File(content, file.name, file.content_type))
