"""Cuts folded text into tokens: numbers with their form, words, codes, marks, line breaks."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.reading import letters, numbers, words

NUM, WORD, CODE, MARK, BREAK, DIM = "num", "word", "code", "mark", "break", "dim"


@dataclass(slots=True)
class Token:
    """One token. `start`/`end` index the original text; `value` is set for numbers.

    `form`: how a number was written (int, decimal, fraction, word, mixed); `dims` for 20x15 forms.
    """

    kind: str
    text: str
    start: int
    end: int
    value: Decimal | None = None
    form: str = ""
    role: str = ""
    dims: tuple[Decimal, ...] = ()
    spaced: bool = True
    pieces: tuple[str, ...] = ()
    check: tuple[Decimal, str] | None = None


_LETTER = r"[^\W\d_]"
_MARKS = (
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09d7"
    "\u0a81-\u0a83\u0abc-\u0acd\u0d00-\u0d03\u0d3b-\u0d4d"
)
_WORDCHARS = rf"(?:{_LETTER}|[{_MARKS}])"
WORDS = re.compile(rf"{_WORDCHARS}+|\d+")
_NUMBER = r"\d{1,2}[- ]\d+/\d+(?![\d/])|\d+/\d+(?![\d/])|\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+\.\d+|\.\d+|\d+"


def parse_number(text: str) -> tuple[Decimal, str]:
    """The value and form of a number as written: 1-1/4, 1/2, 1,200.5, .5, 12."""
    mixed = re.fullmatch(r"(\d+)[- ](\d+)/(\d+)", text)
    if mixed and int(mixed[3]):
        return Decimal(mixed[1]) + Decimal(mixed[2]) / Decimal(mixed[3]), "mixed"
    part = re.fullmatch(r"(\d+)/(\d+)", text)
    if part and int(part[2]):
        return Decimal(part[1]) / Decimal(part[2]), "fraction"
    plain = text.replace(",", "").replace("/", "")[:18]
    if re.fullmatch(r"\d{1,3}\.000", plain):
        return Decimal(plain), "dotted"
    return Decimal(plain or "0"), "decimal" if "." in plain else "int"


_GRADE = re.compile(r"(gr|grd|grade)(\d{1,2})", re.ASCII)
# A metric thread is a name: M8 is no eight of anything.
_THREAD = re.compile(r"m\d{1,2}(?=$|x\d+(?:\.\d+)?$)", re.ASCII)


def _glued_words(text: str, known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Split a run of letters and digits: elbow25mm -> elbow 25 mm; t7ine stays (Arabizi)."""
    grade = _GRADE.fullmatch(text)
    if grade:
        return [("word", grade[1]), ("num", grade[2])]
    if known(text):
        return [("word", text)]
    thread = _THREAD.match(text)
    if thread:
        rest = text[thread.end() :]
        return [("word", thread.group()), *([("word", "x"), ("num", rest[1:])] if rest else [])]
    parts = re.findall(rf"(?:{_WORDCHARS})+|\d+(?:\.\d+)?(?:/\d+)?", text)
    if len(parts) == 1:
        return [("num" if parts[0][0].isdigit() else "word", parts[0])]
    alpha = [p for p in parts if not p[0].isdigit()]
    digits = [p for p in parts if p[0].isdigit()]
    if all(p in words.UNITS or (len(p) > 2 and known(p)) or p in ("x", "l", "t") for p in alpha):
        return [("num" if p[0].isdigit() else "word", p) for p in parts]
    inner = all(len(d) == 1 and d in "235679" for d in digits)
    if inner and sum(map(len, alpha)) >= 2 and text.isascii():
        return [("word", text)]
    return [("num" if p[0].isdigit() else "word", p) for p in parts]


_RUN = re.compile(rf"(?:{_WORDCHARS}|\d)+(?:[./]\d+(?![\d/.]))?")
_NUMBER_RX = re.compile(_NUMBER)
_CODE = re.compile(r"(?=[a-z0-9/._-]*\d)[a-z0-9]+(?:[-/_.][a-z0-9]+)+", re.ASCII)


_WHOLE = re.compile(r"\d+")
_SIZED = re.compile(r"\s*[x*]\s*\d")
_LARGEST_MIXED = 6


