"""What a column of an order holds, by its heading: trade words of several languages to kinds."""

import re
from collections.abc import Sequence

from obeya.orders.reading import letters, words


def squeeze(text: str) -> str:
    """Letters, digits and # with single spaces."""
    return " ".join(re.sub(r"[^\w#\s]|_", " ", text).split())


def _phrases(block: str) -> dict[str, str]:
    out = {}
    for row in " ".join(block.split()).replace(" ;", ";").split(";"):
        if not row.strip():
            continue
        kind, names = row.strip().split(":", 1)
        for name in names.split("|"):
            out[squeeze(letters.fold(name).text)] = kind.strip()
    return out


KINDS = _phrases(
    """
    sl: sl|sr|s no|sno|sr no|sl no|serial|serial no|#|no|ln|ln no|line|line no|line #|line
        number|line nbr|pos|position|م|مسلسل|الرقم|رقم|ت|क्र|क्र
        सं|क्रमांक|ક્રમ|નં|lin|row|seq|نمبر|نمبر شمار|n;
    numbered: item|item no|item #|item nbr|material|article|itm;
    code: item code|code|sku|sku id|sku no|sku #|sku code|art no|article no|article number|article
        code|part no|part number|part #|part|pn|p n|part code|vendor item|vendor item no|vendor item
        #|vendor part|vendor part no|vendor part number|vendor part #|vendor code|vendor
        material|mfr part|mfg part|mfr part no|mfg part no|mfg part #|mfg #|mfr #|manufacturer part
        number|material no|material code|material number|your code|your item|your item no|your item
        code|your item #|your part no|your part #|your part number|your sku|your ref|supplier
        code|supplier item|supplier item no|supplier item code|supplier part|supplier part
        no|supplier part number|supplier sku|supplier ref|product code|product no|product id|product
        #|prod code|catalog no|catalogue no|catalog #|catalog number|cat no|cat #|model|model
        no|model number|رقم الصنف|كود|كود الصنف|الكود|رمز الصنف|رمز|رقم المنتج|رمز المنتج|item
        id|stock code|stock no|stock #|vendor sku|seller item|seller item no|item number|कोड|आइटम
        कोड|કોડ|آئٹم کوڈ|کوڈ|ref|ref no|reference|seller code|vendor stock #|factory code|mpn|design
        no;
    own: barcode|bar code|ean|ean code|upc|upc code|buyer part|buyer part no|buyer item|buyer item
        no|buyer code|customer part|customer part no|customer item|customer code|customer sku|cust
        part|cust part no|cust item|our code|our part no|our part #|our part number|our item|our
        item no|our item #|our sku|our ref|our item code|internal code|hsn|hs code|hsn code|hts|hts
        code|hsn sac|hsn sac code|sac|gtin|commodity code|tariff code|الباركود|باركود|internal part
        no|pr no|indent no|req no|plu;
    desc: description|सामान का विवरण|वस्तु का विवरण|सामग्री का विवरण|आइटम का विवरण|विवरण
        वस्तु|items|what|product|products|particular|particulars|goods|description of
        goods|description of material|description of item|description of items|goods
        description|material description|item description|product description|article
        description|item details|product details|item name|product name|material name|name|name of
        item|name of product|details|desc|descr|descriptions|item desc|part description|full
        description|description size|description and size|description specification|material
        specification|scope|items description|description of goods and services|description of
        product|الصنف|البيان|بيان|الوصف|وصف الصنف|اسم الصنف|المادة|اسم

        المنتج|المنتج|وصف|التفاصيل|الاصناف|mal|maal|saman|samaan|विवरण|सामान|सामग्री|वस्तु|माल|आइटम|नाम|माल
        का विवरण|વિગત|માલ|વસ્તુ|સામાન|item particulars|commodity|تفصیل|آئٹم|تفصيل|نام|سامان|مال|item
        and description|product service|goods services|service product;
    pack: pack|packing|size|sizes|case pack|pack
        size|packaging|العبوة|العبوه|التعبئة|الحجم|المقاس|حجم|pkg|pkg



        size|spec|specs|specification|specifications|dimension|dimensions|grade|finish|colour|color|variant|ctn
        qty|pcs ctn|qty ctn|pcs per ctn|qty per ctn|qty box|pcs box|pcs per box|qty per box|pack
        qty|case qty|units per case|std pack|standard pack|inner
        pack|moq|साइज|साईज|साइज़|પેકિંગ|સાઈઝ|پیکنگ|سائز|make|brand;
    qty: qty|quantity|how many|how much|no of pcs|no of pieces|no of
        units|count|qtty|quantities|order
        qty|order quantity|qty ordered|quantity ordered|qty
        order|ordered|ordered quantity|qnty|qnt|req qty|reqd qty|required qty|qty reqd|required
        quantity|to order|qty required|quantity required|order|qty order|po qty|po quantity|ord
        qty|ord|qty ord|الكمية|الكميه|كمية|الكمية المطلوبة|كمية
        الطلب|الكميات|العدد|عدد|मात्रा|परिमाण|संख्या|नग|જથ્થો|નંગ|تعداد|مقدار|qty req|ordered
        qty|total qty|total quantity|qty nos|qty pcs|qty in nos|qty wanted|qty needed|need|open
        qty|indent quantity|this order|new order|order this time|qty requested|requested
        qty|requested|release qty|call off;
    required: required|requirement|req|needed|indent qty|reqd;
    unit: unit|uom|u m|um|u of m|unit meas|uofm|order unit|units|الوحدة|الوحده|وحدة|وحدة
        القياس|unit of
        measure|unit of
        measurement|ordering unit|u o m|یونٹ|اکائی|इकाई|यूनिट|એકમ|qty unit|sale unit|order
        uom|oum|unit type|pack type|uoms|ut|qty uom|purchase unit;
    rate: rate|price|unit price|unit rate|rate rs|rate omr|rate inr|rate aed|rate per unit|price
        each|unit cost|cost|السعر|سعر|سعر الوحدة|list price|net price|price usd|price unit|price
        ea|rate each|basic rate|basic price|net rate|unit price usd|unit price inr|unit price
        aed|unit price omr|unit price rs|rate unit|mrp|दर|भाव|रेट|ભાવ|દર|قیمت|ریٹ|net unit
        price|price rs|u price|price aed|each|your price|po price|agreed rate|cost each|unit cost
        usd|contract price|price per unit;
    per: per|p u|pu|pum|pr um|p um|price um|price u m|pricing um|per uom|priced per|price basis
        uom|price uom|price per|rate per|pricing uom|price basis|price unit qty|per unit;
    amount: amount|amt|amount omr|amount rs|amount inr|amount aed|amount usd|value|net amount|line
        total|ext price|extended price|extended cost|extension|ext|ext amount|extended|extended
        amount|المبلغ|الاجمالي|الإجمالي|اجمالي|القيمة|net value|total amount|total price|total
        cost|total value|taxable value|taxable amount|taxable amt|line amount|line value|gross
        amount|basic amount|राशि|रकम|कुल राशि|રકમ|رقم روپے|total usd|total aed|total inr|total
        rs|total omr|net total|ext cost|sub total|subtotal;
    discount: disc|disc %|disc percent|discount|discount %|dis|dis %|الخصم|خصم|छूट|less;
    tax: tax|gst|gst %|igst|cgst|sgst|vat|vat %|vat 5|tax rate|tax amount|gst rate|vat amount|tax
        %|igst %|cgst %|sgst %|gst amount|الضريبة|ضريبة|tax amt|taxable|tx|vat amt|tax code;
    stock: stock|soh|at site|in stock|on hand|qty on hand|stock on hand|last order|last order
        qty|last qty|bin|foc|free|free qty|bonus|رصيد|الرصيد|المخزون|رصيد
        الفرع|balance|available|reorder level|reorder point|min|max|min qty|max
        qty|prev|previous|consumption|avg sale|avg sales|sold|received|rcvd|qty rcvd|qty
        received|back order|backorder|bo|shipped|qty shipped|ship qty|qty to ship|closing
        stock|opening stock|balance qty|bal qty|bal|pending|pending qty|cancelled|stock qty|current
        stock|last month|delivered|qty delivered|weight|wt|net wt|gross wt|kgs total|total
        weight|cbm|volume|cartons total;
    total: total|grand total|المجموع|कुल|કુલ|کل;
    date: delivery date|req d|delv dt|del dt|dlv date|expected date|expected receipt date|exp
        date|due
        dt|delivery date time|need by date|date req|due date|need by|needed by|del date|req
        date|required date|date
        required|date needed|due|ship date|promise date|promised|due on|delivery|dlvy date|delv
        date|required by|need date|deliver by|deliver on|eta|etd|date|schedule|delivery schedule|req
        by|want date|ship by|تاريخ التسليم|التسليم|scheduled date|request date|requested date|arrive
        by|dock date|reqd by|reqd on|required on;
    remark: remark|remarks|note|notes|comments|comment|ملاحظات|ملاحظة|tower
        floor|location|loc|dept|department|section|category|store|site|project|cost center|cost
        centre|gl code|gl account|account|job|job no|टिप्पणी|નોંધ|نوٹ|rev|revision|ship to|where

        used|purpose|group|status|requisitioner|plant|warehouse|whse|image|picture|photo|origin|country
        of origin;
    """
)
_UNSPACED = {name.replace(" ", ""): kind for name, kind in KINDS.items() if not name.isascii()}
"""Names in other scripts without their spaces, which documents lose and add."""
_PARTS = (
    ("qty per", "pack"), ("pcs per", "pack"), ("per ctn", "pack"), ("per box", "pack"),
    ("per case", "pack"), ("per carton", "pack"), ("per pack", "pack"), ("on hand", "stock"),
    ("in stock", "stock"), ("received", "stock"), ("shipped", "stock"), ("balance", "stock"),
    ("pending", "stock"), ("stock", "stock"), ("last ", "stock"), ("previous", "stock"),
    ("min ", "stock"), ("max ", "stock"), ("free ", "stock"), ("bonus", "stock"), ("رصيد", "stock"),
    ("weight", "stock"), ("date", "date"), ("تاريخ", "date"), ("disc", "discount"), ("gst", "tax"),
    ("vat", "tax"), ("tax", "tax"), ("hsn", "own"), ("barcode", "own"), ("your", "code"),
    ("vendor", "code"), ("supplier", "code"), ("our ", "own"), ("buyer", "own"),
    ("customer", "own"), ("order qty", "qty"), ("order quantity", "qty"), ("quantity", "qty"),
    ("qty", "qty"), ("الكميه", "qty"), ("description", "desc"), ("particulars", "desc"),
    ("البيان", "desc"), ("الصنف", "desc"), ("amount", "amount"), ("total price", "amount"),
    ("rate", "rate"), ("price", "rate"), ("السعر", "rate"), ("المبلغ", "amount"),
    ("remark", "remark"), ("uom", "unit"), ("part no", "code"), ("part number", "code"),
    ("item code", "code"), ("item no", "numbered"),
)  # fmt: skip
"""Words that settle a longer heading, the most telling first."""
_TOTAL = re.compile(
    r"^\W*(?:grand|sub|net|page|order|overall|gross|running)?[\W_]*"
    r"(?:total|المجموع|الاجمالي|اجمالي|مجموع|कुल|યોગ|योग|કુલ|کل|sum|jumla|carried forward|brought forward"
    r"|c/f|b/f|e&oe|amount in words|amount chargeable|rupees|in words)(?![a-z]{3})",
    re.IGNORECASE,
)
_CHARGE = re.compile(
    r"^\W*(?:add|less|plus|output|input|est(?:imated)?\.?)?\W*"
    r"(?:freight|shipping|handling|transport(?:ation)?\b|courier|delivery charge|packing charge"
    r"|packing (?:&|and) forwarding|p ?& ?f\b|insurance|[cisu]?gst\b|vat\b|sales tax|tax\b|taxes\b|duty"
    r"|cess\b|tcs\b|discount|trade discount|round(?:ed|ing)? ?off|round\b|surcharge|fuel\b|loading|unloading"
    r"|cartage|octroi|s ?& ?h\b|الضريبه|ضريبه|القيمه المضافه|خصم|شحن)",
    re.IGNORECASE,
)
_LONGEST = 60
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Z]{2})(?=[A-Z][a-z])")
"""Where names of fields run into one word ("OrderQty", "PONumber")."""


