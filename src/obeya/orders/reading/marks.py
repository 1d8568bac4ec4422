"""Parts of a text that are not order lines: references, phones, money, places."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz.distance import JaroWinkler

from obeya.orders.reading import letters, tokens, types


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of folded text with its role (po, price, ship_to, noise) and the rule that named it."""

    start: int
    end: int
    role: str
    rule: str
    value: str = ""
    number: Decimal | None = None


_NOISE = (
    ("link", re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")),
    (
        "tax number",
        re.compile(
            r"\b\d{2}[a-z]{5}\d{4}[a-z]\d[a-z]\d\b|\b(?:gstin?|trn|vatin|vat|cin|pan|tin no|ntn"
            r"|cr no?|crn)\b[ .:#-]*(?:no\.?)?[ :]*[a-z]{0,3}\d[\w-]*"
        ),
    ),
    (
        "phone",
        re.compile(
            r"\+\s?\d[\d ()-]{6,18}\d|\b(?:tel|ph|phone|mob|mobile|m|mo|cell|fax|call|contact|whatsapp"
            r"|wa|t|f|هاتف|جوال|فاكس|موبايل|फोन|मो)\b[ .:]*(?:no\.?)?[ :]*\+?\d[\d ()-]{4,18}\d\+?"
            r"|(?<![\d.,/])0\d{2,5}[ -]\d{3,5}[ -]?\d{2,5}(?![\d/])|(?<![\d.,/-])\d{5}[ -]\d{5}(?!\d)"
            r"|(?<![\d.,/-])\d{8,}(?![\d.,/-])"
            r"|\(\d{3}\) ?\d{3}[-. ]\d{4}(?!\d)|(?<![\d.,/-])\d{3}([-.])\d{3}\1\d{4}(?![\d-])"
            r"|(?<![\d.,/])\d{2,4} \d{3} \d{4}(?!\d)|(?<![\d.,/])\d{4} \d{4}(?!\d)"
        ),
    ),
    ("extension", re.compile(r"\b(?:ext|extn|extension)\b[ .:]*\d+")),
    (
        "address",
        re.compile(
            r"(?:\bp\.? ?o\.? ?box|\bpobox|ص\.?ب|\bpc\b(?= \d{3}\b)|\bpin ?code|\bplot(?: no)?"
            r"|\bshop no|\bgate no|\bbldg(?: no)?|\bfloor no|\bway no|\broom no|\bdock(?: no)?"
            r"|\bsuite|\bste)[ .:#]*\d[\w/-]*"
        ),
    ),
    ("hsn", re.compile(r"\b(?:hsn|hs|sac|hts)\b(?: ?code)?[ .:]*\d[\d.]*")),
    (
        "account",
        re.compile(
            r"\b(?:a/?c|acct?|account|iban|ifsc|utr|swift code|ref tt|cheque|chq|check no)\b"
            r"[ .:#]*(?:no\.?)?[ :]*[\w-]*\d[\w-]*(?: \d{3,}[\w-]*)*"
        ),
    ),
    (
        "vehicle",
        re.compile(
            r"\b(?:(?:truck|vehicle|gaadi|gadi|lorry|tempo|token|seal|lr|bilty|awb) (?:no\.?|number"
            r"|plate)|(?:number )?plate (?:no\.?|number)|vehicle)"
            r"[ .:#]*(?:[a-z]{1,8} ){0,2}[a-z]{0,3} ?\d[\w-]*"
        ),
    ),
    (
        "invoice",
        re.compile(
            r"\b(?:invoices?|inv|bills?|challan|grn|rma|ticket|cost code|cost cent(?:er|re)|quote"
            r"|quotation|فواتير|الفواتير|فاتوره|الفاتوره|رقم التحويل)\b"
            r"[ .:#]*(?:no\.?s?|الماضيه)?[ :]*\d[\w/-]*(?:(?:\s*(?:,"
            r"|and|&|aur|و)\s*)\d[\w/-]*)*"
        ),
    ),
    (
        "time",
        re.compile(
            r"\b\d{1,2}[:.]\d\d\s*(?:am|pm|hrs?|h|o'?clock|baje|bje|bajay|vagye)\b|(?<!\d)\d{1,2}:\d\d(?!\d)"
            r"|(?<![\d/.])\d{1,2}\s*(?:am|pm|hrs|baje|bje|bajay|bajey|vagye|vage|वजे|बजे|વાગ્યે"
            r"|بجے|o'?clock)(?![\w])|(?:الساعه|ساعه|before|after|till|until|between)\s+\d{1,2}(?![\d/.]"
            r"| ?(?:st|nd|rd|th|feb|jan|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))(?=\s*(?:$|[\n,.]"
            r"|to\b|and\b|am|pm))|\b\d{1,2} to \d{1,2}\b|\b\d{1,3} ?(?:hrs?|hours?|ghante)\b"
        ),
    ),
    (
        "ordinal",
        re.compile(
            r"(?<![\w/.-])\d{1,2}(?:st|nd|rd|th)\b(?! (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
            r"|nov|dec))"
        ),
    ),
    (
        "page",
        re.compile(
            r"\b(?:page|pg|annex(?:ure)?|clause|para|section) (?:no\.? ?)?\d{1,3}\b|\b(?:sr|sl"
            r"|line|item|row)\.? ?(?:no\.?|#) ?\d{1,3}\b|(?m:^\s*(?:line|item|row) ?\d{1,3}\b)"
        ),
    ),
    ("standard", re.compile(r"\bis[: -]{1,2}\d{3,5}\b")),
    ("reference", re.compile(r"(?<![\w./-])0\d{2,}(?![\w./-])")),
    (
        "warranty",
        re.compile(
            r"\b\d+\s*(?:days?|weeks?|months?|years?|saal|mahine?|hafte|ايام|شهر|دنوں)\b(?!\s*(?:me"
            r"|mein|ma)\b)"
        ),
    ),
)
_CURRENCY = (
    r"(?<![^\W_])(?:rs\.?|inr|₹|omr|aed|usd|\$|€|£|r\.?o\.?|riyals?|rials?|dirhams?|dhs?|qar|sar"
    r"|kwd|bhd|pkr|ر\.?ع\.?|ريال|درهم|روبيه|रुपये|रुपए|રૂપિયા|rupees?|rupaye|rupya|rupiya|taka"
    r"|paise)(?![^\W\d_])"
)
_AMOUNT = r"(\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|/\d)"
_RATE_CUE = (
    r"(?:(?<![^\W_])(?:rates?|bhaa?v|bhaav|price[ds]?|prc|ريت|سعر|السعر|بسعر|रेट|भाव|ભાવ|ریٹ|قيمت"
    r"|kimat|unit price)|@)"
)
_PRICE = (
    re.compile(
        rf"{_RATE_CUE}\s*(?:is|of|old|purana|juno|last|pls|plz|put|ka|no|:|=|-|at|for|{_CURRENCY})*\s*{_AMOUNT}(?!\s*%)\s*(?:/-)?\s*(?:{_CURRENCY})?(?:\s*(?:/"
        rf"|per|each|prati|par|لكل|ل|na|ka|no)\s*([^\W\d_]+))?"
    ),
    re.compile(
        rf"(?<![\w.,/-]){_AMOUNT}\s*(?:ka|ke|ki|na|no|nu)?\s*(?:rates?|bhaa?v|price|रेट|भाव|ભાવ|ریٹ)(?![^\W_])"
        rf"(?=\s*(?:la?ga|do\b|den|kar|rakh|mei?n?\b|pe\b|par\b|pr\b|final|fix|pakka|book|लग|દો|لگا))()"
    ),
    re.compile(rf"(?:{_CURRENCY})\s*{_AMOUNT}\s*(?:/-)?(?:\s*(?:/|per|each|prati)\s*([^\W\d_]+))?"),
    re.compile(rf"{_AMOUNT}\s*(?:per|/|لكل)\s*([^\W\d_]{{2,}})"),
    re.compile(rf"{_AMOUNT}\s*(?:/-|{_CURRENCY})(?![^\W\d_])(?:\s*(?:/|per|each|prati)?\s*([^\W\d_]+))?"),
)
_PERCENT = re.compile(
    r"(\d+(?:\.\d+)?)\s*%|(\d+(?:\.\d+)?)\s*(?:percent|per cent|pct|taka|टका|ટકા|فيصد|بالميه|في"
    r" الميه)"
)
_CODE = re.compile(
    r"(?<![\w/.-])(?=[a-z0-9/._-]*\d)[a-z0-9]+(?:[-/][a-z0-9]+)+(?![\w/-])|(?<![\w/.-])[a-z]{2,6}\d{3,}[a-z0-9]*(?![\w/-])"
    r"|(?<![\w/.,-])\d{3,10}(?![\w/-]|[.,]\d)"
)
_PO_CUE = re.compile(
    r"(?:\bl?p\.?o\.?(?:\s*(?:no\.?|number|num|ref|#))?|purchase order(?:\s*(?:no\.?|number))?"
    r"|\bour ref(?:erence)?|\byour ref(?:erence)?|order ref|order no\.?|\bref\.?|\bindent(?: no\.?)?"
    r"|reference|po#|امر ال?شراء(?: رقم)?|امر توريد|امر رقم|طلب شراء|طلب توريد|رقم الامر|رقم الطلب"
    r"|أمر|vide|against)\s*[:#.-]*\s*$"
)
_NOT_PO = re.compile(
    r"(?:quotation|quote|invoice|bill|inv|gst\w*|trn|cost code|hsn|mr|your letter|earlier letter"
    r"|utr|tel|fax|ph|phone|a/c|dated|dt|date)\s*[:#.-]*(?:no\.?)?\s*$"
)


def noise(text: str) -> Iterator[Mark]:
    """Pieces of folded text that hold numbers which are no quantities."""
    for rule, rx in _NOISE:
        for match in rx.finditer(text):
            yield Mark(match.start(), match.end(), "noise", rule)


def prices(text: str) -> Iterator[Mark]:
    """Stated prices (`number`, unit word in `value`) and discounts (rule "discount")."""
    for match in _PERCENT.finditer(text):
        yield Mark(match.start(), match.end(), "price", "discount", "", Decimal(match[1] or match[2]))
    for rx in _PRICE:
        for match in rx.finditer(text):
            amount = Decimal(match[1].replace(",", ""))
            yield Mark(match.start(), match.end(), "price", "price", match[2] or "", amount)


def po_number(texts: Sequence[str], is_code: object = None) -> tuple[int, Mark] | None:
    """The purchase-order number in folded texts (the index of the text and the mark), or None."""
    best: tuple[float, int, Mark] | None = None
    for index, text in enumerate(texts):
        for match in _CODE.finditer(text):
            worth = _po_worth(text, match, callable(is_code) and bool(is_code(match.group())))
            if worth > 1.5 and (best is None or worth > best[0] + 1e-9):
                best = worth, index, Mark(match.start(), match.end(), "po", "purchase order")
    return (best[1], best[2]) if best else None


def po_marks(text: str, is_code: object = None) -> list[Mark]:
    """Every place where a folded text names its purchase-order number."""
    found = po_number([text], is_code)
    if found is None:
        return []
    code = re.escape(text[found[1].start : found[1].end])
    return [
        Mark(m.start(), m.end(), "po", "purchase order")
        for m in re.finditer(rf"(?<![\w/-]){code}(?![\w/-])", text)
    ]


def _po_worth(text: str, match: re.Match[str], is_sku: bool) -> float:
    code = match.group()
    before = text[max(0, match.start() - 32) : match.start()]
    cue = _PO_CUE.search(before) is not None
    if (
        is_sku
        or _NOT_PO.search(before)
        or (re.fullmatch(r"[\d/.#x-]+", code) and "/" in code and "x" in code)
    ):
        return -1.0
    has_po = re.search(r"(?:^|[-/])l?po(?:[-/]|\d|$)", code) is not None
    letters_in = any(c.isalpha() for c in code)
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?", code) or re.fullmatch(
        r"\d{1,2}-[a-z]{3,9}-\d{2,4}", code
    ):
        return -1.0
    if not letters_in and not cue:
        return -1.0
    if letters_in and not cue and not has_po:
        digits = sum(c.isdigit() for c in code)
        return 1.6 if "/" in code and digits >= 3 and not re.fullmatch(r"\d+/\d+", code) else 0.0
    return 2.0 * cue + 1.5 * has_po + 0.5 * letters_in + min(0.3, len(code) / 40)


