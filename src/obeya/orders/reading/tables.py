"""Order lines from attachments: spreadsheets, ruled tables and text pages with columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from obeya.orders.reading import (
    aligning,
    amounts,
    catalogue,
    columns,
    dates,
    headings,
    letters,
    matching,
    memory,
    papers,
    quantities,
    spoken,
    tokens,
    types,
    units,
    words,
)
from obeya.orders.reading import lines as order_lines

_AMENDS = re.compile(
    r"amendment|stands? deleted|\bdeleted\b|struck|cancelled line|line cancel|revis(?:ed|ion) qty"
    r"|do not supply|not to be supplied|read as|instead of|substitut|supersede|\bamended\b"
    r"|(?:also|please|pls|kindly) (?:also )?(?:add|send|include|supply) (?:\w+ ){0,2}"
    r"(?!\d+ (?:cop|sets? of))\d|(?:increase|reduce|change)d? (?:the )?(?:qty|quantity)"
    r"|(?:qty|quantity) (?:of|for) (?:line|item|sl|sr)\b|(?:line|item|row) \d+ (?:is )?(?:cancel|delet)"
    r"|(?:ignore|skip|cancel|delete) (?:the )?(?:line|item|row|sl|sr)s? \d"
)
_STRUCK = re.compile(
    r"(?:sl|sr|line|item|pos|row)\W{0,2}(?:no\W{0,2})?(\d{1,3})\b[^\n]{0,60}?(?:deleted|cancelled"
    r"|removed|not required|struck)"
)
_COLOUR_WORDS = re.compile(
    r"\b(?:colou?red|highlight\w*|str(?:ike|uck)(?: ?through| ?out)?)\b"
    r"|\b(?:red|yellow|green|lal|laal|peel[ai]|har[ai]|लाल|पीले|पीली)\s{1,2}(?:wal\w*|वाल\S*|rows?|lines?|items?|ones"
    r"|mark\S*|मार्क\S*|colou?r\w*|text|font|cells?|ink|means?|rang\w*|रंग\S*|में|mein|me)\b"
    r"|(?:in|with|marked|mark) (?:red|yellow|green)\b|باللون|بالاحمر|الاحمر"
)
"""Words that say that colours in a sheet mean something; the colour of goods is none."""
_DELIVERY = re.compile(
    r"(?:deliver\w*|delv|del|reqd|required|need(?:ed)?|due|ship|dispatch|expected|eta|in-camp|reach|promised?"
    r"|arriv\w*|التسليم|تسليم|توريد|التوريد|تاريخ التسليم)[^\n]{0,40}$"
)
_COUNTED = re.compile(
    r"\b\d+\s*[x*]\s*\d+\b(?!\s*(?:g|gm|kg|ml|l|ltr|m|mm|cm|in|oz|lb))|\b\d+\s*(?:pcs|pc|nos|ea|pack|pkt)?\s*(?:per|/)\s*\w+"
    r"|\b\d+\s*(?:pcs|pc|nos|ea|s)\b"
)
_NOT_DELIVERY = re.compile(
    r"(?:po date|order date|dated|\bdate|expiry|expires|printed|rel|released|quotation|valid\w*"
    r"|revised)\W*$"
)


_PACK_WORDS = ("bdl", "bale", "ctn", "case", "cs", "box", "bx", "pkt", "pack", "bag")


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
        self._titles: dict[str, str | None] = {}
        for item in items.items:
            title = _squeezed(item.description)
            self._titles[title] = None if title in self._titles else item.sku

    def read(self, message: types.Message, text: str) -> Read:
        """All lines of the attachments of a message; `text` is what was written beside them."""
        out = Read()
        beside = letters.fold(f"{message.subject or ''}\n{text}").text
        tabled: set[str] = set()
        tallies: dict[str, amounts.Tally] = {}
        for attachment in message.attachments:
            if isinstance(attachment, types.Table):
                header = columns.find_header(attachment.rows) or columns.guess_header(
                    attachment.rows, lambda cell: self._items.code(cell) is not None
                )
                if header is not None:
                    tabled.add(attachment.name)
                    tally = tallies.setdefault(attachment.name, amounts.Tally())
                    self._table(out, attachment, header, message.customer, beside, tally)
                elif columns.may_order(attachment.rows):
                    out.doubts.append(("table", f"{attachment.name}: no column says what is ordered."))
        for attachment in message.attachments:
            if isinstance(attachment, types.TextPage):
                self._page(out, attachment, message.customer, tallies, skip=attachment.name in tabled)
        pages = [one for one in message.attachments if isinstance(one, types.TextPage)]
        out.doubts.extend(("table", problem) for problem in papers.problems(pages))
        for tally in tallies.values():
            out.doubts.extend(("table", complaint) for complaint in tally.complaints())
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
        tally = amounts.Tally()
        table = types.Table("message", tuple(tuple(row) for row in rows))
        self._table(out, table, header, customer, "", tally)
        out.doubts.extend(("table", complaint) for complaint in tally.complaints())
        return (out, rows_at[first][0], rows_at[last][1]) if out.lines else None

    def _page(
        self,
        out: Read,
        page: types.TextPage,
        customer: str | None,
        tallies: dict[str, amounts.Tally],
        *,
        skip: bool,
    ) -> None:
        rows, others = columns.page_rows(page)
        rest = "\n".join(others if rows else page.text.splitlines())
        folded = letters.fold(page.text).text
        if _AMENDS.search(folded):
            out.doubts.append(("table", "The document amends itself."))
            for match in _STRUCK.finditer(folded):
                out.lines = [line for line in out.lines if f"row:{int(match[1])}" not in line.flags]
        if skip:
            return
        if not rows:
            rows = columns.unnamed_rows(page.text)
        if rows and (header := columns.find_header(rows)) is not None:
            table = types.Table(page.name, tuple(tuple(row) for row in rows), page.page)
            tally = tallies.setdefault(page.name, amounts.Tally())
            self._table(out, table, header, customer, "", tally)
        elif not out.lines and any(c.isdigit() for c in rest):
            out.loose.append(page)

    def _table(
        self,
        out: Read,
        table: types.Table,
        header: columns.Header,
        customer: str | None,
        beside: str,
        tally: amounts.Tally,
    ) -> None:
        out.doubts.extend(("table", problem) for problem in columns.uncertain(table.rows, header))
        drop = table.struck
        if _COLOUR_WORDS.search(beside) or _COLOUR_WORDS.search(letters.fold(as_text(table)).text[-200:]):
            if table.coloured:
                drop = drop | table.coloured
            else:
                out.doubts.append(("table", "Colours matter in this sheet and cannot be seen."))
        above: tuple[Decimal, str | None] | None = None
        section = ""
        for number, row in enumerate(table.rows[header.row + 1 :], header.row + 1):
            if number in drop or not any(row):
                continue
            if any(headings.is_total(cell) for cell in row if cell):
                tally.stated(row, header)
                continue
            cells = _cells(row, header)
            if not self._items.code(cells.get("code", "")) and any(headings.is_charge(c) for c in row if c):
                tally.charge(row)
                continue
            line, quantity, above = self._row(row, header, cells, customer, above, section)
            if line is not None:
                out.lines.append(line)
                tally.add(quantity, amounts.number(cells.get("amount", ""))[0])
            elif _AMENDS.search(letters.fold(" ".join(row)).text):
                out.doubts.append(("table", "The document amends itself."))
            elif problem := _unread(row, header, cells):
                out.doubts.append(("table", problem))
            elif _is_section(row, cells):
                section = cells.get("desc", "") or cells.get("sl", "")

    def _row(
        self,
        row: Sequence[str],
        header: columns.Header,
        cells: dict[str, str],
        customer: str | None,
        above: tuple[Decimal, str | None] | None,
        section: str,
    ) -> tuple[order_lines.Line | None, Decimal, tuple[Decimal, str | None] | None]:
        description = spoken.plain(cells.get("desc", ""))
        codes = [cell.strip() for cell in _all(row, header, "code") if cell.strip()]
        codes += spoken.named_codes(cells.get("desc", ""))
        if not description and not codes:
            return None, Decimal(0), above
        value, unit, beside = self._quantity(row, header, cells)
        if value is None and above is not None and any(_is_ditto(c) for c in _all(row, header, "qty")):
            value, unit = above
        if value is None or value <= 0:
            return None, Decimal(0), above
        line = self._item_line(
            codes, description or " ".join(codes), cells.get("pack", ""), customer, section
        )
        line.source = "table"
        if (own := amounts.number(cells.get("sl", ""))[0]) is not None:
            line.flags.add(f"row:{int(own)}")
        if line.number is not None:
            self._count(line, value, unit, cells, customer)
            if any(char.isdigit() for char in beside):
                line.doubt("ambiguous_quantity", f"The quantity says more than one number: {beside[:40]}.")
            self._check_others(line, row, header, customer)
        if not amounts.agrees(cells, value):
            line.doubt("table", "Quantity times rate is not the amount.")
        return line, value, (value, unit)

    def _count(
        self,
        line: order_lines.Line,
        value: Decimal,
        unit: str | None,
        cells: dict[str, str],
        customer: str | None,
    ) -> None:
        """Quantity and unit of a line; pieces of what is sold in cartons by the pack that the row names."""
        assert line.number is not None
        item = self._items.items[line.number]
        unit = _trade_unit(cells.get("unit", ""), item) or unit
        resolved = self._units.resolve(line.number, value, unit, customer)
        line.qty, line.uom = resolved.qty, resolved.uom
        if resolved.doubt == "ambiguous_unit" and (
            packed := _packed(value, unit, cells.get("pack", ""), item)
        ):
            line.qty, line.uom = packed
        elif resolved.doubt == "ambiguous_unit" and (same := _pack_of(unit, cells.get("pack", ""), item)):
            line.qty, line.uom = value, same
        elif resolved.doubt:
            line.doubt(resolved.doubt, f"The unit is not certain ({resolved.why}).")
        if self._units.unusual(line.number, line.qty, line.uom, customer):
            line.doubt("unusual_quantity", "Far from what this customer usually orders.")

    def _check_others(
        self, line: order_lines.Line, row: Sequence[str], header: columns.Header, customer: str | None
    ) -> None:
        """A second column of quantities must say the same in its own unit."""
        assert line.number is not None
        found = []
        for column, kind in enumerate(header.kinds):
            value = amounts.number(row[column])[0] if kind == "qty" and column < len(row) else None
            if value is not None and value > 0:
                other = self._units.resolve(line.number, value, header.units[column] or line.uom, customer)
                found.append(other.qty * self._items.items[line.number].units.get(other.uom, Decimal(1)))
        if len(set(found)) > 1:
            line.doubt("ambiguous_quantity", "Two columns name different quantities.")

    def _quantity(
        self, row: Sequence[str], header: columns.Header, cells: dict[str, str]
    ) -> tuple[Decimal | None, str | None, str]:
        for column, kind in enumerate(header.kinds):
            if kind != "qty" or column >= len(row):
                continue
            value, beside = amounts.number(row[column])
            if value is None:
                continue
            said = beside or cells.get("unit", "") or _unit_of_price(cells)
            unit = self._unit(said) if said else None
            return value, unit or header.units[column], beside
        return None, None, ""

    def _item_line(
        self, codes: Sequence[str], description: str, pack: str, customer: str | None, section: str
    ) -> order_lines.Line:
        """The item of a row: by a code of ours wherever it stands, or by its words."""
        sku = next((s for code in codes if (s := self._items.code(code))), None)
        if sku is None:
            sku = self._titles.get(_squeezed(description)) or self._code_within(description, pack, customer)
        line = self._line(sku, description, pack, customer)
        if sku is not None:
            self._compare(line, description, pack, customer)
        elif line.codes & {"unknown_item", "ambiguous_item", "unread"} and section:
            fuller = self._line(None, f"{section} {description}", pack, customer)
            if not fuller.codes & {"unknown_item", "ambiguous_item", "unread"}:
                return fuller
        return line

    def _code_within(self, description: str, pack: str, customer: str | None) -> str | None:
        """A code of ours among the words; not one that is itself a word of the item they fit ("CAT6")."""
        words_ = [w.strip("()[],;:") for w in description.split() if any(c.isdigit() for c in w)]
        found = [(w, sku) for w in words_ if (sku := self._items.code(w))]
        best = self._match(description, pack, customer).best if found else None
        own = _squeezed(self._items.items[best.number].description) if best and best.cover >= 0.9 else ""
        return next((sku for w, sku in found if _squeezed(w) not in own), None)

    def _compare(self, line: order_lines.Line, description: str, pack: str, customer: str | None) -> None:
        """A code and a description that name different items are a doubt."""
        match = self._match(description, pack, customer)
        best = match.best
        if best is None or best.number == line.number or best.cover < 0.9 or best.share < 0.9:
            return
        own = next((fit.cover for fit in match.fits if fit.number == line.number), 0.0)
        if best.cover - own >= 0.2:
            line.doubt("contradiction", "The code and the description name different items.")

    def _unit(self, text: str) -> str | None:
        found = [t for t in self._learned.cut_words(text) if t.kind == tokens.WORD]
        return next((code for t in found if (code := self._unit_words.code(t))), None)

    def _match(self, description: str, pack: str, customer: str | None) -> matching.Match:
        said = f"{description} {pack}" if _names_size(pack) else description
        found = self._learned.cut_words(said)
        terms = tuple(dict.fromkeys(aligning.content_terms(found)))[:14]
        terms = tuple(t for t in terms if not self._learned.is_seller(t.key))
        terms = tuple(
            t for t in terms if t.is_size or t.key not in words.UNITS or len(t.key) in (1, 4, 5, 6, 7, 8)
        )
        return self._matcher.match(terms, customer)

    def _line(self, sku: str | None, description: str, pack: str, customer: str | None) -> order_lines.Line:
        if sku is not None:
            line = order_lines.Line(self._items.index[sku], None, None, None, why="code")
            self._active(line)
            return line
        match = self._match(description, pack, customer)
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


def _squeezed(text: str) -> str:
    """Letters and digits only: what two spellings of one description have in common."""
    return re.sub(r"[\W_]+", "", letters.fold(text).text)


def _cells(row: Sequence[str], header: columns.Header) -> dict[str, str]:
    """The first cell of each kind."""
    return {kind: row[c] for c, kind in reversed(list(enumerate(header.kinds))) if c < len(row) and kind}


def _all(row: Sequence[str], header: columns.Header, kind: str) -> list[str]:
    """All cells of a kind; codes of the customer's own are tried after those meant for us."""
    kinds = ("code", "own") if kind == "code" else (kind,)
    return [row[c] for one in kinds for c, k in enumerate(header.kinds) if k == one and c < len(row)]


