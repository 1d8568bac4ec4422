"""The cell that describes an item: codes that it names by a label, and what in it is not of the item."""

import re

_CODED = re.compile(
    r"\b(?:sku|(?:your|vendor|supplier|seller|mfr\.?|mfg\.?|manufacturer|item|part|product|material|stock)"
    r"(?:'s)?\s?(?:part|item|material|product)?)\s?(?:code|no\.?|number|#|num|id)?\s?[:#]\s?(\S+)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:hsn(?:\s?/\s?sac)?|sac|hs|hts|gtin|ean|upc|barcode|commodity|tariff|unspsc|gl|cost cent(?:er|re)"
    r"|budget|taric)\s?(?:code|no\.?|number|account)?\s?[:#.-]\s?[\w.-]*\d[\w.-]*"
    r"|\b(?:need by|needed by|required(?: by| on)?|due(?: on| by| date)?|deliver(?:y)?(?: by| on| date)?"
    r"|ship (?:by|date))\s?:\s?[^\n]{4,24}"
    r"|\b(?:gst|igst|cgst|sgst|vat|tax)\s?[:@]?\s?\d{1,2}(?:\.\d+)?\s?%",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:our|buyer|customer|cust|internal)(?:'s)?\s(?:part|item|material|product|ref)\w*"
    r"\s?(?:code|no\.?|number|#)?\s?[:#]\s?\S+",
    re.IGNORECASE,
)


def named_codes(cell: str) -> list[str]:
    """Codes that a description names by a label ("SKU: OTV")."""
    return [match[1].strip("()[],;") for match in _CODED.finditer(_OURS.sub(" ", cell))]


def plain(cell: str) -> str:
    """A description without tariff numbers, days, taxes and labelled codes; whole if nothing is left."""
    kept = _CODED.sub(" ", _OURS.sub(" ", _ASIDE.sub(" ", cell)))
    kept = " ".join(kept.replace("\n", " ").split())
    return kept or " ".join(cell.replace("\n", " ").split())