_GENERIC = {
    "shop": ("shop dukan dukaan dukane store counter outlet دكان محل बाज़ार दुकान દુકાન دکان ruwi' mart shope"),
    "godown": (
        "godown gudam godaam warehouse depot store yard مخزن المخزن مستودع गोदाम ગોદામ گودام dc "
        "gowdown goedown"
    ),
    "site": "site sight موقع साइट સાઇટ plant project",
    "showroom": "showroom shorum gallery معرض शोरूम",
    "branch": "branch fara3 فرع الفرع شاخ shakha",
    "main": "main head رئيسي الرئيسي central hq",
    "camp": "camp kamp مخيم كامب",
    "factory": "factory plant kitchen workshop مصنع مطبخ",
}
_GENERIC_OF = {
    letters.fold(w).text: kind for kind, text in _GENERIC.items() for w in text.replace("'", "").split()
}
_WORD = tokens.WORDS
_DENIED_AFTER = frozenset(
    letters.fold(w).text for w in ["nahi", "nahin", "nai", "alla", "illa", "नहीं", "نہیں", "નહીં", "nako"]
)
_DENIED_BEFORE = frozenset(
    letters.fold(w).text for w in ["not", "مب", "مو", "مش", "ليس", "لا", "mish", "mesh", "mob", "mu"]
)
_THERE = frozenset(
    letters.fold(w).text
    for w in [
        "pe",
        "par",
        "pr",
        "per",
        "pohchana",
        "pahuncha",
        "pahunchana",
        "utar",
        "utarna",
        "utarjo",
        "utaravjo",
        "bhej",
        "bhejna",
        "bhejo",
        "moklo",
        "moklavo",
        "ma",
        "me",
        "mein",
        "deliver",
        "delivery",
        "to",
        "at",
        "ship",
        "send",
        "hi",
        "ne",
        "पर",
        "में",
        "भेज",
        "भेजना",
        "માં",
        "પર",
        "مخزن",
        "الي",
        "pathva",
    ]
)


