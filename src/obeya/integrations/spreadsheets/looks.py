"""How the cells of an XLSX workbook look: struck through, red, hidden, formulas, formats that add words.

The values themselves come from calamine; only XLSX and XLSM tell how they look.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from obeya.integrations.spreadsheets import cells

SMALL = 8 << 20
"""Bytes that sheets unpack to: larger ones are streamed, and do not tell which rows are hidden."""
_FAILURES = (
    InvalidFileException, zipfile.BadZipFile, ElementTree.ParseError, ValueError, KeyError, TypeError,
    AttributeError, IndexError, OSError,
)  # fmt: skip
"""What openpyxl raises for workbooks that other programs open: their values are still read."""


@dataclass(frozen=True, slots=True)
class Look:
    """The looks of one sheet, by row or by (row, column), both from 0."""

    struck: frozenset[int] = frozenset()
    coloured: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)


def of(content: bytes, titles: Sequence[str]) -> dict[str, Look]:
    """The looks of the named sheets; empty where the workbook is no XLSX or does not tell."""
    size = _unpacked(content)
    if size is None:
        return {}
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=size > SMALL)
        return {title: _look(book[title], size <= SMALL) for title in titles if title in book.sheetnames}
    except _FAILURES:
        return {}


def _unpacked(content: bytes) -> int | None:
    """How many bytes the sheets unpack to; None where it is no XLSX."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            sheets = [one for one in box.infolist() if one.filename.startswith("xl/worksheets/")]
            bound = any(one.filename == "xl/workbook.xml" for one in box.infolist())
    except (zipfile.BadZipFile, ValueError):
        return None
    return sum(one.file_size for one in sheets) if bound else None


def _look(sheet: Any, is_whole: bool) -> Look:
    struck: set[int] = set()
    coloured: set[int] = set()
    formats: dict[tuple[int, int], str] = {}
    formulas: dict[tuple[int, int], str] = {}
    if not hasattr(sheet, "iter_rows"):  # a sheet that is one chart
        return Look()
    most = {  # asked for more than there is, openpyxl makes the missing cells
        "max_row": min(sheet.max_row or cells.MOST_ROWS, cells.MOST_ROWS),
        "max_col": min(sheet.max_column or cells.MOST_COLUMNS, cells.MOST_COLUMNS),
    }
    for number, row in enumerate(sheet.iter_rows(**most)):
        filled = [(column, cell) for column, cell in enumerate(row) if cell.value not in (None, "")]
        if not filled:
            continue
        if all(_is_struck(cell) for _, cell in filled):
            struck.add(number)
        if any(_is_red(cell) for _, cell in filled):
            coloured.add(number)
        for column, cell in filled:
            if cell.data_type == "f":
                formulas[number, column] = _formula(cell.value)
            elif isinstance(cell.value, (int, float)) and cell.number_format != "General":
                formats[number, column] = cell.number_format
    hidden = _hidden(sheet.row_dimensions) if is_whole else ()
    return Look(frozenset(struck), frozenset(coloured), frozenset(hidden), formats, formulas)


def _hidden(dimensions: Mapping[int, Any]) -> Iterable[int]:
    return [number - 1 for number, one in dimensions.items() if one.hidden and number <= cells.MOST_ROWS]


def _formula(value: object) -> str:
    text = str(getattr(value, "text", value) or "")
    return f"={text.removeprefix('=')}"[:80]


def _is_struck(cell: Any) -> bool:
    return cell.font is not None and bool(cell.font.strike)


def _is_red(cell: Any) -> bool:
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
