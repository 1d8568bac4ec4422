"""Which integration turns which kind of file into something the order desk can read. No Django in here.

A lower place is asked earlier: formats that name themselves first, plain text last.
"""

from __future__ import annotations

from obeya.integrations.documents import converting as documents
from obeya.integrations.edi import converting as edi
from obeya.integrations.scans import converting as scans
from obeya.integrations.spreadsheets import converting as spreadsheets
from obeya.orders import ports


def register() -> None:
    """Make every converter known; harmless twice."""
    ports.register_converter(
        "pdf", takes=documents.is_pdf, convert=documents.convert_pdf, limits=documents.LIMITS, place=10
    )
    ports.register_converter(
        "workbook",
        takes=spreadsheets.is_workbook,
        convert=spreadsheets.convert_workbook,
        limits=spreadsheets.LIMITS,
        place=20,
    )
    ports.register_converter(
        "pictures", takes=scans.is_picture, convert=scans.convert_picture, limits=scans.LIMITS, place=14
    )
    ports.register_converter(
        "scanned pdf", takes=scans.is_pdf, convert=scans.convert_pdf, limits=scans.LIMITS, place=15
    )
    ports.register_converter("edi", takes=edi.is_edi, convert=edi.convert, limits=edi.LIMITS, place=30)
    ports.register_converter(
        "values",
        takes=spreadsheets.is_values,
        convert=spreadsheets.convert_values,
        limits=spreadsheets.LIMITS,
        place=80,
    )
    ports.register_converter(
        "text", takes=documents.is_text, convert=documents.convert_text, limits=documents.LIMITS, place=90
    )