def is_total(text: str) -> bool:
    """Whether a cell or a line begins as a total does."""
    return _TOTAL.match(letters.fold(text).text) is not None


def is_charge(text: str) -> bool:
    """Whether a cell names freight, tax, a discount or rounding: money, no goods."""
    return _CHARGE.match(letters.fold(text).text) is not None


def is_exact(name: str) -> bool:
    """Whether a heading is known word for word."""
    return squeeze(letters.fold(name).text) in KINDS


def kind_of(cell: str) -> tuple[str, str | None] | None:
    """The kind of a header cell, and the unit it names where it is a quantity column of one unit."""
    if len(cell) > _LONGEST:
        return None
    folded = letters.fold(_CAMEL.sub(" ", cell.replace("\n", " "))).text
    unit = None
    inner = re.search(r"[(\[]([^)\]]*)[)\]]", folded)
    if inner:
        unit = _unit(inner[1].strip())
        folded = folded.replace(inner.group(), " ")
    text = squeeze(folded)
    if (kind := KINDS.get(text) or _UNSPACED.get(text.replace(" ", ""))) is not None:
        return kind, unit
    if code := _unit(text):
        return "qty", code
    if both := _in_two_languages(text):
        return both, unit
    if one := _of_several(folded):
        return one, unit
    if len(text.split()) <= 5:
        for part, kind in _PARTS:
            if part in f"{text} ":
                return kind, unit
    return None