def _unread(row: Sequence[str], header: columns.Header, cells: dict[str, str]) -> str:
    """Why a row that names goods gives no line and must not be passed over; "" where it may be."""
    goods = cells.get("desc", "") or cells.get("code", "")
    if not goods:
        return ""
    if any(amounts.is_formula(cell) for cell in _all(row, header, "qty")):
        return f"The quantity of {goods[:60]} is a formula without a value."
    said = [c for c in _all(row, header, "qty") if c.strip() and amounts.number(c)[0] is None]
    if any(any(ch.isdigit() for ch in cell) for cell in said):
        return f"The quantity of {goods[:60]} was not understood: {said[0][:40]}."
    return ""


def _is_section(row: Sequence[str], cells: dict[str, str]) -> bool:
    """Whether a row only names what the rows below have in common."""
    filled = [cell for cell in row if cell.strip()]
    return len(filled) == 1 and len(filled[0]) <= 60 and bool(cells.get("desc") or cells.get("sl"))


def _unit_of_price(cells: dict[str, str]) -> str:
    per = cells.get("per", "")
    return per if re.search(r"[^\W\d_]{2}", per) else ""


def _trade_unit(said: str, item: types.Item) -> str | None:
    """The C and M of the fastener trade, for things that are counted: hundreds and thousands."""
    text = letters.fold(said).text.strip(" .")
    countable = item.base_uom in words.PIECES or words.UNITS.get(item.base_uom) in words.PIECES
    if not countable or "m" in item.units:
        return None
    if text in ("m", "mpc", "mpcs"):
        return "mpcs"
    return "c" if text in ("c", "cpc", "cpcs") else None


