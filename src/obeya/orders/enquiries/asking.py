"""What a message asks about goods, and in which words it names them: pure.

The words of the question are taken out; what is left names the goods, for the reader to read as it reads
an order. Whatever else a message says keeps it from being taken for a question alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from obeya.orders.enquiries import cues
from obeya.orders.reading import intents, letters

PRICE, STOCK = "price", "stock"
MOST = 12
"""Goods of one message that are told about; more are a list to quote, for a person."""

_PRICE = cues.listed(
    """price prices pricing price_list rate rates cost costs quote quotation quot how_much charge charges
    do_you_charge what_do_you_charge send_rate send_me_rate send_rates send_price send_prices
    send_me_price send_me_the_price send_quote send_quotation send_me_the_rate send_your_rate share_rate
    share_price share_rates share_prices share_quote give_rate give_price give_me_rate need_rate
    need_price need_quote rate_bhejo rate_bhej_do rate_do rate_dena rate_bhejiye price_bhejo bhav_moklo
    bhav_aapo bhav_apo भाव_भेजो रेट_भेजो रेट_भेजें रेट_दो ભાવ_મોકલો ભાવ_આપો ارسل_سعر ارسل_السعر
    اعطني_سعر اعطني_السعر ریٹ_بھیج_دیں قیمت_بھیجیں bhav bhaav kitne_ka kitne_ki kitne_me kitne_mein
    kitna_hai kitne_ka_hai su_bhav kya_bhav kya_rate dam daam keemat kimat سعر السعر اسعار الاسعار بكم
    كم_سعر شو_سعر شو_السعر عرض_سعر bkam bikam se3r si3r kam_se3r रेट भाव कीमत दाम कितने_का कितने_की
    कितने_में ભાવ રેટ કિંમત કેટલા_ના કેટલાનું કેટલાનો قیمت ریٹ کتنے_کا کتنے_کی بھاؤ"""
)
_STOCK = cues.listed(
    """stock in_stock ex-stock ex_stock ready_stock availability available uplabdh milega milegi mil_jayega
    mil_sakta_hai hai_kya_stock male_chhe malse padyu_chhe do_you_have have_you_got متوفر متوفره موجود
    موجوده مخزون عندكم mawjood mojood mutawafer स्टॉक उपलब्ध मिलेगा मिल_जाएगा સ્ટોક મળશે ઉપલબ્ધ اسٹاک
    دستیاب ملے_گا متاح"""
)
_AROUND = cues.listed(
    """please pls plz kindly what what's whats what_is what_are is are the_current current today's todays
    today latest do does you we me us can could would will tell let know i_need_to_know i_want_to_know
    i_would_like_to_know i have any there it they this them for_us your our the a an of for at how_many
    now right_now and_is_it is_it are_they kya hai hain ka ki ke ko batao bataiye bataye batayen bata_do
    bata_dijiye bata dijiye abhi aaj aap aapke paas kitna kitne chal_raha chalu su shu che chhe no nu na
    ni kaho kahejo janavjo janavso क्या है हैं का की के को बताओ बताइए बताएं बता_दीजिए आज अभी आप कृपया
    कितना कितने શું છે નો નું ના ની જણાવો જણાવશો કહો આજે કૃપા_કરી كم ما هو هي هل من فضلك لو_سمحت اليوم
    الان لي لنا شو کیا ہے ہیں کا کی کے کو بتائیں بتا_دیں بتاؤ آج ابھی براہ_کرم کتنا کتنے مہربانی"""
)
_POLITE = cues.listed(
    """hi hello hey dear sir madam bhai bhaiya good_morning good_afternoon good_evening namaste namaskar
    thanks thank_you thx regards ji salam salaam assalamualaikum as_salam_alaikum مرحبا السلام_عليكم
    شكرا नमस्ते धन्यवाद નમસ્તે આભાર سلام السلام شکریہ جی جناب"""
)
_NOT_LISTED = cues.listed(
    """discount best lowest last_price final_price special offer scheme cheaper cheap lower reduce less
    credit terms old previous negotiate increase why dealer dealership خصم تخفيض افضل ارخص छूट डिस्काउंट
    कम ઓછા ડિસ્કાઉન્ટ رعایت"""
)
"""Asked for with these, the price of the list is no answer."""
_OUTRIGHT = cues.listed(
    """quote quotation quot batao bataiye bataye batayen bata_do bata_dijiye do_you_have janavjo janavso
    send_price send_prices send_rate send_rates send_me_rate send_me_price rate_bhejo bhav_moklo
    बताओ बताइए बताएं જણાવો જણાવશો بتائیں بتاؤ عرض_سعر اعطني_سعر ارسل_سعر"""
)
_APART = re.compile(
    r"[?!;\n,&]+|\.(?=\s|$)|(?<![^\W_])(?:" + "|".join(
        re.escape(letters.fold(word).text) for word in ("and", "aur", "ane", "plus", "और", "અને", "اور", "و")
    ) + r")(?![^\W_])"
)  # fmt: skip
_SAYS_SOMETHING = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked (price, stock or both) of which goods, each in the message's own words."""

    kinds: frozenset[str]
    goods: tuple[str, ...]


def kinds_of(text: str) -> frozenset[str]:
    """Whether a text asks for prices, for stock, or both."""
    folded = letters.fold(text).text
    found = {PRICE: _PRICE.search(folded), STOCK: _STOCK.search(folded)}
    return frozenset(kind for kind, hit in found.items() if hit)


def is_outright(text: str) -> bool:
    """Whether a text asks in so many words, with a question mark or without."""
    return _OUTRIGHT.search(letters.fold(text).text) is not None


def read(text: str) -> Asked | None:
    """The question about goods that a text is; None where it is none, or says something else besides.

    Without goods (a whole price list is wanted) `goods` is empty.
    """
    folded = letters.fold(text)
    kinds = kinds_of(text)
    if not kinds or _NOT_LISTED.search(folded.text):
        return None
    left = list(text)
    for pattern in (_PRICE, _STOCK, _POLITE, _AROUND):
        for hit in pattern.finditer(folded.text):
            start, end = folded.span(hit.start(), hit.end())
            left[start:end] = " " * (end - start)
    rest = letters.fold("".join(left))
    if _is_more(rest.text):
        return None
    goods = tuple(_goods("".join(left), rest))
    return Asked(kinds, goods) if len(goods) <= MOST else None


def _is_more(rest: str) -> bool:
    """Whether what is left beside the question orders, changes, complains or pays."""
    found = intents.cues(rest)
    besides = found.ordering + found.cancel + found.complaint + found.status + found.payment + found.repeat
    return bool(besides or found.insists)


def _goods(text: str, folded: letters.Folded) -> list[str]:
    at, pieces = 0, []
    for hit in _APART.finditer(folded.text):
        start, end = folded.span(hit.start(), hit.end())
        pieces.append(text[at:start])
        at = end
    pieces.append(text[at:])
    said = (" ".join(piece.split()).strip(" :-.'\"") for piece in pieces)
    return [piece for piece in said if _SAYS_SOMETHING.search(piece)]