def _in_two_languages(text: str) -> str | None:
    """The kind of a heading that says the same in two scripts ("qty الكميه")."""
    latin = squeeze(re.sub(r"[^\x00-\x7f]", " ", text))
    other = squeeze(re.sub(r"[a-z0-9#]", " ", text))
    if not latin or not other:
        return None
    return KINDS.get(latin) or KINDS.get(other)


def _of_several(folded: str) -> str | None:
    """The kind of a column of several things ("material description / hsn"): words before codes."""
    parts = [squeeze(part) for part in re.split(r"[/,+&]| - |\band\b", folded)]
    kinds = [KINDS.get(part) for part in parts if part]
    if len(kinds) < 2 or None in kinds:
        return None
    return next((kind for kind in ("desc", "code", "numbered", "own") if kind in kinds), None)


def _unit(text: str) -> str | None:
    code = words.UNITS.get(text)
    if code in (None, "g", "ml", "mm", "in", "w", "a", "v", "c") or text in (
        "no",
        "unit",
        "units",
        "set",
        "each",
    ):
        return None
    return code


def settle(kinds: Sequence[str]) -> list[str] | None:
    """Kinds after columns that could both be it are decided; None where they make no header of an order."""
    out = list(kinds)
    if out.count("numbered"):
        _number(out)
    if "qty" not in out and "required" in out:
        out[out.index("required")] = "qty"
    out = ["stock" if kind == "required" else kind for kind in out]
    if "qty" not in out and "total" in out and "rate" not in out and "amount" not in out:
        out[out.index("total")] = "qty"
    out = ["amount" if kind == "total" else kind for kind in out]
    return out if "qty" in out and ("desc" in out or "code" in out) else None


def _number(kinds: list[str]) -> None:
    """ "Item" alone is what is bought; beside a description it is its code or number (`columns` looks)."""
    if "desc" not in kinds:
        kinds[len(kinds) - 1 - kinds[::-1].index("numbered")] = "desc"


def kinds_of(cells: Sequence[str]) -> tuple[str, ...] | None:
    """The settled kinds of a row of cells; None where it is no header of an order."""
    found = [kind_of(cell) if cell.strip() else None for cell in cells]
    settled = settle([one[0] if one else "" for one in found])
    return tuple(settled) if settled else None
