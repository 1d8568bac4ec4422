"""HTML of a mail as the text its sender saw: quotes marked by ">", tables of goods as cells. No Django."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import html
from lxml.etree import ParserError

MOST_HTML = 2 << 20
"""Characters of HTML that are looked into."""
MOST_ROWS = 2_000
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Signs that nobody sees: they change how text looks, not what it says."""
_FORWARDED = "begin forwarded message"


@dataclass(frozen=True, slots=True)
class Page:
    """The text, with a line of `place(n)` where table `n` stood; each table also as text, to put there."""

    text: str
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    shown: tuple[str, ...] = ()


def place(number: int) -> str:
    """The line that stands for a table."""
    return f"⟦table {number + 1}⟧"


def read(source: str) -> Page:
    """What a person reads in `source`. Raises RecursionError where it is nested beyond reason."""
    source = source.replace("\0", "")
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=_parser())
    except (ParserError, ValueError):  # nothing but white space, or no element at all
        return Page(source.strip())
    found = [one for one in tree.iter("table") if _holds_goods(one)]
    tables = tuple(_cells(one) for one in found)
    shown = tuple("\n".join("\t".join(row) for row in rows) for rows in tables)
    for number, one in enumerate(found):
        _replace(one, place(number))
    for quote in reversed(list(tree.iter("blockquote"))):  # the innermost first
        text = _text(quote)
        if not text.lstrip().lower().startswith(_FORWARDED):  # Apple's way to forward
            text = "\n".join(f"> {line}" for line in text.splitlines())
        _replace(quote, text)
    return Page(_text(tree), tables, shown)


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


def _text(tree: html.HtmlElement) -> str:
    return str(Inscriptis(tree, _CONFIG).get_text())


def _replace(element: html.HtmlElement, text: str) -> None:
    """Put plain text where an element stood."""
    stand_in = html.Element("pre")
    stand_in.text, stand_in.tail = text, element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, stand_in)


def _holds_goods(table: html.HtmlElement) -> bool:
    """A table of rows and columns with figures in it; not one that only lays out the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [row for row in _cells(table) if sum(bool(cell) for cell in row) >= 2]
    return len(rows) >= 2 and any(any(c.isdigit() for c in cell) for row in rows[1:] for cell in row)


def _cells(table: html.HtmlElement) -> tuple[tuple[str, ...], ...]:
    return tuple(_rows(table))


def _rows(table: html.HtmlElement) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(table.iterdescendants("tr")):
        if number >= MOST_ROWS:
            return
        yield tuple(_plain(cell.text_content()) for cell in row.iterchildren("td", "th"))


def _plain(text: str) -> str:
    return " ".join(_HIDDEN.sub("", text).split())
