"""What an answer means: which of the choices that were sent it takes; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from obeya.orders.asking import choosing
from obeya.orders.reading import intents, letters, numbers, words

LONGEST = 120
"""Characters; what is longer is no answer to a one-tap question."""
SHORT = 6
"""So many words may be an answer that fits nothing; more is a message of its own."""
_YES = frozenset(
    letters.fold(
        "yes y yep yeah ok okay haan haa han ha ji theek thik sahi bilkul naam aywa aiwa tamam"
        " हाँ हां जी ठीक सही હા જી બરાબર نعم ايوه ايوا اي تمام موافق ہاں جی ٹھیک"
    ).text.split()
)
_SEEN = frozenset(letters.fold("ok okay ji theek thik tamam जी ठीक જી બરાબર تمام جی ٹھیک").text.split())
"""Where a question has no yes, these say no more than that it was seen."""
_NO = frozenset(letters.fold("no n nope nahi nahin nai mat नहीं नही मत નહીં નહિ لا كلا نہیں نہ").text.split())
_NO_ALONE = frozenset(letters.fold("na ना ના la").text.split())
"""These say no where nothing else is said; beside other words they are courtesies."""
_POLITE = frozenset(letters.fold("ji जी જી جی sir bhai").text.split())
_ORDINALS = {
    word: number
    for number, row in enumerate(
        (
            "first 1st pehla pahla pehli awwal पहला पहली પહેલું પહેલો الاول الاولي پہلا پہلی",
            "second 2nd doosra dusra doosri दूसरा दूसरी બીજું બીજો الثاني الثانيه دوسرا دوسری",
            "third 3rd teesra tisra teesri तीसरा तीसरी ત્રીજું ત્રીજો الثالث الثالثه تیسرا تیسری",
        ),
        start=1,
    )
    for word in letters.fold(row).text.split()
}
_CALLS = frozenset(letters.fold("option number no answer reply choice नंबर नम्बर નંબર رقم نمبر").text.split())
"""What stands before the number of a choice."""
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0a80-\u0acd])+(?:[./](?=\d)\d+)*")


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice as it was sent. `role` is "yes" or "no" where it can be answered so."""

    code: str
    label: str
    detail: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What an answer is: it takes `code`, or fits "nothing" or "several", or is "another" message."""

    kind: Literal["takes", "nothing", "several", "another"]
    code: str = ""


def understand(offered: Sequence[Offered], said: str) -> Understood:
    """Which choice a typed answer takes.

    By its number in the list (in figures of any script, or in words), by its label or the item's code, by
    words that only one of them holds, or by yes and no where the question asks so.
    """
    folded = letters.fold(said).text.strip()
    if not folded or len(folded) > LONGEST:
        return Understood("another" if folded else "nothing")
    found = _named(offered, folded) or _numbered(offered, folded) | _worded(offered, folded)
    if len(found) == 1:
        return Understood("takes", found.pop())
    if found:
        return Understood("several")
    return Understood(_what_else(folded))


def _words(text: str) -> list[str]:
    return _WORD.findall(letters.fold(text).text)


def _telling(offered: Sequence[Offered]) -> set[str]:
    """Words by which the labels of real choices differ, courtesies though they may be elsewhere."""
    sets = [set(_words(one.label)) for one in offered if one.code != choosing.NONE]
    every = {word for told in sets for word in told}
    return every - _shared(sets)


def _shared(sets: Sequence[set[str]]) -> set[str]:
    """What all of several sets hold; nothing where there is one only."""
    return set.intersection(*sets) if len(sets) > 1 else set()


def _named(offered: Sequence[Offered], folded: str) -> set[str]:
    """Choices whose label or code was written out."""
    told = " ".join(_words(folded))
    return {
        one.code
        for one in offered
        if told and told in (" ".join(_words(one.label)), " ".join(_words(one.detail)))
    }


def _numbered(offered: Sequence[Offered], folded: str) -> set[str]:
    """The choice whose number was given, with nothing else but courtesies."""
    told = [word for word in _words(folded) if word not in _CALLS]
    figures = [word for word in told if word.isascii() and word.isdecimal()]
    besides = [word for word in told if word not in words.FILLER and word not in figures]
    if len(figures) == 1 and numbers.RISKY.issuperset(besides):
        number = _number(figures[0])
    elif not figures and (len(told) == 1 or (len(besides) == 1 and besides[0] not in numbers.RISKY)):
        number = _number((besides or told)[0])
    else:
        return set()
    return {offered[number - 1].code} if 0 < number <= len(offered) else set()


def _number(word: str) -> int:
    if word.isascii() and word.isdecimal() and len(word) < 3:
        return int(word)
    value = numbers.WHOLE.get(word)
    return int(value) if value is not None else _ORDINALS.get(word, 0)


def _worded(offered: Sequence[Offered], folded: str) -> set[str]:
    """Choices that hold every word said; where figures were said, without figures that were not."""
    every = _words(folded)
    role = _role(every)
    if role:
        return {one.code for one in offered if one.role == role}
    telling = _telling(offered)
    told = {_meant(word) for word in every if word not in words.FILLER or word in telling}
    held = {one.code: {_in_unit(word) for word in _words(f"{one.label} {one.detail}")} for one in offered}
    figures = {word for word in told if _has_figure(word)}
    common = _common(offered)
    found = {
        one.code
        for one in offered
        if told <= held[one.code]
        and (not figures or {w for w in _words(one.label) if _has_figure(w)} <= figures | common)
    }
    real = {one.code for one in offered if one.code != choosing.NONE}
    return set() if not told or (len(real) > 1 and found == real) else found


def _role(every: Sequence[str]) -> str:
    """ "yes" or "no" where nothing else was said, else ""."""
    told = set(every)
    if told and told <= _NO_ALONE:
        return "no"
    rest = {word for word in told if word not in words.FILLER and word not in numbers.RISKY}
    if told & _NO and rest <= _NO | _YES and told & _YES <= _POLITE:
        return "no"
    return "yes" if told & _YES and not told & _NO and rest <= _YES else ""


def _has_figure(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _in_unit(word: str) -> str:
    """A unit by its code, in whatever language it was said."""
    return words.UNITS.get(word, word)


def _meant(word: str) -> str:
    """A unit by its code, a number word by its figure."""
    if word in numbers.WORDS and word not in words.UNITS:
        return _figures(numbers.WORDS[word])
    return _in_unit(word)


def _figures(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _common(offered: Sequence[Offered]) -> set[str]:
    """Words that the label of every choice with figures holds: they tell none from another."""
    sets = [set(_words(one.label)) for one in offered if _has_figure(one.label)]
    return set.intersection(*sets) if sets else set()


def _what_else(folded: str) -> Literal["nothing", "another"]:
    """A few words without figures and without another wish speak to the question, though they fit nothing."""
    told = _words(folded)
    if _has_figure(folded) or len(told) > SHORT:
        return "another"
    found = intents.cues(folded)
    wishes = found.complaint + found.payment + found.cancel + found.price + found.stock + found.status
    says = (_YES | _NO | _NO_ALONE) - _SEEN
    courtesy = all((word in words.FILLER or word in _SEEN) and word not in says for word in told)
    return "another" if wishes or courtesy else "nothing"
