"""What the columns of a purchase order are: header words to kinds, and text pages back to cells."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from obeya.orders.reading import letters, types, words


def _phrases(block: str) -> dict[str, str]:
    out = {}
    for row in " ".join(block.split()).replace(" ;", ";").split(";"):
        if not row.strip():
            continue
        kind, names = row.strip().split(":", 1)
        for name in names.split("|"):
            out[_squeeze(letters.fold(name).text)] = kind
    return out


def _squeeze(text: str) -> str:
    return " ".join(re.sub(r"[^\w#\s]", " ", text).split())


_KINDS = _phrases(
    """
    sl: sl|sr|s no|sno|sr no|sl no|serial|#|no|ln|line|line no|line
        #|pos|position|م|مسلسل|ت|क्र|ક્રમ|item no|item #|lin;
    code: item code|code|sku|sku id|art no|article no|article number|part no|part number|part
        #|part|vendor item|vendor part|vendor part no|mfr part|mfg part no|material no|material
        code|your code|supplier code|supplier part|product code|catalog no|cat no|model|رقم
        الصنف|كود|كود الصنف|الكود|item id|stock code|our part no|vendor sku|seller item|item number;
    own: barcode|ean|upc|buyer part|buyer item|customer part|cust part|our code|hsn|hs code|hsn
        code|hts|hsn sac|gtin;
    desc: description|item|items|material|article|product|particulars|goods|description of
        goods|material description|item description|product description|item name|product
        name|name|details|الصنف|البيان|الوصف|وصف الصنف|اسم
        الصنف|المادة|mal|maal|saman|विवरण|सामान|વિગત|માલ|item particulars|commodity|تفصیل|آئٹم;
    pack: pack|packing|size|case pack|pack size|packaging|العبوة|العبوه|التعبئة|الحجم|pkg|spec;
    qty: qty|quantity|order qty|order quantity|qty ordered|ordered|qnty|req qty|reqd qty|required
        qty|to order|qty required|order|qty order|po qty|ord qty|الكمية|الكميه|كمية|الكمية
        المطلوبة|मात्रा|જથ્થો|تعداد|qty req|ordered qty|open qty|total qty|qty nos|qty pcs;
    required: required|requirement|req|needed|indent qty;
    unit: unit|uom|u m|um|order unit|units|الوحدة|الوحده|وحدة|unit of measure|ordering unit|u o
        m|یونٹ;
    rate: rate|price|unit price|unit rate|rate rs|rate omr|rate inr|rate aed|price each|unit
        cost|cost|السعر|سعر الوحدة|list price|net price|price usd|price unit|price m|price c|per;
    amount: amount|amount omr|amount rs|amount inr|value|net amount|line total|ext price|extended
        price|extension|ext|ext amount|extended|المبلغ|الاجمالي|الإجمالي|net value|total
        amount|total price|amount usd|taxable value;
    stock: stock|soh|at site|in stock|on hand|stock on hand|last order|last order qty|last
        qty|bin|foc|free|رصيد|الرصيد|رصيد الفرع|balance|available|reorder level|min|max|min
        qty|prev|previous|consumption|avg sale|sold|received|rcvd|back order|bo|shipped;
    total: total|grand total|المجموع|कुल|કુલ;
    date: delivery date|due date|need by|del date|req date|required date|due|ship date|promise date;
    remark: remark|remarks|note|notes|comments|ملاحظات|tower
        floor|location|dept|department|section|category|brand;
    """
)
_NUMBER = re.compile(r"^[\d,.]+$")


def kind_of(cell: str) -> tuple[str, str | None] | None:
    """The kind of a header cell, and the unit it names where it is a quantity column of one unit."""
    folded = letters.fold(cell.replace("\n", " ")).text
    unit = None
    inner = re.search(r"\(([^)]*)\)", folded)
    if inner:
        unit = _unit(inner[1].strip())
        folded = folded.replace(inner.group(), " ")
    text = _squeeze(folded)
    if text in _KINDS:
        return _KINDS[text], unit
    if code := _unit(text):
        return "qty", code
    for part in (
        "order qty",
        "order quantity",
        "quantity",
        "qty",
        "الكميه",
        "stock",
        "رصيد",
        "description",
        "rate",
        "price",
        "amount",
    ):
        if part in text:
            return _KINDS.get(part, "stock" if part == "رصيد" else "qty"), unit
    return None


def _unit(text: str) -> str | None:
    code = words.UNITS.get(text)
    return (
        code
        if code
        and code not in ("g", "ml", "mm", "in", "w", "a", "v", "c")
        and text not in ("no", "unit", "units", "set")
        else None
    )


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column of a table starts and what it holds."""

    row: int
    kinds: tuple[str, ...]
    units: tuple[str | None, ...]

    def first(self, kind: str) -> int | None:
        """The first column of a kind, or None."""
        return self.kinds.index(kind) if kind in self.kinds else None


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header row of a table: it must name what is bought and how much."""
    for number, row in enumerate(rows[:40]):
        found = [kind_of(cell) if cell.strip() else None for cell in row]
        kinds = [f[0] if f else "" for f in found]
        if _settle(kinds):
            return Header(number, tuple(kinds), tuple(f[1] if f else None for f in found))
    return None


def _settle(kinds: list[str]) -> bool:
    """Decide between columns that could both be it; False where the row is no header."""
    if kinds.count("desc") > 1:
        kinds[kinds.index("desc")] = "sl"
    if "qty" not in kinds and "required" in kinds:
        kinds[kinds.index("required")] = "qty"
    elif "required" in kinds:
        kinds[kinds.index("required")] = "stock"
    if "qty" not in kinds and "total" in kinds and "rate" not in kinds and "amount" not in kinds:
        kinds[kinds.index("total")] = "qty"
    elif "total" in kinds:
        kinds[kinds.index("total")] = "amount"
    return "qty" in kinds and ("desc" in kinds or "code" in kinds)


def page_rows(page: types.TextPage) -> tuple[list[list[str]], list[str]]:
    """A text page as rows under its header (the header first), and the lines that are no rows.

    Columns come from the header's positions: text belongs to the column it starts in, numbers to the
    nearest column.
    """
    lines = page.text.splitlines()
    at = next((n for n, line in enumerate(lines) if _header_spans(line)), None)
    if at is None:
        return [], lines
    spans = _header_spans(lines[at]) or []
    rows = [[name for name, _, _ in spans]]
    others = lines[:at]
    for line in lines[at + 1 :]:
        if is_header(line):
            spans = _header_spans(line) or spans
            continue
        cells = _cells(line, spans)
        rows.append(cells)
    return rows, others


def is_header(line: str) -> bool:
    """Whether a line of text is the header of a table in columns."""
    return _header_spans(line) is not None


def _header_spans(line: str) -> list[tuple[str, int, int]] | None:
    found = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\S+", line)]
    if not 3 <= len(found) <= 24:
        return None
    spans: list[tuple[str, int, int]] = []
    at = 0
    while at < len(found):
        for length in (3, 2, 1):
            group = found[at : at + length]
            if len(group) < length or (
                length > 1 and any(b[1] - a[2] > 4 for a, b in itertools.pairwise(group))
            ):
                continue
            name = " ".join(g[0] for g in group)
            if length == 1 or _squeeze(letters.fold(name).text) in _KINDS:
                spans.append((name, group[0][1], group[-1][2]))
                at += length
                break
    kinds = [k[0] if (k := kind_of(name)) else "" for name, _, _ in spans]
    known = sum(bool(k) for k in kinds)
    return spans if known >= 3 and known * 2 > len(kinds) and _settle(list(kinds)) else None


def _cells(line: str, spans: Sequence[tuple[str, int, int]]) -> list[str]:
    cells: list[list[str]] = [[] for _ in spans]
    for match in re.finditer(r"\S+", line):
        start, end = match.start(), match.end()
        if _NUMBER.match(match.group()):
            column = min(range(len(spans)), key=lambda c: _distance(spans[c], start, end))
            text_column = _starting(spans, start)
            gap = line[:start].rstrip()
            if (
                cells[text_column]
                and column != text_column
                and start - len(gap) <= 2
                and _overlap(spans[column], start, end) <= 0
            ):
                column = text_column
        else:
            column = _starting(spans, start)
        cells[column].append(match.group())
    return [" ".join(cell) for cell in cells]


def _starting(spans: Sequence[tuple[str, int, int]], start: int) -> int:
    best = 0
    for column, (_, begin, _) in enumerate(spans):
        if begin <= start + 1:
            best = column
    return best


def _overlap(span: tuple[str, int, int], start: int, end: int) -> int:
    return min(end, span[2]) - max(start, span[1])


def _distance(span: tuple[str, int, int], start: int, end: int) -> float:
    overlap = _overlap(span, start, end)
    return -overlap if overlap > 0 else float(-overlap) + 0.5
