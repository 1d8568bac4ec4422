"""The questions in the customers' languages, plain and short, their own words quoted: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from obeya.orders.asking import choosing

FALLBACK = "en"
MOST_QUOTED = 160
MOST_NAME = 80
MOST_TEXT = 600
"""Characters of a question without its choices."""
MOST_LABEL = 90
_RIGHT_TO_LEFT = frozenset({"ar", "ur"})

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Your order {number}",
        "item": "You wrote “{quoted}”. Which item do you mean?",
        "item_one": "You wrote “{quoted}”. Do you mean {about}?",
        "unit": "You wrote “{quoted}”. In which unit or pack do you want {about}?",
        "quantity": "You wrote “{quoted}”. How much of {about} do you want?",
        "substitute": "You wrote “{quoted}”. {about} is no longer sold. May we send {other} instead?",
        "repeat_same": "You sent the same order at {at}: “{quoted}”. Is this a new order, or the same again?",
        "repeat_part": "You ordered some of this at {at}. Is “{quoted}” a new order?",
        "tap": "Tap your answer, or reply with its number.",
        "number": "Please reply with the number of your answer: {numbers}",
        "open_list": "Choose",
        "none": "None of these",
        "other": "Another quantity",
        "talk": "Something else",
        "yes": "Yes, send it",
        "drop": "No, leave it out",
        "new": "A new order",
        "same": "The same one",
        "part": "Part of the earlier",
        "late": "Thank you. This is already settled: {what}. Write to us if you want to change it.",
        "late_closed": "Thank you. This order is closed already. Write to us if you want a change.",
        "noted": "Thank you. A colleague will look at your answer.",
        "once": "Thank you. We book it once only.",
    },
    "hi": {
        "title": "आपका ऑर्डर {number}",
        "item": "आपने लिखा: “{quoted}”। आपका मतलब कौन सा आइटम है?",
        "item_one": "आपने लिखा: “{quoted}”। क्या आपका मतलब {about} है?",
        "unit": "आपने लिखा: “{quoted}”। {about} किस यूनिट या पैक में चाहिए?",
        "quantity": "आपने लिखा: “{quoted}”। {about} कितना चाहिए?",
        "substitute": "आपने लिखा: “{quoted}”। {about} अब नहीं बिकता। क्या इसकी जगह {other} भेज दें?",
        "repeat_same": "यही ऑर्डर आपने {at} पर भी भेजा था: “{quoted}”। यह नया ऑर्डर है या वही दोबारा?",
        "repeat_part": "इसका कुछ माल आपने {at} पर भी लिखा था। क्या “{quoted}” नया ऑर्डर है?",
        "tap": "जवाब पर टैप करें, या उसका नंबर लिखें।",
        "number": "कृपया जवाब का नंबर लिखकर भेजें: {numbers}",
        "open_list": "चुनें",
        "none": "इनमें से कोई नहीं",
        "other": "दूसरी मात्रा",
        "talk": "कुछ और",
        "yes": "हाँ, भेज दें",
        "drop": "नहीं, छोड़ दें",
        "new": "नया ऑर्डर",
        "same": "वही ऑर्डर",
        "part": "पहले वाले का भाग",
        "late": "धन्यवाद। यह पहले ही तय हो चुका है: {what}। बदलना हो तो हमें लिखें।",
        "late_closed": "धन्यवाद। यह ऑर्डर बंद हो चुका है। कुछ बदलना हो तो हमें लिखें।",
        "noted": "धन्यवाद। हमारे साथी आपका जवाब देखेंगे।",
        "once": "धन्यवाद। हम इसे एक ही बार दर्ज करेंगे।",
    },
    "gu": {
        "title": "તમારો ઓર્ડર {number}",
        "item": "તમે લખ્યું: “{quoted}”. તમારે કઈ આઇટમ જોઈએ છે?",
        "item_one": "તમે લખ્યું: “{quoted}”. શું તમારે {about} જોઈએ છે?",
        "unit": "તમે લખ્યું: “{quoted}”. {about} કયા યુનિટ કે પેકમાં જોઈએ છે?",
        "quantity": "તમે લખ્યું: “{quoted}”. {about} કેટલું જોઈએ છે?",
        "substitute": "તમે લખ્યું: “{quoted}”. {about} હવે વેચાતું નથી. શું તેની જગ્યાએ {other} મોકલીએ?",
        "repeat_same": "આ જ ઓર્ડર તમે {at} વાગ્યે પણ મોકલ્યો હતો: “{quoted}”. આ નવો ઓર્ડર છે કે એ જ ફરીથી?",
        "repeat_part": "આમાંનો થોડો માલ તમે {at} વાગ્યે પણ લખ્યો હતો. શું “{quoted}” નવો ઓર્ડર છે?",
        "tap": "જવાબ પર ટેપ કરો, અથવા તેનો નંબર લખો.",
        "number": "કૃપા કરીને જવાબનો નંબર લખી મોકલો: {numbers}",
        "open_list": "પસંદ કરો",
        "none": "આમાંથી કોઈ નહીં",
        "other": "બીજી માત્રા",
        "talk": "બીજું કંઈક",
        "yes": "હા, મોકલો",
        "drop": "ના, રહેવા દો",
        "new": "નવો ઓર્ડર",
        "same": "એ જ ઓર્ડર",
        "part": "પહેલાંનો ભાગ",
        "late": "આભાર. આ પહેલેથી નક્કી થઈ ગયું છે: {what}. બદલવું હોય તો અમને લખો.",
        "late_closed": "આભાર. આ ઓર્ડર બંધ થઈ ગયો છે. કંઈ બદલવું હોય તો અમને લખો.",
        "noted": "આભાર. અમારા સાથી તમારો જવાબ જોશે.",
        "once": "આભાર. અમે તે એક જ વાર નોંધીશું.",
    },
    "ar": {
        "title": "طلبكم {number}",
        "item": "كتبتم: «{quoted}». أي صنف تقصدون؟",
        "item_one": "كتبتم: «{quoted}». هل تقصدون {about}؟",
        "unit": "كتبتم: «{quoted}». بأي وحدة أو عبوة تريدون {about}؟",
        "quantity": "كتبتم: «{quoted}». كم تريدون من {about}؟",
        "substitute": "كتبتم: «{quoted}». لم نعد نبيع {about}. هل نرسل {other} بدلاً منه؟",
        "repeat_same": "وصلنا منكم الطلب نفسه الساعة {at}: «{quoted}». هل هذا طلب جديد أم الطلب نفسه؟",
        "repeat_part": "طلبتم بعض هذا الساعة {at}. هل «{quoted}» طلب جديد؟",
        "tap": "اضغطوا على جوابكم أو اكتبوا رقمه.",
        "number": "من فضلكم أجيبوا برقم الجواب: {numbers}",
        "open_list": "اختيار",
        "none": "لا شيء مما سبق",
        "other": "كمية أخرى",
        "talk": "شيء آخر",
        "yes": "نعم، أرسلوه",
        "drop": "لا، اتركوه",
        "new": "طلب جديد",
        "same": "الطلب نفسه",
        "part": "جزء من السابق",
        "late": "شكراً. حُسم هذا من قبل: {what}. اكتبوا لنا إن أردتم تغييره.",
        "late_closed": "شكراً. هذا الطلب مغلق. اكتبوا لنا إن أردتم تغيير شيء.",
        "noted": "شكراً. سينظر زميلنا في جوابكم.",
        "once": "شكراً. سنسجله مرة واحدة فقط.",
    },
    "ur": {
        "title": "آپ کا آرڈر {number}",
        "item": "آپ نے لکھا: “{quoted}”۔ آپ کی مراد کون سا آئٹم ہے؟",
        "item_one": "آپ نے لکھا: “{quoted}”۔ کیا آپ کی مراد {about} ہے؟",
        "unit": "آپ نے لکھا: “{quoted}”۔ {about} کس یونٹ یا پیک میں چاہیے؟",
        "quantity": "آپ نے لکھا: “{quoted}”۔ {about} کتنا چاہیے؟",
        "substitute": "آپ نے لکھا: “{quoted}”۔ {about} اب نہیں بکتا۔ کیا اس کی جگہ {other} بھیج دیں؟",
        "repeat_same": "یہی آرڈر آپ نے {at} بجے بھی بھیجا تھا: “{quoted}”۔ یہ نیا آرڈر ہے یا وہی دوبارہ؟",
        "repeat_part": "اس کا کچھ مال آپ نے {at} بجے بھی لکھا تھا۔ کیا “{quoted}” نیا آرڈر ہے؟",
        "tap": "جواب پر ٹیپ کریں، یا اس کا نمبر لکھیں۔",
        "number": "براہ کرم جواب کا نمبر لکھ کر بھیجیں: {numbers}",
        "open_list": "چنیں",
        "none": "ان میں سے کوئی نہیں",
        "other": "دوسری مقدار",
        "talk": "کچھ اور",
        "yes": "جی، بھیج دیں",
        "drop": "نہیں، چھوڑ دیں",
        "new": "نیا آرڈر",
        "same": "وہی آرڈر",
        "part": "پچھلے کا حصہ",
        "late": "شکریہ۔ یہ پہلے ہی طے ہو چکا ہے: {what}۔ بدلنا ہو تو ہمیں لکھیں۔",
        "late_closed": "شکریہ۔ یہ آرڈر بند ہو چکا ہے۔ کچھ بدلنا ہو تو ہمیں لکھیں۔",
        "noted": "شکریہ۔ ہمارے ساتھی آپ کا جواب دیکھیں گے۔",
        "once": "شکریہ۔ ہم اسے ایک ہی بار درج کریں گے۔",
    },
}
"""Every language has the same sentences, with the same names in them."""
_HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]+")
_TIMES = re.compile(r"(?<=[^\W_])\*(?=[^\W_])")
_MARKUP = re.compile(r"[*~`]+|(?<!\w)_+|_+(?!\w)")


def language_of(code: str) -> str:
    """The language whose sentences are used for a customer's language code ("hi", "ar-AE")."""
    short = code.lower().replace("_", "-").partition("-")[0]
    return short if short in SENTENCES else FALLBACK