def _packed(value: Decimal, unit: str | None, pack: str, item: types.Item) -> tuple[Decimal, str] | None:
    """Pieces as whole packs of the size that the row names ("1x24"), for an item that is sold in packs."""
    if unit not in ("pcs", "pc", "nos", "ea", "each", "btl", "pkt"):
        return None
    counts = [
        Decimal(n)
        for n in re.findall(
            r"(?<![\d.])(\d{1,4})(?![\d.]*\s*(?:g|gm|kg|ml|l|ltr|mm|cm)\b)", letters.fold(pack).text
        )
    ]
    count = max(counts, default=Decimal(1))
    whole = value / count
    if count <= 1 or whole != whole.to_integral_value():
        return None
    packs = [uom for uom, size in item.units.items() if size == count] or (
        [item.base_uom] if len(item.units) == 1 else []
    )
    return (whole, packs[0]) if packs else None


def _pack_of(unit: str | None, pack: str, item: types.Item) -> str | None:
    """The one unit of an item that holds as many as the row says of a pack that is called otherwise."""
    count = re.fullmatch(r"\s*1\s*[xX*]\s*(\d{1,4})\s*", pack)
    if unit not in _PACK_WORDS or count is None:
        return None
    fitting = [uom for uom, size in item.units.items() if size == Decimal(count[1]) and uom != item.base_uom]
    return fitting[0] if len(fitting) == 1 else None


def _names_size(pack: str) -> bool:
    """Whether a cell about the pack says more than how many are in one ("1x24", "24 pcs")."""
    return re.search(r"[^\W\d_]", _COUNTED.sub(" ", letters.fold(pack).text)) is not None


def _is_ditto(cell: str) -> bool:
    return letters.fold(cell).text.strip() in words.DITTO or cell.strip() in ('"', "''", ",,", "do")
