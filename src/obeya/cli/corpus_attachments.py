"""Attachments of a corpus folder as cells and text: digital PDF and spreadsheets; the rest is unreadable."""

from pathlib import Path

import openpyxl
import pdfplumber
import python_calamine
from openpyxl.utils.exceptions import InvalidFileException
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from obeya.cli import corpus_edi
from obeya.orders.reading import types

_MAX_BYTES = 20_000_000
_MAX_PAGES = 30
_MAX_ROWS = 2_000
_MAX_COLUMNS = 60
_TEXT = (".txt", ".csv", ".edi", ".x12", ".850", ".edifact", ".xml")


def convert(path: Path) -> list[types.Attachment]:
    """One file as attachments the reader takes; never raises, an unreadable file says why."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return [types.Unreadable(path.name, "the file is too large")]
    except OSError:
        return [types.Unreadable(path.name, "the file is missing")]
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        return _pdf(path)
    if suffix in (".xlsx", ".xls", ".xlsm", ".ods", ".xlsb"):
        return _sheet(path)
    if suffix in _TEXT:
        text = path.read_bytes()[:_MAX_BYTES].decode("utf-8", errors="replace")
        if corpus_edi.is_edi(text):
            return corpus_edi.convert(path.name, text)
        if suffix == ".xml":
            return [types.Unreadable(path.name, "an XML document")]
        return [types.TextPage(path.name, text)]
    return [types.Unreadable(path.name, "a picture, a scan or a recording")]


def _pdf(path: Path) -> list[types.Attachment]:
    out: list[types.Attachment] = []
    try:
        with pdfplumber.open(path) as document:
            for page in document.pages[:_MAX_PAGES]:
                for table in page.extract_tables():
                    rows = tuple(tuple((cell or "").strip() for cell in row) for row in table[:_MAX_ROWS])
                    if len(rows) > 1 and max(map(len, rows)) >= 3:
                        out.append(types.Table(path.name, rows, page.page_number))
                text = page.extract_text(layout=True, x_density=4.5) or ""
                kept = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
                if kept:
                    out.append(types.TextPage(path.name, kept, page.page_number))
    except (PDFException, PdfminerException, ValueError, KeyError, OSError) as error:
        return [types.Unreadable(path.name, f"the PDF cannot be opened ({type(error).__name__})")]
    return out or [types.Unreadable(path.name, "the PDF holds no text, it is a scan")]


def _sheet(path: Path) -> list[types.Attachment]:
    out: list[types.Attachment] = []
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        marks = _marks(path) if path.suffix.lower() in (".xlsx", ".xlsm") else {}
        for name in book.sheet_names:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)[:_MAX_ROWS]
            rows = tuple(tuple(_cell(cell) for cell in row[:_MAX_COLUMNS]) for row in cells)
            struck, coloured = marks.get(name, (frozenset(), frozenset()))
            if any(any(row) for row in rows):
                out.append(types.Table(f"{path.name} {name}", rows, None, struck, coloured))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        return [types.Unreadable(path.name, f"the spreadsheet cannot be opened ({type(error).__name__})")]
    return out or [types.Unreadable(path.name, "the spreadsheet is empty")]


def _cell(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).strip()


def _marks(path: Path) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
    """Per sheet the rows struck through and the rows written in red or on red."""
    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except (InvalidFileException, ValueError, KeyError, OSError):
        return {}
    out: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
    for sheet in book.worksheets:
        struck: set[int] = set()
        coloured: set[int] = set()
        for number, row in enumerate(sheet.iter_rows(max_row=_MAX_ROWS, max_col=_MAX_COLUMNS)):
            cells = [cell for cell in row if cell.value not in (None, "")]
            if cells and all(cell.font is not None and cell.font.strike for cell in cells):
                struck.add(number)
            if cells and any(_is_red(cell) for cell in cells):
                coloured.add(number)
        out[sheet.title] = (frozenset(struck), frozenset(coloured))
    return out


def _is_red(cell: object) -> bool:
    for part in (
        getattr(getattr(cell, "font", None), "color", None),
        getattr(getattr(cell, "fill", None), "fgColor", None),
    ):
        code = getattr(part, "rgb", None)
        if isinstance(code, str) and len(code) == 8 and code[:2] != "00":
            red, green, blue = (int(code[i : i + 2], 16) for i in (2, 4, 6))
            if red >= 150 and green <= 110 and blue <= 110:
                return True
    return False