def place(
    text: str, customer: types.Customer, is_goods: Callable[[str], bool] = lambda _: False
) -> tuple[str, list[Mark], float] | None:
    """The delivery place of this customer that a folded text names: name, marks and a 0..1 strength.

    A word of the catalogue beside another one names goods ("kitchen roll"), no place.
    """
    words = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    spoken = [
        word
        for word, after in zip(words, (*words[1:], ("", 0, 0)), strict=False)
        if not (is_goods(word[0]) and is_goods(after[0]) and text[word[2] : after[1]] == " ")
    ]
    named = {place_name: _place_words(place_name) for place_name in customer.ship_to}
    own = frozenset(_place_words(customer.name))
    scores = []
    for place_name, wanted in named.items():
        others = [w for other, ws in named.items() if other != place_name for w in ws]
        scores.append((*_place_score(wanted, others, spoken, own), place_name))
    scores.sort(key=lambda s: (-round(s[0], 1), -s[1]))
    if not scores or scores[0][0] < 0.3:
        return None
    if (
        len(scores) > 1
        and round(scores[1][0], 1) >= round(scores[0][0], 1)
        and scores[1][1] > scores[0][1] - 0.3
    ):
        return None
    strength, _, marks, name = scores[0]
    return name, marks, strength


def _place_words(name: str) -> list[str]:
    return list(_WORD.findall(letters.fold(name).text))


