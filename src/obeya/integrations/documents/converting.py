"""PDF and plain text as tables and pages of text."""

from __future__ import annotations

import importlib
from typing import cast

from obeya.integrations.documents import texts
from obeya.lib import bounded, decoding, filetypes
from obeya.orders import ports

LIMITS = bounded.Limits(cpu_s=15, wall_s=30.0, memory_bytes=1 << 30, answer_bytes=32 << 20)
_READER = "obeya.integrations.documents.pdf"
"""Loaded in the child that reads a file: every process of Obeya would pay for its libraries at its start."""


def is_pdf(file: ports.File) -> bool:
    """Whether the content is a PDF, whatever it is called."""
    return filetypes.kind_of(file.content) == filetypes.PDF


def is_text(file: ports.File) -> bool:
    """Whether the content can be plain text in one of the usual encodings."""
    return decoding.decode(file.content[:4096], cut=True) is not None


def convert_pdf(file: ports.File) -> ports.Converted:
    """The pages of a PDF; NotMine where it holds only pictures."""
    return cast(ports.Converted, importlib.import_module(_READER).attachments_of(file.content, file.name))


def convert_text(file: ports.File) -> ports.Converted:
    """Plain text as one page."""
    return texts.attachments_of(file.content, file.name)
