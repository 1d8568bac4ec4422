"""Letters, digits and sounds: one folded form for many scripts, with a way back to the original text."""

import functools
import re
import unicodedata
from dataclasses import dataclass

import anyascii

_SAME = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ے": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ہ": "ه",
        "ۂ": "ه",
        "ھ": "ه",
        "ۃ": "ه",
        "ک": "ك",
        "گ": "ك",
        "چ": "ج",
        "پ": "ب",
        "ٹ": "ت",
        "ڈ": "د",
        "ڑ": "ر",
        "ں": "ن",
        "ژ": "ز",
        "،": ",",
        "؛": ";",
        "۔": ".",
        "।": ".",
        "؟": "?",
        "٫": ".",
        "٬": ",",
        "٪": "%",
        "“": '"',
        "”": '"',
        "„": '"',
        "″": '"',
        "’": "'",
        "‘": "'",
        "`": "'",
        "′": "'",
        "×": "x",
        "✕": "x",
        "✖": "x",
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "→": ">",
        "•": "*",
        "·": "*",
        "●": "*",
        "▪": "*",
        "⁄": "/",
    }
)
# Marks that change no word: Arabic short vowels, tatweel, nukta, zero-width and direction characters.
_DROP = re.compile(
    "[\u064b-\u065f\u0670\u0640\u093c\u0abc\u09bc\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]"
)
_FRACTIONS = {
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "⅓": "1/3",
    "⅔": "2/3",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and, for each of its characters, the index in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's span of folded characters start..end (end exclusive)."""
        if not self.origin or start >= len(self.origin):
            return (0, 0)
        return self.origin[start], self.origin[max(start, end - 1)] + 1


@functools.lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if _DROP.match(char):
        return ""
    if char in _FRACTIONS:
        return "\x01" + _FRACTIONS[char]
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    char = char.translate(_SAME)
    if ord(char) < 128:
        return char.lower()
    if unicodedata.category(char) == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", char).translate(_SAME)
    if "LATIN" in unicodedata.name(char, ""):
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return plain.lower()


def fold(text: str) -> Folded:
    """Lower case, ASCII digits and quotes, one form of each Arabic letter; keeps the way back."""
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        piece = _fold_char(char)
        if piece.startswith("\x01"):
            piece = piece[1:]
            if out and out[-1].isdigit():
                piece = " " + piece
        out.append(piece)
        origin.extend([index] * len(piece))
    return Folded("".join(out), tuple(origin))


_NASAL = str.maketrans({"ं": "न", "ં": "ન", "ঁ": "ন", "ँ": "न", "ং": "ন"})


def rows(block: str) -> list[str]:
    """The rows of a lexicon text; an indented line continues the row before it."""
    out: list[str] = []
    for line in block.strip().splitlines():
        if line.startswith(" ") and out:
            out[-1] += " " + line.strip()
        else:
            out.append(line)
    return out


_ARABIZI = {"2": "a", "3": "a", "5": "kh", "6": "t", "7": "h", "8": "q", "9": "s", "4": "", "0": "", "1": ""}
# English letter names as they are spelt in other scripts, to read "emsibi" as "mcb".
_LETTER_NAMES = (
    ("dablyu", "w"),
    ("ech", "h"),
    ("eks", "x"),
    ("vai", "y"),
    ("jed", "z"),
    ("kyu", "q"),
    ("aich", "h"),
    ("ar", "r"),
    ("em", "m"),
    ("en", "n"),
    ("el", "l"),
    ("es", "s"),
    ("ef", "f"),
    ("ph", "f"),
    ("ai", "i"),
    ("bi", "b"),
    ("si", "c"),
    ("di", "d"),
    ("ji", "g"),
    ("je", "j"),
    ("ke", "k"),
    ("pi", "p"),
    ("ti", "t"),
    ("yu", "u"),
    ("vi", "v"),
    ("ei", "a"),
    ("e", "a"),
    ("i", "e"),
    ("o", "o"),
)
_SOUNDS = (
    ("tch", "c"),
    ("sch", "s"),
    ("kh", "k"),
    ("gh", "g"),
    ("chh", "c"),
    ("ch", "c"),
    ("sh", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("bh", "b"),
    ("jh", "j"),
    ("ph", "f"),
    ("ck", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("z", "j"),
)
_SOFT_C = re.compile(r"c(?=[eiy])")
_HARD_C = re.compile(r"c(?=[aoulrtks]|$)")


@functools.lru_cache(maxsize=65536)
def roman(word: str) -> str:
    """A folded word in plain Latin letters (Arabizi digits inside words become letters)."""
    text = word if word.isascii() else anyascii.anyascii(word.translate(_NASAL)).lower()
    if word.isascii() and any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
        text = "".join(_ARABIZI.get(c, c) for c in text)
    return "".join(c for c in text if c.isalnum())


@functools.lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The consonant skeleton of a word: haldi, holud and हल्दी are all "hld"."""
    text = roman(word)
    text = (
        _SOFT_C.sub("s", text) if word.isascii() and not text.startswith("ch") and "ch" not in text else text
    )
    for old, new in _SOUNDS:
        text = text.replace(old, new)
    text = _HARD_C.sub("k", text) if "ch" not in roman(word) else text
    head, rest = text[:1], text[1:]
    if head in "aeiouy":
        head = "a"
    rest = re.sub("[aeiouyh]", "", rest)
    return re.sub(r"(.)\1+", r"\1", head + rest)


# Sounds that Arabic script, as it is folded and typed, does not tell apart.
_ROUGH = (
    ("tch", "s"),
    ("tsh", "s"),
    ("ch", "s"),
    ("sh", "s"),
    ("ck", "k"),
    ("ph", "f"),
    ("x", "ks"),
    *zip("jzgqpvdc", "sskkbftk", strict=True),
)


@functools.lru_cache(maxsize=65536)
def rough_sound(word: str) -> str:
    """The consonants of a word as Arabic script keeps them: glass and گلاس are both "kls"."""
    text = _SOFT_C.sub("s", roman(word))
    for old, new in _ROUGH:
        text = text.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouwyh]", "", text))


def is_arabic(word: str) -> bool:
    """Whether a folded word is written in Arabic script."""
    return any("\u0600" <= char <= "\u06ff" for char in word)


@functools.lru_cache(maxsize=16384)
def acronym(word: str) -> str | None:
    """ "mcb" for एमसीबी: a non-Latin word that is nothing but English letter names; else None."""
    if word.isascii():
        return None
    text, letters = roman(word), ""
    while text:
        for name, letter in _LETTER_NAMES:
            if text.startswith(name):
                letters, text = letters + letter, text[len(name) :]
                break
        else:
            return None
    return letters if 2 <= len(letters) <= 6 else None


def trigrams(word: str) -> frozenset[str]:
    """Letter trigrams of a word with its edges marked."""
    padded = f"^{word}$"
    return frozenset(padded[i : i + 3] for i in range(max(1, len(padded) - 2)))
