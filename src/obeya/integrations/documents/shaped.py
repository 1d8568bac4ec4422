"""Words of a page in Indic scripts: letters join and change there, and only pdfium tells what was meant.

Programs draw such a word as shapes and write the letters beside them; pdfminer reads the shapes alone and
loses vowels and joined letters. pdfium hands on the letters, with spaces of its own between shapes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pypdfium2
from pypdfium2 import raw

from obeya.integrations.documents import grids

INDIC = re.compile(r"[\u0900-\u0dff]")
_MOST_LETTERS = 60_000
_WIDE = 0.55
"""Share of a letter's height that parts two words where no space is written."""
_LETTER_WIDTH = 4.5
"""Points that a space stands for where a page is laid out as text."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; points from the left and the top of the page."""


def words_of(document: pypdfium2.PdfDocument, number: int) -> list[grids.Word]:
    """The words of a page (counted from 1), in the order in which they were drawn."""
    page = document[number - 1]
    text = page.get_textpage()
    height = page.get_height()
    out: list[grids.Word] = []
    letters, box = "", (0.0, 0.0, 0.0, 0.0)
    for at in range(min(text.count_chars(), _MOST_LETTERS)):
        sign = chr(raw.FPDFText_GetUnicode(text, at))
        left, low, right, high = text.get_charbox(at)
        here = (left, height - high, right, height - low)
        if _parts(sign, bool(raw.FPDFText_IsGenerated(text, at)), here, box, letters):
            out += _word(letters, box)
            letters = ""
        if not sign.isspace():
            box = here if not letters else _around(box, here)
            letters += sign
    out += _word(letters, box)
    text.close()
    page.close()
    return out


def _parts(sign: str, is_added: bool, here: Box, box: Box, letters: str) -> bool:
    """Whether a word ends before a sign: at a space (an added one only behind the word), or far away."""
    if not letters:
        return False
    if sign.isspace():
        return not is_added or here[0] >= box[2] - 0.1 or sign in "\r\n"
    tall = max(box[3] - box[1], here[3] - here[1], 1.0)
    return here[0] - box[2] > _WIDE * tall or here[0] < box[0] - 2 or abs(here[3] - box[3]) > tall


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _word(letters: str, box: Box) -> list[grids.Word]:
    return [grids.Word(letters, box[0], box[2], box[1], box[3])] if letters else []


def cell_text(words: Sequence[grids.Word], cell: Box | None) -> str:
    """The words that stand in a cell, its lines apart."""
    if cell is None:
        return ""
    inside = [
        word
        for word in words
        if cell[0] <= (word.x0 + word.x1) / 2 <= cell[2]
        and cell[1] <= (word.top + word.bottom) / 2 <= cell[3]
    ]
    return "\n".join(" ".join(word.text for word in line) for line in grids.lines_of(inside))


def laid_out(words: Sequence[grids.Word]) -> str:
    """The page as text, with its columns kept by spaces."""
    lines = []
    for line in grids.lines_of(words):
        text = ""
        for word in line:
            gap = max(int(word.x0 / _LETTER_WIDTH) - len(text), 1 if text else 0)
            text += " " * gap + word.text
        lines.append(text)
    return "\n".join(lines)
