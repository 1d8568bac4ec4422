"""A counter-offer in the customer's language, and what counts as its yes or no: pure."""

from __future__ import annotations

import re
import unicodedata
import uuid

FALLBACK = "en"
OFFER = {
    "en": "About your order {number}: for {quantity} {uom} {item} we can offer {price} {currency} per {uom}.",
    "hi": "आपके ऑर्डर {number} के बारे में: {quantity} {uom} {item} के लिए"
    " हम {price} {currency} प्रति {uom} दे सकते हैं।",
    "gu": "તમારા ઓર્ડર {number} વિશે: {quantity} {uom} {item} માટે"
    " અમે {price} {currency} પ્રતિ {uom} આપી શકીએ છીએ.",
    "ar": "بخصوص طلبكم {number}: يمكننا تقديم {quantity} {uom} {item} بسعر {price} {currency} لكل {uom}.",
    "ur": "آپ کے آرڈر {number} کے بارے میں: {quantity} {uom} {item} کے لیے"
    " ہم {price} {currency} فی {uom} دے سکتے ہیں۔",
}
QUESTION = {
    "en": "Do you accept? Please answer YES or NO by {until}.",
    "hi": "क्या आपको मंज़ूर है? कृपया {until} तक हाँ या नहीं में जवाब दें।",
    "gu": "શું તમને મંજૂર છે? કૃપા કરીને {until} સુધીમાં હા કે ના જવાબ આપો.",
    "ar": "هل توافقون؟ يرجى الرد بنعم أو لا قبل {until}.",
    "ur": "کیا آپ کو منظور ہے؟ براہ کرم {until} تک ہاں یا نہیں میں جواب دیں۔",
}
TITLE = {
    "en": "Our offer for {number}",
    "hi": "{number} के लिए हमारा प्रस्ताव",
    "gu": "{number} માટે અમારી ઓફર",
    "ar": "عرضنا للطلب {number}",
    "ur": "{number} کے لیے ہماری پیشکش",
}
BUTTONS = {
    "en": ("Yes, accept", "No, decline"),
    "hi": ("हाँ, मंज़ूर है", "नहीं"),
    "gu": ("હા, મંજૂર છે", "ના"),
    "ar": ("نعم، أوافق", "لا"),
    "ur": ("ہاں، منظور ہے", "نہیں"),
}
"""The words of the two buttons, at most 20 characters each (WhatsApp's limit)."""
_RIGHT_TO_LEFT = frozenset({"ar", "ur"})

_YES = """
yes|y|yes accept|accept|accepted|i accept|we accept|agree|agreed|i agree|ok|okay|ok accepted|ok done|done|
yes ok|yes done|confirm|confirmed|deal|fine|ok fine|go ahead|yes go ahead|
haan|han|haa|ha|ji|ji haan|haan ji|han ji|ji ha|thik hai|theek hai|thik che|manzoor|manzoor hai|manjur|
manjur hai|manjur che|chalega|haan chalega|chalse|barabar|pakka|kar do|
हाँ|हां|हा|जी|जी हाँ|जी हां|हाँ जी|हां जी|हाँ मंज़ूर है|हाँ मंजूर है|हां मंजूर है|मंज़ूर है|मंजूर है|मंज़ूर|मंजूर|ठीक है|चलेगा|
હા|હા જી|જી હા|હા મંજૂર છે|મંજૂર છે|મંજૂર|ઠીક છે|બરાબર|બરાબર છે|ચાલશે|
نعم|نعم اوافق|اوافق|موافق|موافقون|تمام|ماشي|اوكي|ايوه|na3am|aywa|tamam|mwafeq|mowafeq|
ہاں|جی|جی ہاں|ہاں جی|ہاں منظور ہے|منظور ہے|منظور|ٹھیک ہے|چلے گا
"""
_NO = """
no|n|nope|no decline|decline|declined|not accepted|we decline|i decline|reject|rejected|not ok|not okay|
nahi|nahin|nai|na|nahi chahiye|nahi chalega|manzoor nahi|nathi|
नहीं|नही|ना|जी नहीं|नहीं चाहिए|नहीं चलेगा|मंजूर नहीं|मंज़ूर नहीं|
ના|નહીં|નથી|ના જી|નહીં ચાલે|મંજૂર નથી|
لا|لا اوافق|غير موافق|مو موافق|مش موافق|la|
نہیں|نہیں جی|جی نہیں|منظور نہیں|نہیں چاہیے
"""
_POLITE = """
sir|madam|mam|bhai|bhaiya|ji sir|please|pls|plz|thanks|thank you|thx|regards|best regards|kind regards|
dhanyavad|dhanyawad|shukriya|shukran|सर|जी सर|धन्यवाद|आभार|સર|ભાઈ|આભાર|شكرا|من فضلكم|شکریہ|جناب|بھائی
"""
_FOLDED = {ord(one): "ا" for one in "أإآ"} | {ord("ى"): "ي", ord("ک"): "ك", ord("ی"): "ي"}
_TAP = re.compile(r"counter:([0-9a-f-]{36}):(yes|no)")


def _plain(text: str) -> str:
    """Words alone, in small letters, forms of a letter as one: no marks, pictures or vowel signs over it."""
    folded = unicodedata.normalize("NFD", text.casefold()).translate(_FOLDED)
    kept = (one for one in folded if unicodedata.category(one) != "Mn" or "\u0900" <= one <= "\u0aff")
    words = "".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in kept)
    return " ".join(unicodedata.normalize("NFC", words).split())


def _set(listed: str) -> frozenset[str]:
    return frozenset(plain for one in listed.split("|") if (plain := _plain(one)))


_YES_SET, _NO_SET, _POLITE_SET = _set(_YES), _set(_NO), _set(_POLITE)
_LONGEST = 120


def answer_in(text: str) -> bool | None:
    """True for a plain yes, False for a plain no; None where the words say anything else beside it."""
    if len(text) > _LONGEST:
        return None
    said = _plain(text)
    if said not in _YES_SET | _NO_SET:
        said = _without_courtesy(said)
    return True if said in _YES_SET else False if said in _NO_SET else None


def _without_courtesy(said: str) -> str:
    for polite in sorted(_POLITE_SET, key=len, reverse=True):
        said = said.removesuffix(f" {polite}").removeprefix(f"{polite} ")
    return said


def tap(offer: uuid.UUID, *, yes: bool) -> str:
    """The id of a button, as it comes back when it is tapped."""
    return f"counter:{offer}:{'yes' if yes else 'no'}"


def tapped(choice: str) -> tuple[uuid.UUID, bool] | None:
    """The offer and the answer behind a tapped button; None for any other."""
    found = _TAP.fullmatch(choice)
    return (uuid.UUID(found[1]), found[2] == "yes") if found else None


def title(language: str, *, number: str) -> str:
    """The heading of the message."""
    return TITLE[language].format(**_apart(language, {"number": number}))


def offer(language: str, *, note: str, until: str, **values: str) -> str:
    """The message: the offer (number, quantity, uom, item, price, currency), a note, and the question."""
    said = OFFER[language].format(**_apart(language, values))
    asked = QUESTION[language].format(**_apart(language, {"until": until}))
    return "\n\n".join(part for part in (said, note.strip(), asked) if part)


def _apart(language: str, values: dict[str, str]) -> dict[str, str]:
    """Numbers and names keep their own direction inside a sentence that runs from right to left."""
    if language not in _RIGHT_TO_LEFT:
        return values
    return {name: f"\u2068{value}\u2069" for name, value in values.items()}
