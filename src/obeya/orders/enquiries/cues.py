"""Words that tell what a message is besides an order, in the languages customers write: pure.

Everything here is matched against folded text (`letters.fold`).
"""

from __future__ import annotations

import re

from obeya.orders.reading import intents, letters, tokens, words


def listed(text: str) -> re.Pattern[str]:
    """A pattern for whole words and phrases ("_" stands for a space)."""
    return _pattern([re.escape(word) for word in _folded(text)])


def _folded(text: str) -> list[str]:
    found = {letters.fold(word.replace("_", " ")).text for word in text.split()}
    return sorted(found, key=len, reverse=True)


def _pattern(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])(?:" + "|".join(alternatives) + r")(?![^\W_])")


def spoken(latin: str, others: str) -> re.Pattern[str]:
    """A pattern of Latin alternatives, and of words in other scripts with whatever ending."""
    return _pattern([latin, *(re.escape(word) + r"\w*" for word in _folded(others))])


_OF_THE_GOODS = spoken(
    r"leak\w*|defect\w*|faulty|fault|kharab|kharaab|bad quality|poor quality|quality|smell|mouldy|expired"
    r"|expiry|rust\w*|scratch\w*|not working|not fitting|loose|stripped|tapak\w*|dheela|stones",
    "خربان معيوب تسرب يسرب منتهي خايس खराब ખરાબ خراب",
)
_AN_ORDER = re.compile(
    r"\b(?:in|of|on|our|my|the|this|that|last|your|from|under|against|for|with|previous|placed|every|whole)"
    r" (?:purchase )?(?:order|po)\b|\b(?:order|po)\W{0,3}(?:no|nr|number|#)?\W{0,3}[\w/.-]*\d[\w/.-]*"
    r"|\b(?:i|we|you|they) (?:had )?ordered\b|\bsent (?:us|me)\b|\b(?:was|were|been) (?:sent|supplied)\b"
)
_LATE = spoken(
    r"late|delay\w*|der ho|not (?:yet )?(?:received|arrived|reached|delivered|come)|overdue"
    r"|still (?:not|pending|waiting)|nahi+n? (?:aaya|aayi|aaye|aya|mila|mili|pahu\w+)",
    "نہیں_آیا نہیں_پہنچا نہیں_ملا ما_وصل تاخر نہیں_آئی नहीं_आया नहीं_पहुंचा नहीं_मिला देर નથી_આવ્યો નથી_મળ્યો મોડું",
)
_DELAY = spoken(
    r"delay\w*|late|postpone\w*|reschedul\w*|hold up|held up|backorder\w*|back-order\w*"
    r"|out of stock|short(?:age|fall)?|not (?:be )?able to (?:dispatch|ship|deliver|supply)"
    r"|(?:cannot|can't|unable to) (?:dispatch|ship|deliver|supply)|strike|breakdown|force majeure"
    r"|der (?:se|ho\w*)|late (?:ho\w*|aayega)",
    "تاخير تاخر ستتاخر تاجيل देरी देर મોડું વિલંબ دیر",
)
_AUTOMATIC = spoken(
    r"out of (?:the )?office|auto(?:matic|mated)?[- ]?(?:reply|response|message)|autoreply"
    r"|do not reply to this|this is an automated|we(?: are|'re) (?:currently )?(?:unavailable|away|closed)"
    r"|thank(?:s| you) for (?:contacting|your message to|reaching out to|getting in touch with)"
    r"|(?:will|we'll) (?:get back|respond|reply) to you (?:as soon as|within|shortly)",
    "स्वचालित رسالة_تلقائية رد_تلقائي شكرا_لتواصلكم خودکار_جواب",
)
_GREETINGS = listed(
    """hi hello hey hii hlo dear sir madam sirji bhai bhaiya bro ji jee good_morning good_afternoon
    good_evening good_night gm gn namaste namaskar namaskaram pranam jai_shree_krishna jai_jinendra ram_ram
    radhe_radhe kem_cho kaise_ho how_are_you thanks thank_you thanku thankyou thx tnx ty shukriya dhanyavad
    dhanyawad aabhar regards best_regards warm_regards welcome you_are_welcome happy_diwali eid_mubarak
    happy_new_year salam salaam assalamualaikum as_salam_alaikum wa_alaikum_assalam marhaba shukran
    مرحبا السلام_عليكم وعليكم_السلام السلام_عليكم_ورحمة_الله شكرا شكرا_جزيلا صباح_الخير مساء_الخير اهلا
    नमस्ते नमस्कार धन्यवाद शुक्रिया सुप्रभात राम_राम जी નમસ્તે નમસ્કાર આભાર ધન્યવાદ સુપ્રભાત જય_શ્રી_કૃષ્ણ
    سلام شکریہ آداب صبح_بخیر جی"""
)


def _found(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(letters.fold(text).text) is not None


def is_of_the_goods(text: str) -> bool:
    """Whether a complaint is about the goods themselves, not about their delivery."""
    return _found(_OF_THE_GOODS, text)


def orders_too(text: str) -> bool:
    """Whether a text orders or takes back something; to speak of an order that stands is no ordering."""
    found = intents.cues(_AN_ORDER.sub(" ", letters.fold(text).text))
    return bool(found.ordering or found.cancel)


def may_complain(text: str) -> bool:
    """Whether a text holds a word with which people complain."""
    return bool(intents.cues(letters.fold(text).text).complaint)


def is_complaint(text: str) -> bool:
    """Whether a text complains and orders, changes or cancels nothing."""
    return may_complain(text) and not orders_too(text)


def says_late(text: str) -> bool:
    """Whether a text complains that something has not come."""
    return _found(_LATE, text)


def tells_delay(text: str) -> bool:
    """Whether a supplier's text tells of a delay, or of goods that will not come."""
    return _found(_DELAY, text)


def is_automatic(text: str) -> bool:
    """Whether a program seems to have written a text: an away message, a greeting of an answering service."""
    return _found(_AUTOMATIC, text)


def is_greeting(text: str) -> bool:
    """Whether a text only greets, thanks or wishes well; nothing at all is no greeting."""
    folded = letters.fold(text).text
    rest = _GREETINGS.sub(" ", folded)
    return rest != folded and not tokens.WORDS.search(rest) and not any(char.isalnum() for char in rest)


def is_filler(text: str) -> bool:
    """Whether a text holds nothing but words that say nothing by themselves."""
    return all(word in words.FILLER for word in tokens.WORDS.findall(letters.fold(text).text))
