"""Order lines from attachments: spreadsheets, ruled tables and text pages with columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from obeya.orders.reading import (
    aligning,
    catalogue,
    columns,
    dates,
    letters,
    matching,
    memory,
    quantities,
    tokens,
    types,
    units,
    words,
)
from obeya.orders.reading import lines as order_lines

_TOTAL = re.compile(
    r"^\W*(?:grand |sub ?|net )?(?:total|المجموع|الاجمالي|اجمالي|कुल|કુલ|sum|jumla)", re.IGNORECASE
)
_AMENDS = re.compile(
    r"amendment|stands? deleted|\bdeleted\b|struck|cancelled line|line cancel|revis(?:ed|ion) qty"
    r"|do not supply|not to be supplied|read as|instead of|substitut"
)
_STRUCK = re.compile(
    r"(?:sl|sr|line|item|pos|row)\W{0,2}(?:no\W{0,2})?(\d{1,3})\b[^\n]{0,60}?(?:deleted|cancelled"
    r"|removed|not required|struck)"
)
_COLOUR_WORDS = re.compile(
    r"\b(?:red|colou?red|highlighted|yellow|green|strike|struck)\b|احمر|लाल|lal wal|laal"
)
_DELIVERY = re.compile(
    r"(?:deliver\w*|delv|del|reqd|required|need(?:ed)?|due|ship|dispatch|expected|eta|in-camp|reach"
    r"|arriv\w*|التسليم|تسليم|توريد|التوريد|تاريخ التسليم)[^\n]{0,40}$"
)
_NOT_DELIVERY = re.compile(
    r"(?:po date|order date|dated|\bdate|expiry|expires|printed|rel|released|quotation|valid\w*"
    r"|revised)\W*$"
)


@dataclass(slots=True)
class Read:
    """Lines and doubts of the attachments."""

    lines: list[order_lines.Line] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    loose: list[types.TextPage] = field(default_factory=list)


def as_text(table: types.Table) -> str:
    """The cells of a table as lines of text."""
    return "\n".join("   ".join(cell.replace("\n", " ") for cell in row if cell) for row in table.rows)


def is_delivery(text: str, start: int) -> bool:
    """Whether the words just before a place in folded text speak of delivery."""
    before = text[max(0, start - 40) : start]
    before = before[before.rfind("\n") + 1 :]
    return _DELIVERY.search(before) is not None


def delivery_date(texts: Sequence[str], sent_on: date, month_first: bool) -> date | None:
    """The wished date of a document: the one behind a delivery cue; other dates are the document's own."""
    best: tuple[int, date] | None = None
    for text in texts:
        for found in dates.find(text, sent_on, month_first=month_first):
            before = text[max(0, found.start - 60) : found.start]
            before = before[before.rfind("\n") + 1 :]
            cue = _DELIVERY.search(before)
            behind = text[found.end : found.end + 30].split("\n")[0]
            arabic = re.search(r"ﻢﻴﻠﺴﺘﻟﺍ|التسليم", behind) is not None
            if not (cue or arabic) or found.on < sent_on or re.search(r"(?:po|order) date\W*$", before):
                continue
            distance = len(before) - (cue.start() if cue else 0)
            if best is None or distance < best[0]:
                best = distance, found.on
    return best[1] if best else None


