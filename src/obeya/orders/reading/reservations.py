"""Words that hold an order back, put it under a condition or leave part of it open: a person decides.

They change what is wanted without being a number or an item, so that nothing else would notice them.
"""

import re

from obeya.orders.reading import letters

_SEND = r"(?:send|ship|dispatch|book|deliver|supply|process|confirm)"
_HELD_BACK = (
    rf"\b(?:do not|don'?t|donot|never|not to) {_SEND}\b",
    r"\b(?:mat|nahi|nahin|nako) (?:bhej|karna|karo|dena|book|pathv)\w*",
    r"\b(?:bhejna|bhejo|bhejiye|karna|dena) (?:mat|nahi|nahin|nako)\b",
    r"मत (?:भेज|कर)|(?:भेजना|भेजो) (?:मत|नहीं)|(?:مت|نہ) بھیج|لا ترسل|لا تبعت|لا تشحن",
    r"\b(?:on hold|(?:please|pls|plz) hold|hold (?:karo|kar|karna|rakho|it|this|on|till|until|pe|par|me))\b",
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
    r"\b(?:kitne ka|kitna rate|kya rate|kya bhav|wapas|vapas|badal)\b|वापस|واپس|بدل",
    r"(?:^|\s)(?:ارجاع|استرجاع|مرتجع)",
    r"^(?:rate|price|bhav|status|invoice|bill|payment)\b|\b(?:order|dispatch|delivery) status\b|\bstatus\W*$",
    r"\binvoice (?:bhej|send|please|chahiye)\w*|\b(?:or|ya) (?:else )?(?:the )?[a-z-]*\d",
)
_TAKEN_BACK = (
    r"\bnever ?mind\b|\bscratch that\b|\b(?:par|but|lekin) ab (?:nahi|nahin)\b|\bab (?:nahi|nahin) chahi\w+",
    r"\b(?:chahiye|chaiye|chahie) (?:tha|the|thi)\b|\b(?:mere|hamare) liye (?:nahi|nahin)\b",
    r"\b(?:kam|nahi|nahin) (?:aaya|aaye|aayi|aya|aye|mila|mile)\b|\bmil (?:gaya|gaye|gayi)\b",
    r"(?:^|\s)(?:ما|مو|مش) (?:ابي|نبي|ابغي|نبغي|اريد|نريد|عايز|محتاج)|كنسل|(?:^|\s)الغ(?:ي|وا|اء)",
)
_ASKED = (
    r"\bkitne (?:me|mein|main)\b|\b(?:need|send|give|share) (?:me |us )?(?:pricing|prices|price|rates?)\b",
    r"\b(?:can|could) you do\b",
    r"\blead ?time\b|\b(?:what|how much) would\b|\b(?:can|could|will) you (?:match|do it for)\b",
)
_OPEN_CHOICE = (
    r"\btbd\b|\bor (?:equivalent|equal|similar|next|any|other)\b|\bkam se kam\b|\bpich?h?li ba?ar jais",
    r"\beach (?:for|to|at|plant|site|branch|location|store|shop)\b",
    r"\b(?:monthly|weekly|fortnightly)\b|\bfor \d+ (?:months|weeks)\b|\bevery (?:week|month|fortnight)\b",
)
_TO_AN_ORDER = (
    r"\b(?:add|include|jod|daal|dal)\w*\b.{0,80}"
    r"\b(?:previous|prev|last|earlier|yesterday'?s|kal) (?:order|po)\b",
    r"\b(?:previous|prev|last|earlier|kal|pich?h?l\w+|pehle) (?:ka |ke |ki |wala |wale |vala |vale )?"
    r"(?:order|po)\b.{0,100}\b(?:add|jod|daal|dal)\w*",
    r"(?:زيد|زود|ضيف|اضف|اضيف).{0,80}"
    r"(?:طلب|الطلب|الطلبيه|الطلبية|الاوردر) (?:السابق|الاخير|الماضي|القديم)\w*",
    r"\b(?:add|remove)\b.{0,60}\b(?:to|from|in) (?:the |my |our )?(?:l?po|order|so)"
    r"\W{0,3}(?:no\W{0,2})?[\w/-]*\d",
    r"\b(?:reduce|increase|change|cut|lower|raise)\b[^.\n]{0,60}\bto \d",
    r"\b(?:sorry|oops|correction|galti)\b[^\n]{0,80}\b(?:instead of|not|nahi|nahin|ki jagah)\b",
    r"\binstead of \d|\d[^\n]{0,12}\bki jagah\b|(?:اسف|عفوا|معليش)[^\n]{0,60}(?:مو|مش|بدل|ليس) ?\d",
)
"""They speak of an order that is told otherwise; where none stands here, these lines are no new order."""
_ROUGH = (r"\b(?:about|nearly|at ?least|up ?to|minimum|maximum|max|karib|kareeb) \d",)


