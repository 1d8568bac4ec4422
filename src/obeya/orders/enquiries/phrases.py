"""The fixed answers to customers' questions, in their languages: pure."""

from __future__ import annotations

import re
import string

FALLBACK = "en"
STATUS = {
    "en": {
        "open": "Order {order} is confirmed and not dispatched yet. It is promised for {due}."
        " (As of {as_of} in our system.)",
        "part": "Order {order} is partly dispatched. The rest is promised for {due}."
        " (As of {as_of} in our system.)",
    },
    "hi": {
        "open": "ऑर्डर {order} पक्का है, अभी रवाना नहीं हुआ है। वादे की तारीख {due} है।"
        " (हमारे सिस्टम में {as_of} के अनुसार।)",
        "part": "ऑर्डर {order} का कुछ माल रवाना हो चुका है। बाकी के लिए वादे की तारीख {due} है।"
        " (हमारे सिस्टम में {as_of} के अनुसार।)",
    },
    "gu": {
        "open": "ઓર્ડર {order} પાકો છે, હજી રવાના થયો નથી. વાયદાની તારીખ {due} છે. (અમારી સિસ્ટમમાં {as_of} મુજબ.)",
        "part": "ઓર્ડર {order} નો થોડો માલ રવાના થઈ ગયો છે. બાકી માટે વાયદાની તારીખ {due} છે."
        " (અમારી સિસ્ટમમાં {as_of} મુજબ.)",
    },
    "ar": {
        "open": "الطلب {order} مؤكد ولم يُشحن بعد. موعده {due}. (حسب نظامنا في {as_of}.)",
        "part": "شُحن جزء من الطلب {order}. موعد الباقي {due}. (حسب نظامنا في {as_of}.)",
    },
    "ur": {
        "open": "آرڈر {order} پکا ہے، ابھی روانہ نہیں ہوا۔ وعدے کی تاریخ {due} ہے۔"
        " (ہمارے سسٹم میں {as_of} کے مطابق۔)",
        "part": "آرڈر {order} کا کچھ مال روانہ ہو چکا ہے۔ باقی کے لیے وعدے کی تاریخ {due} ہے۔"
        " (ہمارے سسٹم میں {as_of} کے مطابق۔)",
    },
}
"""How an order stands, by language. Every text names the order, the day and the moment of the facts."""
_RIGHT_TO_LEFT = frozenset({"ar", "ur"})
_SCRIPTS = (
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ur", re.compile("[ٹڈڑںےہھگچپکی]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)


def language_of(text: str, usual: str) -> str:
    """The language to answer in: the message's where its script tells, else the customer's usual one."""
    for language, letters in _SCRIPTS:
        if letters.search(text):
            return language
    code = usual.lower().replace("_", "-").partition("-")[0]
    return code if code in STATUS else FALLBACK


def status(language: str, how: str, *, order: str, due: str, as_of: str) -> str:
    """The answer in `language`; `how` is "open" (nothing has gone) or "part"."""
    values = {"order": order, "due": due, "as_of": as_of}
    if language in _RIGHT_TO_LEFT:  # numbers keep their own direction inside the sentence
        values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    return STATUS[language][how].format(**values)


def placeholders(text: str) -> set[str]:
    """The names that a text has filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