def plain(text: str, most: int) -> str:
    """Somebody's words as a message can hold them: one line, nothing hidden, no mark-up, at most `most`."""
    line = " ".join(_HIDDEN.sub(" ", text).split())
    line = _MARKUP.sub("", _TIMES.sub("×", line)).replace("<", "‹").replace(">", "›")
    line = " ".join(line.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def plain_lines(text: str) -> str:
    """A clerk's words as they can stand in a question: their lines, each plain, at most MOST_TEXT in all."""
    lines = [plain(line, MOST_TEXT) for line in text[: 2 * MOST_TEXT].splitlines()]
    return "\n".join(lines).strip()[:MOST_TEXT]


def sentence(language: str, name: str, **values: str) -> str:
    """One sentence; values keep their own direction inside a sentence that runs from the right."""
    if language in _RIGHT_TO_LEFT:
        values = {key: f"\u2068{value}\u2069" for key, value in values.items()}
    return SENTENCES[language][name].format(**values)


def question(language: str, asked: choosing.Question) -> str:
    """The question alone, without its choices."""
    return sentence(
        language,
        asked.kind,
        quoted=plain(asked.quoted, MOST_QUOTED),
        about=plain(asked.about, MOST_NAME),
        other=plain(asked.other, MOST_NAME),
        at=asked.at,
    )


def label(language: str, choice: choosing.Choice) -> str:
    """What a choice says; a unit with what it holds says it in `choice.detail`."""
    return plain(choice.label, MOST_LABEL) if choice.label else SENTENCES[language][choice.name]


def body(language: str, channel: str, text: str, labels: Sequence[tuple[str, str]]) -> str:
    """The whole message: the question, its choices numbered (label and detail), and how to answer."""
    rows = [f"{number}. {_row(language, *told)}" for number, told in enumerate(labels, start=1)]
    return "\n".join([text, "", *rows, "", how(language, channel, len(labels))])


def how(language: str, channel: str, choices: int) -> str:
    """How to answer a question with so many choices."""
    numbers = ", ".join(str(number) for number in range(1, choices + 1))
    return SENTENCES[language]["tap" if channel == "whatsapp" else "number"].format(numbers=numbers)


def _row(language: str, label_: str, detail: str) -> str:
    told = f"{label_} ({detail})" if detail and detail not in label_ else label_
    return f"\u2068{told}\u2069" if language in _RIGHT_TO_LEFT else told
