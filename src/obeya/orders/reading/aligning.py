"""Which words of a kept text stand for which line of the order that was booked from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.reading import catalogue, tokens, types, words

_SEPARATORS = frozenset(",;|\n.)(")
_JOINTS = words.CONJ | {"x", "by", "@"}


@dataclass(frozen=True, slots=True)
class Aligned:
    """A line and the terms that named it; `unit_word` is the unit as written, None where left out."""

    line: types.PastLine
    terms: tuple[catalogue.Term, ...]
    unit_word: str | None


def is_separator(token: tokens.Token) -> bool:
    """Whether a token ends a clause."""
    return token.kind == tokens.BREAK or (token.kind == tokens.MARK and token.text in _SEPARATORS)


def content_terms(found: Sequence[tokens.Token], ignore: Iterable[str] = ()) -> tuple[catalogue.Term, ...]:
    """The terms of a run of tokens that can name an item: no fillers, no names of people and places."""
    skip = ignore if isinstance(ignore, (set, frozenset)) else frozenset(ignore)
    return tuple(
        term
        for term in catalogue.terms_of(found)
        if term.is_size or (term.key not in words.FILLER and term.key not in skip and term.key not in _JOINTS)
    )


def align(
    found: Sequence[tokens.Token], lines: Sequence[types.PastLine], ignore: Iterable[str] = ()
) -> list[Aligned]:
    """Pair lines with mentions by their quantities, in order; lines without a clear place are left out."""
    marks = [i for i, t in enumerate(found) if t.kind == tokens.NUM and t.value is not None]
    places = _match(found, marks, lines)
    taken = {p: _end_of_quantity(found, p) for p in places.values()}
    out: list[Aligned] = []
    for number, line in enumerate(lines):
        if number not in places:
            continue
        place = places[number]
        mention, unit_word = _mention(found, place, taken)
        terms = content_terms(mention, ignore)
        if terms and len(terms) <= 8:
            out.append(Aligned(line, terms, unit_word))
    return out


def _weight(found: Sequence[tokens.Token], place: int) -> float:
    after = found[place + 1] if place + 1 < len(found) else None
    if after is None or is_separator(after):
        return 1.25
    if after.kind == tokens.WORD and after.text in words.UNITS:
        return 1.3 if words.UNITS[after.text] not in words.MEASURES else 1.1
    if after.kind == tokens.MARK and after.text in "\"'/":
        return 0.5
    return 1.0


def _match(
    found: Sequence[tokens.Token], marks: Sequence[int], lines: Sequence[types.PastLine]
) -> dict[int, int]:
    """Best monotone assignment of lines to number tokens of equal value."""
    rows, cols = len(lines), len(marks)
    best = [[0.0] * (cols + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for col in range(cols - 1, -1, -1):
            best[row][col] = max(best[row + 1][col], best[row][col + 1])
            if _same(found[marks[col]].value, lines[row].qty):
                best[row][col] = max(best[row][col], _weight(found, marks[col]) + best[row + 1][col + 1])
    places: dict[int, int] = {}
    row = col = 0
    while row < rows and col < cols:
        if (
            _same(found[marks[col]].value, lines[row].qty)
            and abs(best[row][col] - (_weight(found, marks[col]) + best[row + 1][col + 1])) < 1e-9
        ):
            places[row] = marks[col]
            row, col = row + 1, col + 1
        elif best[row][col] == best[row][col + 1]:
            col += 1
        else:
            row += 1
    return places


def _same(one: Decimal | None, other: Decimal) -> bool:
    return one is not None and one == other


def _end_of_quantity(found: Sequence[tokens.Token], place: int) -> int:
    after = place + 1
    if after < len(found) and found[after].kind == tokens.WORD and found[after].text in words.UNITS:
        return after + 1
    return after


def _mention(
    found: Sequence[tokens.Token], place: int, taken: dict[int, int]
) -> tuple[list[tokens.Token], str | None]:
    end = taken[place]
    unit_word = found[place + 1].text if end > place + 1 else None
    starts = {p for p in taken if p != place}
    ends = {e for p, e in taken.items() if p != place}
    left = place
    while left > 0 and not is_separator(found[left - 1]) and left not in ends:
        left -= 1
    if (
        unit_word is None
        and left < place
        and found[place - 1].text in words.UNITS
        and found[place - 1].kind == tokens.WORD
    ):
        code = words.UNITS[found[place - 1].text]
        if code not in words.MEASURES and (place - 2 < left or found[place - 2].kind != tokens.NUM):
            unit_word = found[place - 1].text
    before = list(found[left : place - 1 if unit_word and end == place + 1 else place])
    right = end
    while right < len(found) and not is_separator(found[right]) and right not in starts:
        right += 1
    shared = right in starts
    behind = list(found[end:right])
    if content_terms(before):
        return (before, unit_word) if shared else (before + behind, unit_word)
    return behind, unit_word
