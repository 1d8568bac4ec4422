"""A bare yes to what the company offered: the order is what was asked about before."""

import re
from collections.abc import Sequence

from obeya.orders.reading import letters, types

_YES = (
    "yes yeah yep yup ok okay okey sure fine confirm confirmed go_ahead go_for_it please_do do_it send_it"
    " send_them send_those ship_it ship_them book_it sounds_good perfect haan ha han ji haanji theek thik"
    " chalega chalse bhej_do bhej_dena bhejdo kar_do kardo pakka done हां हाँ जी ठीक भेज_दो कर_दो હા મોકલો ચાલશે"
    " نعم ايوه ايوا اي اوكي اوك تمام ماشي موافق ارسل ارسلها ارسلوها جی ہاں ٹھیک بھیج_دیں بھیج_دو"
    " aywa eywa naam tamam mashi arsel irsel yalla"
)
_NO = (
    "no not nahi nahin nai mat cancel wait later but instead change only less more rather except"
    " नहीं मत નહીં لا مو مش نہیں مت la mish mu lekin par ruko baad"
)
_OTHERWISE = (
    "no not nahi nahin instead discontinued substitute band khatam out_of short only sirf नहीं बंद لا مو"
    " غير بدل متوقف فقط نہیں بند صرف limited"
)


def _rule(text: str) -> re.Pattern[str]:
    said = sorted({letters.fold(w.replace("_", " ")).text for w in text.split()}, key=len, reverse=True)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(re.escape(w) for w in said) + r")(?![^\W\d_])")


_SAYS_YES, _SAYS_NO, _SAYS_OTHERWISE = _rule(_YES), _rule(_NO), _rule(_OTHERWISE)
_LONGEST = 80


def is_yes(text: str) -> bool:
    """Whether a folded text only agrees: no number, no question, nothing taken back."""
    return (
        len(text) <= _LONGEST
        and not re.search(r"\d|\?", text)
        and _SAYS_YES.search(text) is not None
        and _SAYS_NO.search(text) is None
    )


def is_offered(thread: Sequence[types.Turn]) -> bool:
    """Whether the company's last word asks if what the customer asked about is wanted, just so."""
    if len(thread) < 2 or thread[-1].from_ == "customer" or thread[-2].from_ != "customer":
        return False
    said, asked = letters.fold(thread[-1].text).text, letters.fold(thread[-2].text).text
    numbers = set(re.findall(r"\d+(?:[./]\d+)?", said))
    return (
        "?" in said
        and _SAYS_OTHERWISE.search(said) is None
        and numbers <= set(re.findall(r"\d+(?:[./]\d+)?", asked))
    )