def _compiled(rules: tuple[str, ...]) -> re.Pattern[str]:
    """Rules as one, their words of other scripts folded as the texts are that they are searched in."""
    return re.compile(re.sub(r"[^\x00-\x7f]+", lambda m: letters.fold(m[0]).text, "|".join(rules)))


_AGAIN = _compiled((r"\b(?:repeat|same|again|dobara|wahi|wohi|vahi)\b|نفس|كرر|दोबारा|वही|دوبارہ|وہی",))
"""An order that is repeated may be told otherwise in the same breath: that is understood."""
_HELD = (("condition", "It is held back: “{}”.", _compiled(_HELD_BACK)),)
_OTHERWISE = (
    ("question", "It may be meant otherwise than as an order: “{}”.", _compiled(_NO_ORDER)),
    ("question", "It may be taken back, or about the past: “{}”.", _compiled(_TAKEN_BACK)),
    ("question", "A price or a time is asked for: “{}”.", _compiled(_ASKED)),
    ("condition", "Part of it is left open: “{}”.", _compiled(_OPEN_CHOICE)),
)
_OTHER_ORDER = (("open_change", "It speaks of another order: “{}”.", _compiled(_TO_AN_ORDER)),)
_ALWAYS = (
    ("condition", "It is wanted on a condition: “{}”.", _compiled(_CONDITIONS)),
    ("condition", "Part of it is left open: “{}”.", _compiled(_LEFT_OPEN)),
    ("ambiguous_quantity", "The quantity is only about what is wanted: “{}”.", _compiled(_ROUGH)),
)
_ELSE = _compiled((r"(?:\bnahi[n]? to\b|\bwarna\b|\bvarna\b|\botherwise\b|नहीं तो|वरना|ورنہ)[^.\n]*",))
"""What follows only presses for the price or the day that was asked for: those are checked themselves."""


# "godown mat bhejna": not there; that is where the goods go, not whether.
_NOT_THERE = re.compile(
    r"\b(?:godown|gudam|godaam|warehouse|store|dukan|dukaan|shop|site|office|factory|yahan|wahan)"
    r"(?: (?:pe|par|me|mein|ma|ko))? (?:mat|nahi|nahin|nako) \w+"
)


def doubts(text: str, *, kind: str, changes: bool) -> list[tuple[str, str]]:
    """(code, text) for each kind of reservation in a folded text.

    `kind` is how the text was read ("table", "change" of an order that stands, "repeat", ...); `changes`: it
    is meant to change an order. In words that amend an order "do not send" and "cancel" take an item off, and
    a document has its terms of returns and quotations: there they are understood otherwise.
    """
    said = _NOT_THERE.sub(" ", _ELSE.sub(" ", text))
    amends, is_document = changes or kind in ("change", "repeat"), kind == "table"
    understood = is_document or kind == "change" or (amends and _AGAIN.search(said))
    rules = [
        *(() if amends else _HELD),
        *(() if amends or is_document else _OTHERWISE),
        *(() if understood else _OTHER_ORDER),
        *_ALWAYS,
    ]
    return [(code, told.format(found[0])) for code, told, rule in rules if (found := rule.search(said))]