class Tables:
    """Reads attachments for one company."""

    def __init__(
        self,
        items: catalogue.Catalogue,
        matcher: matching.Matcher,
        all_units: units.Units,
        learned: memory.Memory,
        unit_words: quantities.UnitWords,
    ) -> None:
        """Share the indexes."""
        self._items = items
        self._matcher = matcher
        self._units = all_units
        self._learned = learned
        self._unit_words = unit_words

    def read(self, message: types.Message, text: str) -> Read:
        """All lines of the attachments of a message; `text` is what was written beside them."""
        out = Read()
        beside = letters.fold(f"{message.subject or ''}\n{text}").text
        tabled: set[str] = set()
        for attachment in message.attachments:
            if isinstance(attachment, types.Table):
                header = columns.find_header(attachment.rows)
                if header is not None:
                    tabled.add(attachment.name.split(" ")[0])
                    self._table(out, attachment, header, message.customer, beside)
        for attachment in message.attachments:
            if isinstance(attachment, types.TextPage):
                self._page(out, attachment, message.customer, skip=attachment.name in tabled)
        return out

    def body(self, text: str, customer: str | None) -> tuple[Read, int, int] | None:
        """A table typed into a message: its lines and where it stands in the text, or None."""
        rows_at = [(m.start(), m.end()) for m in re.finditer(r"[^\n]*\n?", text) if m.end() > m.start()]
        texts = [text[a:b].rstrip("\n") for a, b in rows_at]
        first = next((n for n, line in enumerate(texts) if columns.is_header(line)), None)
        if first is None:
            return None
        last = first
        blanks = 0
        for number in range(first + 1, len(texts)):
            blanks = blanks + 1 if not texts[number].strip() else 0
            if blanks > 1 or (blanks and last > first):
                break
            if texts[number].strip():
                last = number
        page = types.TextPage("message", "\n".join(texts[first : last + 1]))
        out = Read()
        rows, _ = columns.page_rows(page)
        header = columns.find_header(rows)
        if header is None:
            return None
        self._table(out, types.Table("message", tuple(tuple(row) for row in rows)), header, customer, "")
        return (out, rows_at[first][0], rows_at[last][1]) if out.lines else None

    def _page(self, out: Read, page: types.TextPage, customer: str | None, *, skip: bool) -> None:
        rows, others = columns.page_rows(page)
        rest = "\n".join(others if rows else page.text.splitlines())
        folded = letters.fold(page.text).text
        if _AMENDS.search(folded):
            out.doubts.append(("table", "The document amends itself."))
            for match in _STRUCK.finditer(folded):
                out.lines = [line for line in out.lines if f"row:{int(match[1])}" not in line.flags]
        if skip:
            return
        if rows and (header := columns.find_header(rows)) is not None:
            table = types.Table(page.name, tuple(tuple(row) for row in rows), page.page)
            self._table(out, table, header, customer, "")
        elif not out.lines and any(c.isdigit() for c in rest):
            out.loose.append(page)

    def _table(
        self, out: Read, table: types.Table, header: columns.Header, customer: str | None, beside: str
    ) -> None:
        drop = table.struck
        if _COLOUR_WORDS.search(beside) or _COLOUR_WORDS.search(letters.fold(as_text(table)).text[-200:]):
            if table.coloured:
                drop = drop | table.coloured
            else:
                out.doubts.append(("table", "Colours matter in this sheet and cannot be seen."))
        total = Decimal(0)
        above: tuple[Decimal, str | None] | None = None
        for number, row in enumerate(table.rows[header.row + 1 :], header.row + 1):
            if number in drop:
                continue
            line, quantity, above = self._row(row, header, customer, above)
            stated = self._stated_total(row, header)
            if stated is not None:
                if stated not in (total, Decimal(len(out.lines))):
                    out.doubts.append(("table", f"The total says {stated}, the lines make {total}."))
                break
            if line is not None:
                out.lines.append(line)
                total += quantity
        return

    def _stated_total(self, row: Sequence[str], header: columns.Header) -> Decimal | None:
        named = [cell for cell in row if cell and _TOTAL.match(letters.fold(cell).text)]
        if not named:
            return None
        column = header.first("qty")
        if (
            header.kinds.count("qty") != 1
            or column is None
            or column >= len(row)
            or "line" in named[0].lower()
        ):
            return None
        return _number(row[column])[0]

    def _row(
        self,
        row: Sequence[str],
        header: columns.Header,
        customer: str | None,
        above: tuple[Decimal, str | None] | None,
    ) -> tuple[order_lines.Line | None, Decimal, tuple[Decimal, str | None] | None]:
        cells = {kind: row[c] for c, kind in reversed(list(enumerate(header.kinds))) if c < len(row) and kind}
        description = cells.get("desc", "").replace("\n", " ").strip()
        code = cells.get("code", "").strip()
        if not description and not code:
            return None, Decimal(0), above
        if description and _TOTAL.match(letters.fold(description).text):
            return None, Decimal(0), above
        value, unit = self._quantity(row, header, cells)
        if (
            value is None
            and above is not None
            and any(
                header.kinds[c] == "qty" and _is_ditto(cell)
                for c, cell in enumerate(row)
                if c < len(header.kinds)
            )
        ):
            value, unit = above
        if value is None or value <= 0:
            return None, Decimal(0), above
        sku = self._items.code(code) if code else None
        if sku is None and description:
            sku = next(
                (
                    s
                    for w in description.split()
                    if any(c.isdigit() for c in w) and (s := self._items.code(w))
                ),
                None,
            )
        line = self._line(sku, description, cells.get("pack", ""), customer)
        line.source = "table"
        if (own := _number(cells.get("sl", ""))[0]) is not None:
            line.flags.add(f"row:{int(own)}")
        if line.number is not None:
            resolved = self._units.resolve(line.number, value, unit, customer)
            line.qty, line.uom = resolved.qty, resolved.uom
            if resolved.doubt:
                line.doubt(resolved.doubt, f"The unit is not certain ({resolved.why}).")
            if self._units.unusual(line.number, line.qty, line.uom, customer):
                line.doubt("unusual_quantity", "Far from what this customer usually orders.")
        self._check_amount(line, cells, value)
        return line, value, (value, unit)

    def _quantity(
        self, row: Sequence[str], header: columns.Header, cells: dict[str, str]
    ) -> tuple[Decimal | None, str | None]:
        for column, kind in enumerate(header.kinds):
            if kind != "qty" or column >= len(row):
                continue
            value, spoken = _number(row[column])
            if value is None:
                continue
            said = spoken or cells.get("unit", "")
            unit = self._unit(said) if said else header.units[column]
            return value, unit
        return None, None

    def _unit(self, text: str) -> str | None:
        found = [t for t in self._learned.cut_words(text) if t.kind == tokens.WORD]
        return next((code for t in found if (code := self._unit_words.code(t))), None)

    def _line(self, sku: str | None, description: str, pack: str, customer: str | None) -> order_lines.Line:
        if sku is not None:
            line = order_lines.Line(self._items.index[sku], None, None, None, why="code")
            self._active(line)
            return line
        spoken = f"{description} {pack}" if re.search(r"[^\W\d_]", pack) else description
        found = self._learned.cut_words(spoken)
        terms = tuple(dict.fromkeys(aligning.content_terms(found)))[:14]
        terms = tuple(t for t in terms if not self._learned.is_seller(t.key))
        terms = tuple(
            t for t in terms if t.is_size or t.key not in words.UNITS or len(t.key) in (1, 4, 5, 6, 7, 8)
        )
        match = self._matcher.match(terms, customer)
        best = match.best
        line = order_lines.Line(
            best.number if best else None, None, None, None, candidates=match.fits[:5], why="words"
        )
        if best is None or best.cover < 0.5:
            line.doubt("unknown_item", f"No item fits {description[:60]}.")
        elif best.share < 0.85 and len(match.fits) > 1 and best.score - match.fits[1].score < 0.08:
            line.doubt("ambiguous_item", f"Several items fit {description[:60]}.")
        elif best.cover < 0.72:
            line.doubt("unread", f"Not all of {description[:60]} was understood.")
        if line.number is not None:
            self._active(line)
        return line

    def _active(self, line: order_lines.Line) -> None:
        item = self._items.items[line.number or 0]
        if not item.active:
            line.doubt("discontinued_item", f"{item.sku} is discontinued.")

    def _check_amount(self, line: order_lines.Line, cells: dict[str, str], value: Decimal) -> None:
        rate, amount = _number(cells.get("rate", ""))[0], _number(cells.get("amount", ""))[0]
        if rate and amount and abs(rate * value - amount) > max(Decimal("0.05"), amount / 200):
            line.doubt("table", "Quantity times rate is not the amount.")


def _is_ditto(cell: str) -> bool:
    return letters.fold(cell).text.strip() in words.DITTO or cell.strip() in ('"', "''", ",,", "do")


def _number(cell: str) -> tuple[Decimal | None, str]:
    """The number of a cell and the text behind it ("40 bag")."""
    folded = letters.fold(cell).text.strip()
    match = re.match(r"^[x=:]?\s*(\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(.*)$", folded, re.DOTALL)
    if not match:
        return None, ""
    try:
        return Decimal(match[1].replace(",", "")), match[2].strip()
    except InvalidOperation:
        return None, ""