def _number_at(text: str, position: int) -> re.Match[str] | None:
    """The number that starts here; "50 1/2 bolts" and "10 3/8x4" are a quantity and a size, not one."""
    found = _NUMBER_RX.match(text, position)
    if found is None or " " not in found.group():
        return found
    whole = _WHOLE.match(text, position)
    few = 4 if _SIZED.match(text, found.end()) else _LARGEST_MIXED
    return found if whole is not None and int(whole.group()) <= few else whole


class Tokenizer:
    """Tokenises for one company: `known` says what its words are, `codes` its SKUs."""

    def __init__(self, known: Callable[[str], bool], codes: Callable[[str], str | None]) -> None:
        """Keep the two questions a tokenizer must ask."""
        self._known = known
        self._codes = codes

    def tokens(self, folded: letters.Folded) -> list[Token]:
        """All tokens of a folded text, in order; spans point into the original."""
        out: list[Token] = []
        text = folded.text
        position = 0
        while position < len(text):
            if text[position] == "\n":
                out.append(self._make(folded, BREAK, "\n", position, position + 1))
                position += 1
                continue
            if text[position].isspace():
                position += 1
                continue
            position = self._one(folded, position, out)
        return _extra_sizes(out)

    def _make(self, folded: letters.Folded, kind: str, text: str, start: int, end: int) -> Token:
        low, high = folded.span(start, end)
        token = Token(kind, text, low, high)
        token.spaced = start == 0 or folded.text[start - 1].isspace()
        return token

    def _one(self, folded: letters.Folded, position: int, out: list[Token]) -> int:
        text = folded.text
        after = text[position + 1 : position + 2]
        if text[position] in "x*" and after.isdigit() and position and text[position - 1].isdigit():
            out.append(
                self._make(
                    folded, WORD if text[position] == "x" else MARK, text[position], position, position + 1
                )
            )
            return position + 1
        code = _CODE.match(text, position)
        if code and any(c.isalpha() for c in code.group()) and self._is_code(code.group()):
            out.append(self._make(folded, CODE, code.group(), position, code.end()))
            return code.end()
        number = _number_at(text, position)
        if (
            number
            and text[number.end() : number.end() + 1] in ("x", "*")
            and text[number.end() + 1 : number.end() + 2].isdigit()
        ):
            token = self._make(folded, NUM, number.group(), position, number.end())
            token.value, token.form = parse_number(number.group())
            out.append(token)
            return number.end()
        run = _RUN.match(text, position)
        if run and any(c.isalpha() for c in run.group()):
            piece = run.group()
            if self._codes(piece) and (
                any(c.isdigit() for c in piece) or (len(piece) > 4 and not self._known(piece))
            ):
                out.append(self._make(folded, CODE, piece, position, run.end()))
                return run.end()
            if not number or number.end() <= position or text[position].isalpha() or number.end() < run.end():
                return self._glued(folded, position, run.end(), out)
        if number:
            token = self._make(folded, NUM, number.group(), position, number.end())
            token.value, token.form = parse_number(number.group())
            out.append(token)
            return number.end()
        if run:
            return self._glued(folded, position, run.end(), out)
        out.append(self._make(folded, MARK, text[position], position, position + 1))
        return position + 1

    def _is_code(self, text: str) -> bool:
        return self._codes(text) is not None or (
            text[0].isalpha()
            and sum(c.isdigit() for c in text) >= 2
            and text.count("/") + text.count("-") >= 2
        )

    def _glued(self, folded: letters.Folded, start: int, end: int, out: list[Token]) -> int:
        text = folded.text[start:end]
        offset = start
        slash = re.fullmatch(rf"({_WORDCHARS}+)(\d+/\d+|\d+\.\d+)", text)
        pieces = [("word", slash[1]), ("num", slash[2])] if slash else _glued_words(text, self._known)
        for kind, piece in pieces:
            at = folded.text.find(piece, offset, end)
            at = offset if at < 0 else at
            token = self._make(folded, NUM if kind == "num" else WORD, piece, at, at + len(piece))
            token.spaced = at == start and token.spaced
            if kind == "num":
                token.value, token.form = parse_number(piece)
            out.append(token)
            offset = at + len(piece)
        return max(end, offset)


