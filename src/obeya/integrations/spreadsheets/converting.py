"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) and separated values (CSV, TSV) as tables."""

from __future__ import annotations

import importlib
from typing import cast

from obeya.integrations.spreadsheets import values
from obeya.lib import bounded
from obeya.orders import ports

LIMITS = bounded.Limits(cpu_s=20, wall_s=40.0, memory_bytes=1 << 30, answer_bytes=32 << 20)
_READER = "obeya.integrations.spreadsheets.workbooks"
"""Loaded in the child that reads a file: every process of Obeya would pay for its libraries at its start."""
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(file: ports.File) -> bool:
    """Whether the content can be a workbook: a zip or an OLE container; the converter looks inside."""
    return file.content.startswith((_ZIP, _OLE))


def is_values(file: ports.File) -> bool:
    """Whether the content can be separated values, whatever it is called."""
    return values.looks_separated(file.content[:8192], is_whole=len(file.content) <= 8192)


def convert_workbook(file: ports.File) -> ports.Converted:
    """Each visible sheet as a table; NotMine where the container holds no workbook."""
    return cast(ports.Converted, importlib.import_module(_READER).attachments_of(file.content, file.name))


def convert_values(file: ports.File) -> ports.Converted:
    """The values as one table; NotMine where they make none."""
    return values.attachments_of(file.content, file.name)
