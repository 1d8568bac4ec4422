"""Which words of a kept text stand for which line of the order that was booked from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.reading import catalogue, tokens, types, words

NAME = "name"
"""The form of a word that stands beside its neighbour as in an item's description: "pan head"."""
_SEPARATORS = frozenset(",;|\n.)(")
_OWN, _FOREIGN = 0.8, 0.5  # how well a term fits an item that it names, and one that it does not
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
    named = {token.text for token in found if token.form == NAME}
    skip = ignore if isinstance(ignore, (set, frozenset)) else frozenset(ignore)
    return tuple(
        term
        for term in catalogue.terms_of(found)
        if term.is_size
        or term.key in named
        or (term.key not in words.FILLER and term.key not in skip and term.key not in _JOINTS)
    )


def align(
    found: Sequence[tokens.Token],
    lines: Sequence[types.PastLine],
    ignore: Iterable[str] = (),
    fit: Callable[[catalogue.Term, str], float] = lambda _, __: 1.0,
) -> list[Aligned]:
    """Pair lines with mentions by their quantities, in order; lines without a clear place are left out.

    `fit` says how well a term fits an item (by its SKU): what names another line's item and not this one's is
    of that other line ("1.5 red black 10-10").
    """
    marks = [i for i, t in enumerate(found) if t.kind == tokens.NUM and t.value is not None]
    places = _match(found, marks, lines)
    places |= _shared(found, places, lines)
    taken = {p: _end_of_quantity(found, p) for p in places.values()}
    mentions = {n: _mention(found, place, taken) for n, place in places.items()}
    out: list[Aligned] = []
    for number, (mention, unit_word) in sorted(mentions.items()):
        line = lines[number]
        others = {other.sku for n, other in enumerate(lines) if n not in mentions} - {line.sku}
        terms = _not_of(content_terms(mention, ignore), line, others, fit)
        for other, (contested, _) in mentions.items():
            both = {id(t) for t in contested} & {id(t) for t in mention}
            if both and lines[other].sku != line.sku:
                alone = set(content_terms([t for t in mention if id(t) not in both], ignore))
                kept = set(_not_of(terms, line, {lines[other].sku}, fit))
                terms = tuple(t for t in terms if t in alone or t in kept)
        if terms and len(terms) <= 8:
            out.append(Aligned(line, terms, unit_word))
    return out


def _not_of(
    terms: Sequence[catalogue.Term],
    line: types.PastLine,
    others: Iterable[str],
    fit: Callable[[catalogue.Term, str], float],
) -> tuple[catalogue.Term, ...]:
    """The terms without those that name another of these items and not this line's."""
    return tuple(
        term
        for term in terms
        if fit(term, line.sku) >= _FOREIGN or not any(fit(term, other) >= _OWN for other in others)
    )


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


def _shared(
    found: Sequence[tokens.Token], places: dict[int, int], lines: Sequence[types.PastLine]
) -> dict[int, int]:
    """The lines that follow a placed one and share its quantity, said once for each: "red black 10-10"."""
    more: dict[int, int] = {}
    for number, place in sorted(places.items()):
        after = found[place + 1 : place + 4]
        if found[place].form != "each" and not any(t.text in words.EACH for t in after):
            continue
        for other in range(number + 1, len(lines)):
            if other in places or lines[other].qty != lines[number].qty:
                break
            more[other] = place
    return more


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