def _extra_sizes(found: list[Token]) -> list[Token]:
    """ "X-Large", "extra large" is one size, no large one."""
    out: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        step = 2 if at + 1 < len(found) and found[at + 1].text == "-" else 1
        after = found[at + step] if at + step < len(found) else None
        if token.kind == WORD and token.text in _EXTRA and after is not None and after.text == "large":
            large = Token(WORD, "xlarge", token.start, after.end)
            large.spaced = token.spaced
            out.append(large)
            at += step + 1
            continue
        out.append(token)
        at += 1
    return out


_EXTRA = frozenset(("x", "extra", "xtra", "xl"))


def join_number_words(tokens: list[Token]) -> list[Token]:
    """Turn runs of number words into one number token (ek sau bees, مية وعشرين); mark `form` "word"."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        found = _word_value(token)
        if found is None:
            out.append(token)
            index += 1
            continue
        run, values, end = [token], [found], index + 1
        while end < len(tokens):
            follower = _word_value(tokens[end])
            if follower is not None and numbers.combine([*values, follower]) is not None and follower >= 1:
                values.append(follower)
            elif (
                numbers.is_and(tokens[end].text)
                and end + 1 < len(tokens)
                and (after := _word_value(tokens[end + 1])) is not None
                and values[-1] >= 20
                and numbers.combine([*values, after]) is not None
            ):
                values.append(after)
                run.append(tokens[end])
                end += 1
            else:
                break
            run.append(tokens[end])
            end += 1
        joined = Token(NUM, " ".join(t.text for t in run), run[0].start, run[-1].end)
        joined.value = numbers.combine(values) if len(values) > 1 else values[0]
        joined.form = "word"
        joined.spaced = run[0].spaced
        joined.pieces = tuple(t.text for t in run)
        out.append(joined)
        index = end
    return out


def drop_articles(found: list[Token]) -> list[Token]:
    """ "ek 30", "oru 30": a spoken "a" right before a number counts nothing."""
    return [
        t
        for t, after in zip(found, (*found[1:], None), strict=False)
        if not (
            t.kind == NUM
            and t.form == "word"
            and t.value == 1
            and after is not None
            and after.kind == NUM
            and after.form == "word"
        )
    ]


def drop_verbs(found: list[Token]) -> list[Token]:
    """ "bhej do": after a verb stem "do" is "please", not two."""
    for before, token in itertools.pairwise(found):
        if (
            token.kind == NUM
            and token.form == "word"
            and token.text in _GIVE
            and before.text in words.WORD_VERBS_BEFORE_DO
        ):
            token.kind, token.value, token.form = WORD, None, ""
            token.text = "karo"
    for one, other in itertools.pairwise(found):
        if one.kind == NUM and one.text == "do" and other.text in _ASKING:
            one.kind, one.value, one.form = WORD, None, ""
        if other.kind == NUM and other.text == "be" and one.text in _MODAL:
            other.kind, other.value, other.form = WORD, None, ""
    for before, token, after in zip(found, found[1:], (*found[2:], None), strict=False):
        measured = before.kind == NUM or (before.kind == WORD and before.text in words.UNITS)
        measured = measured and not (after is not None and after.text in words.UNITS)
        if token.kind == NUM and token.form == "word" and token.text in words.UNITS and measured:
            token.kind, token.value, token.form = WORD, None, ""
    for token, after in zip(found, (*found[1:], None), strict=False):
        counts = after is not None and after.kind == WORD and after.text in words.UNITS
        if token.kind == NUM and token.text in _IS and not counts:
            token.kind, token.value, token.form, token.text = WORD, None, "", "hai"
    return found


_ASKING = frozenset(("you", "we", "they", "u", "ya", "not"))
_MODAL = frozenset(
    ("should", "shall", "will", "would", "must", "can", "could", "may", "might", "to", "it'll")
)
_IS = frozenset(("chhe", "che", "છે"))
_GIVE = frozenset(letters.fold(w).text for w in ["do", "दो", "دو", "દો", "den", "दे"])


def _word_value(token: Token) -> Decimal | None:
    if token.kind != WORD:
        return None
    found = numbers.value(token.text)
    if found is None and token.text.startswith("و") and len(token.text) > 3:
        found = numbers.value(token.text[1:])
    return found
