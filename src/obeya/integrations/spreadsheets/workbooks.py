"""The sheets of a workbook as tables."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator, Sequence

import python_calamine

from obeya.integrations.spreadsheets import cells, looks
from obeya.orders import ports
from obeya.orders.reading import types

MOST_SHEETS = 20
MOST_UNPACKED = 300 << 20
"""Bytes that the parts of a workbook may say they unpack to."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def attachments_of(content: bytes, name: str) -> ports.Converted:
    """Each visible sheet that holds something; what was left out is said."""
    if (problem := _problem(content)) is not None:
        return problem if isinstance(problem, ports.NotMine) else [types.Unreadable(name, problem)]
    try:
        with python_calamine.CalamineWorkbook.from_object(io.BytesIO(content)) as book:
            found = list(itertools.chain.from_iterable(_sheets(book, content, name)))
    except python_calamine.PasswordError:
        return [types.Unreadable(name, "the spreadsheet is protected by a password")]
    except (python_calamine.CalamineError, OSError, ValueError):
        return [types.Unreadable(name, "the spreadsheet is damaged and cannot be opened")]
    return found or [types.Unreadable(name, "the spreadsheet is empty")]


def _problem(content: bytes) -> str | ports.NotMine | None:
    """Why a container is not opened: no workbook, a password, a bomb, damage; None where it may be."""
    if not content.startswith(b"PK"):
        return "the spreadsheet is protected by a password" if _ENCRYPTED in content else None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            parts = box.infolist()
    except (zipfile.BadZipFile, ValueError):
        return "the file is damaged"
    names = [part.filename for part in parts]
    if not any(one.startswith("xl/") or one == "content.xml" for one in names):
        return ports.NotMine(_what_else(names))
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        return f"it unpacks to more than {MOST_UNPACKED >> 20} MB"
    return None


def _what_else(names: Sequence[str]) -> str:
    if any(one.startswith("word/") for one in names):
        return "it is a Word document, which Obeya cannot read"
    if any(one.startswith("ppt/") for one in names):
        return "it is a slide show, which Obeya cannot read"
    return "Obeya does not look into archives"


def _sheets(
    book: python_calamine.CalamineWorkbook, content: bytes, name: str
) -> Iterator[list[types.Attachment]]:
    visible = python_calamine.SheetVisibleEnum.Visible
    shown = [one.name for one in book.sheets_metadata if one.visible == visible]
    seen = looks.of(content, shown[:MOST_SHEETS])
    for title in shown[:MOST_SHEETS]:
        yield _sheet(book.get_sheet_by_name(title), f"{name} {title}", seen.get(title, looks.Look()))
    if len(shown) > MOST_SHEETS:
        yield [types.Unreadable(name, f"only the first {MOST_SHEETS} of {len(shown)} sheets are read")]


def _sheet(sheet: python_calamine.CalamineSheet, name: str, look: looks.Look) -> list[types.Attachment]:
    if sheet.start is None:
        return []
    rows = sheet.iter_rows()
    kept = [
        _row(number, row, sheet.start[1], look)
        for number, row in enumerate(itertools.islice(rows, cells.MOST_ROWS))
    ]
    _fill_merged(kept, sheet.merged_cell_ranges or ())
    out: list[types.Attachment] = []
    if trimmed := cells.trimmed(kept):
        out.append(types.Table(name, trimmed, None, look.struck, look.coloured))
    if any(any(value not in ("", None) for value in row) for row in rows):
        out.append(types.Unreadable(name, f"only the first {cells.MOST_ROWS:,} rows are read"))
    if any(number < len(kept) and any(kept[number]) for number in look.hidden):
        out.append(types.Unreadable(name, "it has hidden rows that hold something"))
    return out


def _row(number: int, row: Sequence[object], indent: int, look: looks.Look) -> list[str]:
    """The cells of a row in their columns. A formula whose value the file does not hold stays a formula."""
    out = [""] * min(indent, cells.MOST_COLUMNS)
    for column, value in enumerate(row[: cells.MOST_COLUMNS - len(out)], len(out)):
        text = cells.text_of(value, look.formats.get((number, column), ""))
        out.append(text or look.formulas.get((number, column), ""))
    return out + [""] * max(0, 1 + max((c for r, c in look.formulas if r == number), default=-1) - len(out))


def _fill_merged(rows: list[list[str]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Words merged over several rows stand in each of them; a number stays once, or it would multiply."""
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]) or right > left:
            continue
        text = rows[top][left]
        if any(char.isalpha() for char in text):
            for row in rows[top + 1 : bottom + 1]:
                if left < len(row) and not row[left]:
                    row[left] = text
