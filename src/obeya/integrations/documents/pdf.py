"""A PDF page by page: tables with rules, tables without, and all text with its columns kept by spaces."""

from __future__ import annotations

import io
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from obeya.integrations.documents import grids, shaped
from obeya.orders import ports
from obeya.orders.reading import columns, types

MOST_PAGES = 60
ENOUGH_S = 8.0
"""Seconds of computing after which no further page is begun; an order form of a page takes about 0.2."""
_MOST_ROWS = 5_000
_MOST_WORDS = 6_000
"""Words of a page that are looked at for a table; an order form has some hundreds."""
_PASSWORD = "the PDF is protected by a password"  # noqa: S105 - words for a person
_FAILURES = (
    PDFException,
    PdfminerException,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
)
"""What pdfminer raises for damaged files."""
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DIGITS = re.compile(r"[\d.,:/-]+")
_SPOKEN = rf"\S*{_RIGHT_TO_LEFT.pattern}\S*"
_RUN = re.compile(rf"{_SPOKEN}(?: {{1,2}}{_SPOKEN})*")


def attachments_of(content: bytes, name: str) -> ports.Converted:
    """Every page as its tables and its text; NotMine where there is no text at all."""
    try:
        count = _pages(content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        return [types.Unreadable(name, _PASSWORD if locked else "the PDF is damaged and cannot be opened")]
    found: list[types.Attachment] = []
    pictures: list[int] = []
    began, last = time.process_time(), min(count, MOST_PAGES)
    try:
        for number, part in _read(content, name):
            found.extend(part)
            if not part:
                pictures.append(number)
            if time.process_time() - began > ENOUGH_S:
                last = min(last, number)
                break
    except _FAILURES:
        found.append(types.Unreadable(name, "the PDF is damaged: not all of it could be read"))
    if not any(isinstance(one, types.TextPage) for one in found):
        return found or ports.NotMine("the PDF holds no text, it is a scan")
    for number in pictures:
        found.append(types.Unreadable(name, f"page {number} is a picture"))
    if last < count:
        found.append(types.Unreadable(name, f"only the first {last} of {count:,} pages are read"))
    return found


def _pages(content: bytes) -> int:
    document = pypdfium2.PdfDocument(content)
    try:
        return len(document)
    finally:
        document.close()


def _read(content: bytes, name: str) -> Iterator[tuple[int, list[types.Attachment]]]:
    """Page by page what is on it; an empty list for a page of pictures only."""
    grid: grids.Grid | None = None
    with pdfplumber.open(io.BytesIO(content), pages=list(range(1, MOST_PAGES + 1))) as document:
        for page in document.pages:
            text = _text(page)
            words = _shaped_words(content, page.page_number) if shaped.INDIC.search(text) else []
            tables, grid = _tables(page, grid, words)
            out: list[types.Attachment] = [types.Table(name, rows, page.page_number) for rows in tables]
            if text := shaped.laid_out(words) or text:
                out.append(types.TextPage(name, text, page.page_number))
            if out or page.images:
                yield page.page_number, out
            page.close()


def _shaped_words(content: bytes, number: int) -> list[grids.Word]:
    document = pypdfium2.PdfDocument(content)
    try:
        return shaped.words_of(document, number)
    finally:
        document.close()


def _tables(
    page: Any, grid: grids.Grid | None, shaped_words: Sequence[grids.Word]
) -> tuple[list[tuple[tuple[str, ...], ...]], grids.Grid | None]:
    """The tables of a page: with rules where those part the rows, by the white between words otherwise."""
    ruled = [_tidy(rows) for rows in _ruled(page, shaped_words)]
    useful = [rows for rows in ruled if len(rows) > 1 and max(map(len, rows)) >= 3]
    if any(_is_order(rows) for rows in useful):
        return useful, None
    words = list(shaped_words[:_MOST_WORDS]) or [
        grids.Word(_logical(w["text"]), w["x0"], w["x1"], w["top"], w["bottom"])
        for w in page.extract_words(x_tolerance=1.5, y_tolerance=2)[:_MOST_WORDS]
    ]
    drawn, grid = grids.tables_of(grids.lines_of(words), grid)
    return (drawn, grid) if drawn else (useful, grid)


def _ruled(page: Any, shaped_words: Sequence[grids.Word]) -> list[list[list[str | None]]]:
    """The cells between the rules of a page."""
    if not (page.lines or page.rects or page.curves):
        return []
    if not shaped_words:
        return list(page.extract_tables())
    return [
        [[shaped.cell_text(shaped_words, cell) for cell in row.cells] for row in table.rows]
        for table in page.find_tables()
    ]


def _tidy(rows: Sequence[Sequence[str | None]]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple("\n".join(map(_turned, (cell or "").strip().splitlines())) for cell in row)
        for row in rows[:_MOST_ROWS]
    )


def _is_order(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rules part a table of an order into its rows: one quantity a row."""
    header = columns.find_header(rows)
    if header is None:
        return False
    quantity = header.first("qty")
    body = [row[quantity] for row in rows[header.row + 1 :] if quantity is not None and quantity < len(row)]
    return any(cell.strip() for cell in body) and not any(
        sum(part.strip()[:1].isdigit() for part in cell.split("\n")) > 1 for cell in body
    )


def _text(page: Any) -> str:
    text = page.extract_text(layout=True, x_density=4.5) or ""
    return "\n".join(_turned(line.rstrip()) for line in text.splitlines() if line.strip())


def _turned(line: str) -> str:
    """A line in the order it is read: words of right-to-left scripts stand as they look on the page."""
    if not _RIGHT_TO_LEFT.search(line):
        return line
    return _RUN.sub(lambda run: " ".join(map(_logical, reversed(run.group().split()))), line)


def _logical(word: str) -> str:
    """A word in the order it is spoken, in plain letters; digits in it keep theirs."""
    if not _RIGHT_TO_LEFT.search(word):
        return word
    turned = _DIGITS.sub(lambda run: run.group()[::-1], word[::-1])
    return unicodedata.normalize("NFKC", turned)