def _place_score(
    wanted: Sequence[str], others: Sequence[str], spoken: Sequence[tuple[str, int, int]], own: frozenset[str]
) -> tuple[float, float, list[Mark]]:
    got = total = 0.0
    there = False
    marks: list[Mark] = []
    for word in wanted:
        generic = _GENERIC_OF.get(word)
        unique = word not in others and (
            generic is None or all(_GENERIC_OF.get(o) != generic for o in others)
        )
        weight = 0.35 if generic else (1.0 if not word.isdigit() else 0.8)
        if len(word) < 3 and not word.isdigit():
            weight = 0.05
        elif word in own:
            weight *= 0.3
        if not unique:
            weight *= 0.1
        total += weight
        hit = next(
            (
                at
                for at, (other, _, _) in enumerate(spoken)
                if _same_place_word(word, other, generic)
                and (not word.isdigit() or _is_numbered(spoken, at, wanted))
            ),
            None,
        )
        if hit is None:
            continue
        after = spoken[hit + 1][0] if hit + 1 < len(spoken) else ""
        if after in _DENIED_AFTER or (hit and spoken[hit - 1][0] in _DENIED_BEFORE):
            return -1.0, 0.0, []
        got += weight
        if generic and unique and _said_there(spoken, hit):
            there = True
        if weight > 0.06:
            marks.append(Mark(spoken[hit][1], spoken[hit][2], "ship_to", "delivery place"))
    strength = got / total if total else 0.0
    return (max(strength, 0.31) if there else strength), got, marks


