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
_ROUGH = (r"\b(?:about|nearly|at ?least|up ?to|minimum|maximum|max|karib|kareeb) \d",)
_RULES = (
    ("condition", "It is held back: “{}”.", re.compile("|".join(_HELD_BACK))),
    ("condition", "It is wanted on a condition: “{}”.", re.compile("|".join(_CONDITIONS))),
    ("condition", "Part of it is left open: “{}”.", re.compile("|".join(_LEFT_OPEN))),
    ("ambiguous_quantity", "The quantity is only about what is wanted: “{}”.", re.compile("|".join(_ROUGH))),
)


_ELSE = re.compile(r"(?:\bnahi[n]? to\b|\bwarna\b|\bvarna\b|\botherwise\b|नहीं तो|वरना|ورنہ)[^.\n]*")
"""What follows only presses for the price or the day that was asked for: those are checked themselves."""


def doubts(text: str, *, amends: bool) -> list[tuple[str, str]]:
    """(code, text) for each kind of reservation in a folded text.

    In words that amend an order (`amends`), "do not send" takes an item off: it is understood elsewhere.
    """
    said = _ELSE.sub(" ", text)
    rules = _RULES[1:] if amends else _RULES
    return [(code, told.format(found[0])) for code, told, rule in rules if (found := rule.search(said))]
