"""A PDF as tables and pages of text."""

from __future__ import annotations

import io

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from obeya.orders import ports
from obeya.orders.reading import types

MOST_PAGES = 30
_MOST_ROWS = 2_000


def attachments_of(content: bytes, name: str) -> ports.Converted:
    """Every page as its ruled tables and its text; NotMine where there is no text at all."""
    out: list[types.Attachment] = []
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            for page in document.pages[:MOST_PAGES]:
                for table in page.extract_tables():
                    rows = tuple(tuple((cell or "").strip() for cell in row) for row in table[:_MOST_ROWS])
                    if len(rows) > 1 and max(map(len, rows)) >= 3:
                        out.append(types.Table(name, rows, page.page_number))
                text = page.extract_text(layout=True, x_density=4.5) or ""
                kept = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
                if kept:
                    out.append(types.TextPage(name, kept, page.page_number))
    except (PDFException, PdfminerException, ValueError, KeyError, OSError) as error:
        return [types.Unreadable(name, f"the PDF cannot be opened ({type(error).__name__})")]
    return out or ports.NotMine("the PDF holds no text, it is a scan")