def _is_numbered(spoken: Sequence[tuple[str, int, int]], at: int, wanted: Sequence[str]) -> bool:
    """Whether a number stands beside another word of the place, as in "unit 2": alone it counts goods."""
    near = [spoken[i][0] for i in (at - 1, at + 1) if 0 <= i < len(spoken)]
    return any(
        _same_place_word(word, other, _GENERIC_OF.get(word))
        for word in wanted
        if not word.isdigit()
        for other in near
    )


def _said_there(spoken: Sequence[tuple[str, int, int]], hit: int) -> bool:
    """Whether a bare "shop" or "godown" is where something goes: "dukan pe", "showroom bhejna"."""
    near = [spoken[i][0] for i in range(hit + 1, min(len(spoken), hit + 4))]
    return any(word in _THERE for word in near) or spoken[hit][0] != spoken[hit][0].removesuffix("ne")


def _same_place_word(word: str, other: str, generic: str | None) -> bool:
    if word == other:
        return True
    if generic is not None:
        return _GENERIC_OF.get(other) == generic
    if word.isdigit() or len(other) < 3 or len(word) < 3:
        return False
    if not other.isascii() and len(other) < 4:
        return letters.sound(other) == letters.sound(word) and _alike(word, other)
    if len(other) < 4:
        return False
    if letters.roman(other).startswith(letters.roman(word)) and len(word) >= 4:
        return True
    bare = other.removeprefix("ال") if not other.isascii() else other
    one, two = letters.sound(word), letters.sound(bare)
    if len(one) == 2 and one == two and not other.isascii() and len(other) >= 4:
        return _alike(word, bare)
    if not other.isascii() and letters.rough_sound(word) == letters.rough_sound(bare) and _alike(word, bare):
        return True
    if len(one) >= 3 and one == two:
        return len(one) >= 4 or not other.isascii() or JaroWinkler.similarity(word, other) >= 0.92
    return (
        len(one) >= 3
        and len(two) >= 3
        and not other.isascii()
        and (one.startswith(two) or two.startswith(one))
    )


def _alike(word: str, other: str) -> bool:
    """Whether two words of different scripts are written alike when romanised."""
    return JaroWinkler.similarity(_spelt(word), _spelt(other)) >= 0.8


def _spelt(word: str) -> str:
    """A word in Latin letters, the long vowels of Arabic script as vowels: ديره is "dira"."""
    text = letters.roman(word)
    if word.isascii():
        return text
    return re.sub("h$", "a", text.replace("y", "i").replace("w", "u"))
