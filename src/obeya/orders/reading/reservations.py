"""Words that hold an order back, put it under a condition or leave part of it open: a person decides.

They change what is wanted without being a number or an item, so that nothing else would notice them.
"""

import re

_SEND = r"(?:send|ship|dispatch|book|deliver|supply|process|confirm)"
_HELD_BACK = (
    rf"\b(?:do not|don'?t|donot|never|not to) {_SEND}\b",
    r"\b(?:mat|nahi|nahin|nako) (?:bhej|karna|karo|dena|book|pathv)\w*",
    r"\b(?:bhejna|bhejo|bhejiye|karna|dena) (?:mat|nahi|nahin|nako)\b",
    r"मत (?:भेज|कर)|(?:भेजना|भेजो) (?:मत|नहीं)|(?:مت|نہ) بھیج|لا ترسل|لا تبعت|لا تشحن",
    r"\b(?:on hold|(?:please|pls|plz) hold|hold (?:karo|kar|karna|rakho|it|this|on|till|until))\b",
    r"\brok (?:do|lo|dena|ke|kar|rakho)\b|\babhi (?:mat|nahi|nahin)\b|\bnot (?:yet|now)\b",
    r"\b(?:after|without|before) (?:my |our |your |the )?(?:confirmation|approval|go ahead)\b",
    r"\b(?:till|until|unless|before) (?:i|we|you) (?:confirm|say|tell|approve)\b",
    r"\bpehle (?:confirm|batao|bata|puch|rate|price)\b|\bbaad me(?:in)? confirm\b|بعد التاكيد",
)
_CONDITIONS = (
    r"\b(?:only if|subject to|provided that|on condition|unless|agar|yadi)\b",
    r"\bif (?:available|in stock|possible|not|price|rate|the price|the rate|you have (?:it|them|stock))\b",
    r"\b(?:stock|maal) (?:ho|hai|hoga|hoy) to\b|अगर|यदि|اگر|بشرط|(?:اذا|لو) (?:متوفر|موجود|عندكم)",
)
_LEFT_OPEN = (
    r"\b(?:and|plus|also|aur) (?:also )?(?:the )?(?:usual|rest|others?|remaining|baki|baaki)\b",
    r"\b(?:rest|balance|baki|baaki|remaining) (?:next|later|after|baad|agle)\b",
    r"\b(?:etc|wagera|vagera|vagairah|waghera|and so on)\b",
)
_NO_ORDER = (
    r"\b(?:cancel|cancelled|canceled|return|returned|returning|exchange|replace|replaced|replacement)\b",
    r"\b(?:warranty|guarantee|refund|quote|quotation|proforma|free sample|samples?)\b",
    r"\b(?:did|have|has) (?:you|we|they|it)\b|\bwhen will\b",
    r"\b(?:only|not) received\b|\breceived (?:only|just)\b",
    r"\b(?:kitne ka|kitna rate|kya rate|kya bhav|wapas|vapas|badal)\b|वापस|بدل",
    r"^(?:rate|price|bhav|status|invoice|bill|payment)\b|\b(?:order|dispatch|delivery) status\b|\bstatus\W*$",
    r"\binvoice (?:bhej|send|please|chahiye)\w*|\b(?:or|ya) (?:else )?(?:the )?[a-z-]*\d",
)
_ROUGH = (r"\b(?:about|nearly|at ?least|up ?to|minimum|maximum|max|karib|kareeb) \d",)
_HELD = (("condition", "It is held back: “{}”.", re.compile("|".join(_HELD_BACK))),)
_OTHERWISE = (
    ("question", "It may be meant otherwise than as an order: “{}”.", re.compile("|".join(_NO_ORDER))),
)
_ALWAYS = (
    ("condition", "It is wanted on a condition: “{}”.", re.compile("|".join(_CONDITIONS))),
    ("condition", "Part of it is left open: “{}”.", re.compile("|".join(_LEFT_OPEN))),
    ("ambiguous_quantity", "The quantity is only about what is wanted: “{}”.", re.compile("|".join(_ROUGH))),
)
_ELSE = re.compile(r"(?:\bnahi[n]? to\b|\bwarna\b|\bvarna\b|\botherwise\b|नहीं तो|वरना|ورنہ)[^.\n]*")
"""What follows only presses for the price or the day that was asked for: those are checked themselves."""


def doubts(text: str, *, amends: bool, is_document: bool) -> list[tuple[str, str]]:
    """(code, text) for each kind of reservation in a folded text.

    In words that amend an order (`amends`) "do not send" and "cancel" take an item off, and a document
    has its terms of returns and quotations: there they are understood otherwise.
    """
    said = _ELSE.sub(" ", text)
    rules = [
        *(() if amends else _HELD),
        *(() if amends or is_document else _OTHERWISE),
        *_ALWAYS,
    ]
    return [(code, told.format(found[0])) for code, told, rule in rules if (found := rule.search(said))]
