"""Where a quantity can be in a run of tokens, and in which unit; joins and marks numbers beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from obeya.orders.reading import catalogue, numbers, tokens, words

EACH, RANGE, SUM, DOTTED = "each", "range", "sum", "dotted"
_GLUED = 0.35  # a number glued to a word is rather a size: gr8, elbow25
_GLUE = frozenset("+")
_OR = frozenset(("ya", "or", "یا", "या", "كي", "او", "athava"))


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read the quantity of a run: the tokens it takes, value, unit code and its plausibility."""

    taken: frozenset[int]
    value: Decimal | None
    unit: str | None
    worth: float
    at: int | None = None
    extra: tuple[tuple[Decimal, str], ...] = ()
    form: str = ""
    check: tuple[Decimal, str] | None = None
    unit_text: str = ""
    unit_at: int | None = None
    named: frozenset[int] = frozenset()

    def without_unit(self) -> "Option":
        """The same quantity with its unit word read as part of the name instead: "maxi roll 10"."""
        at = self.unit_at if self.unit_at is not None else -1
        return replace(
            self,
            taken=self.taken - {at},
            unit=None,
            unit_text="",
            unit_at=None,
            worth=self.worth - 0.15,
            named=frozenset((at,)),
        )


class UnitWords:
    """Unit words of one company: its own list before the general lexicon."""

    def __init__(self, own: Callable[[str], str | None]) -> None:
        """`own` answers the company's unit of a folded word, or None."""
        self._own = own

    def code(self, token: tokens.Token) -> str | None:
        """The unit a token names, or None."""
        if token.kind != tokens.WORD or token.role:
            return None
        return self._own(token.text) or words.UNITS.get(token.text) or self._joined(token.text)

    def is_own(self, token: tokens.Token) -> bool:
        """Whether a token is one of the company's own unit words."""
        return self._own(token.text) is not None

    def is_plural(self, token: tokens.Token) -> bool:
        """Whether an English unit word says more than one: "kegs" alone is not one keg."""
        word = token.text
        return word.isascii() and word.endswith("s") and self._joined(word) is not None

    def letter(self, found: Sequence[tokens.Token], at: int) -> str | None:
        """The company's own unit of one letter that ends a clause: "10 C", "2 M" (hundreds, thousands)."""
        if at >= len(found) or len(found[at].text) != 1 or found[at].kind != tokens.WORD:
            return None
        code = self._own(found[at].text)
        ends = at + 1 >= len(found) or found[at + 1].kind in (tokens.BREAK, tokens.MARK)
        return code if ends and code not in words.MEASURES else None

    def _joined(self, word: str) -> str | None:
        return (
            self._own(word[:-1]) or words.UNITS.get(word[:-1])
            if word.endswith("s") and len(word) > 3
            else None
        )

    def dual(self, token: tokens.Token) -> str | None:
        """The unit of an Arabic dual (كرتونين: two cartons), or None."""
        word = token.text
        if token.kind != tokens.WORD or token.role or not word.endswith("ين") or len(word) < 5:
            return None
        return next(
            (u for stem in (word[:-2], word[:-2] + "ه") if (u := self._own(stem) or words.UNITS.get(stem))),
            None,
        )


def join(found: list[tokens.Token]) -> list[tokens.Token]:
    """Join 10-10 (each), 100-150 and 5 ya 6 (range), 50+30 (sum) into one number token."""
    out: list[tokens.Token] = []
    index = 0
    while index < len(found):
        joined = _joined(found, index)
        if joined is None:
            out.append(found[index])
            index += 1
        else:
            token, used = joined
            out.append(token)
            index += used
    return out


def _joined(found: Sequence[tokens.Token], index: int) -> tuple[tokens.Token, int] | None:
    if twice := _said_twice(found, index):
        return twice
    if index + 2 >= len(found) or found[index].kind != tokens.NUM or found[index].role:
        return None
    first, mark, second = found[index : index + 3]
    if second.kind != tokens.NUM or second.role or first.value is None or second.value is None:
        return None
    if mark.kind == tokens.MARK and mark.text == "-":
        return _dashed(found, index, first, second)
    if (
        mark.kind == tokens.WORD
        and mark.text in _OR
        and second.value > first.value
        and first.form == second.form == "int"
    ):
        return _number(first, second, RANGE, second.value), 3
    if mark.text == "+" and mark.kind == tokens.MARK and first.form == second.form == "int":
        after = found[index + 3] if index + 3 < len(found) else None
        if after is not None and after.text in words.FREE:
            return None
        if second.value * 5 > first.value:
            return _number(first, second, SUM, first.value + second.value), 3
    return None


def _said_twice(found: Sequence[tokens.Token], index: int) -> tuple[tokens.Token, int] | None:
    """A number word said twice means so many of each: "lal kala do do bundle"."""
    pair = found[index : index + 2]
    if len(pair) < 2 or any(t.kind != tokens.NUM or t.role or t.form != "word" for t in pair):
        return None
    first, second = pair
    if first.value is None or first.value != second.value or first.text != second.text:
        return None
    return _number(first, second, EACH, first.value), 2


def _dashed(
    found: Sequence[tokens.Token], index: int, first: tokens.Token, second: tokens.Token
) -> tuple[tokens.Token, int] | None:
    used = 3
    same = first.value == second.value
    while (
        same
        and index + used + 1 < len(found)
        and found[index + used].text == "-"
        and found[index + used + 1].value == first.value
    ):
        second = found[index + used + 1]
        used += 2
    if same and first.value is not None:
        return _number(first, second, EACH, first.value), used
    tight = not second.spaced and not found[index + 1].spaced
    if (
        tight
        and first.form == second.form == "int"
        and first.value
        and second.value
        and first.value < second.value <= 3 * first.value
        and first.value >= 2
        and not (index and found[index - 1].text in "/#-")
    ):
        return _number(first, second, RANGE, second.value), 3
    return None


def _number(first: tokens.Token, second: tokens.Token, form: str, value: Decimal) -> tokens.Token:
    token = tokens.Token(tokens.NUM, f"{first.text}..{second.text}", first.start, second.end, value, form)
    token.spaced = first.spaced
    return token


def mark_checks(found: Sequence[tokens.Token], units: UnitWords) -> None:
    """Set aside the second reckoning of a quantity, "3 boxes (300 nos)", and keep it to be compared."""
    _mark_packs(found, units)
    for at in range(len(found) - 4):
        number, unit, opens, other, other_unit = found[at : at + 5]
        if (
            number.kind != tokens.NUM
            or number.role
            or opens.text != "("
            or other.kind != tokens.NUM
            or other.role
        ):
            continue
        code = units.code(other_unit)
        end = at + 5
        if (
            units.code(unit) is None
            or code is None
            or end >= len(found)
            or found[end].text != ")"
            or other.value is None
        ):
            continue
        number.check = (other.value, code)
        for token in found[at + 2 : end + 1]:
            token.role = "check"


def _mark_packs(found: Sequence[tokens.Token], units: UnitWords) -> None:
    """Set aside how a pack is made up, "5 L x 4 - 8 ctn", and keep what it comes to, to be compared."""
    for at in range(len(found) - 5):
        size, _, by, count = found[at : at + 4]
        if size.kind != tokens.NUM or by.text not in ("x", "*") or count.kind != tokens.NUM or count.role:
            continue
        if catalogue.measure_after(found, at)[0] not in ("l", "ml", "kg", "g"):
            continue
        if units.code(found[at + 4]) not in (None, "pcs", *words.MEASURES):
            continue  # "5 L x 4 ctn": four cartons
        rest = _row(found, at + 4)
        numbers_after = [n for n, t in enumerate(rest) if t.kind == tokens.NUM and not t.role]
        if len(numbers_after) != 1 or count.form != "int":
            continue
        quantity = rest[numbers_after[0]]
        code = units.code(rest[numbers_after[0] + 1]) if numbers_after[0] + 1 < len(rest) else None
        if code in (None, "pcs", *words.MEASURES) or quantity.value is None or count.value is None:
            continue
        quantity.check = (quantity.value * count.value, "pcs")
        by.role = count.role = "check"


def _row(found: Sequence[tokens.Token], start: int) -> list[tokens.Token]:
    """The tokens from a place to the end of its line."""
    end = start
    while end < len(found) and found[end].kind != tokens.BREAK:
        end += 1
    return list(found[start:end])


def options(found: Sequence[tokens.Token], units: UnitWords) -> list[Option]:
    """All ways to read the quantity of a run, most plausible first; always ends with "no quantity"."""
    places = [i for i, t in enumerate(found) if t.kind == tokens.NUM and not t.role]
    out = [option for place in places for option in _at(found, place, places, units)]
    if not any(o.worth > -0.35 and o.unit not in words.MEASURES for o in out):
        out.extend(_implied(found, places, units))
    out.append(Option(frozenset(), None, _loose_unit(found, units), -0.9))
    return sorted(out, key=lambda option: -option.worth)


def _content(token: tokens.Token) -> bool:
    return token.kind in (tokens.WORD, tokens.CODE) and not token.role and token.text not in words.FILLER


def _at(found: Sequence[tokens.Token], place: int, places: Sequence[int], units: UnitWords) -> list[Option]:
    token = found[place]
    value = token.value
    if value is None or value <= 0 or (token.form == "fraction" and value >= 1):
        return []
    measure, used = catalogue.measure_after(found, place)
    taken = {place}
    unit: str | None = None
    unit_at: int | None = None
    worth = 0.0
    if units.letter(found, place + 1):
        measure = ""
    if measure:
        if measure in ("mm", "in", "sqmm", "w", "a", "v", "cm") or _is_packed(found, place + 1 + used, units):
            return []
        taken.update(range(place + 1, place + 1 + used))
        unit, worth = measure, -0.25
        if place == places[-1] and place > 0:
            worth = -0.1
    else:
        unit, unit_at, bonus = _unit_near(found, place, units)
        worth += bonus
        if unit_at is not None:
            taken.add(unit_at)
    extra, more = _added(found, max(taken) + 1, units, unit)
    taken.update(more)
    tail = [t for i, t in enumerate(found[place + 1 :], place + 1) if i not in taken]
    worth += _position_worth(found, place, places, tail, unit)
    worth += _form_worth(token, unit, measure)
    if place >= 2 and found[place - 1].text == "of" and found[place - 2].kind == tokens.NUM:
        worth -= 0.6
    if place + 1 < len(found) and found[place + 1].text == "of":
        worth += 0.15
    if _is_dimension(found, place) and tail and unit is None:
        worth -= 0.6
    if (
        place
        and found[place - 1].text in ("=", "x", ":", "-", "@x", "*", ">")
        and found[place - 1].kind != tokens.NUM
    ):
        worth += 0.1
    if place and unit is None and not token.spaced and found[place - 1].kind == tokens.WORD:
        worth -= 0.0 if found[place - 1].text == "x" else _GLUED
    form = token.form if token.form in (EACH, RANGE, SUM, DOTTED) else ""
    worth += 0.2 if extra else 0.0
    said = found[unit_at].text if not measure and unit_at is not None else ""
    return [Option(frozenset(taken), value, unit, worth, place, extra, form, token.check, said, unit_at)]


def _is_packed(found: Sequence[tokens.Token], after: int, units: UnitWords) -> bool:
    """Whether a measure is the size of what comes packed: "4 litre carton", "25 kg bag"."""
    code = units.code(found[after]) if after < len(found) else None
    return code is not None and code != "pcs" and code not in words.MEASURES


def _is_dimension(found: Sequence[tokens.Token], place: int) -> bool:
    """Whether a number is the second half of a size: 20x15, 1/2-13."""
    if place < 2 or found[place - 2].kind != tokens.NUM:
        return False
    mark = found[place - 1]
    return mark.text in ("x", "*") or (mark.text == "-" and not mark.spaced and not found[place].spaced)


def _position_worth(
    found: Sequence[tokens.Token],
    place: int,
    places: Sequence[int],
    tail: Sequence[tokens.Token],
    unit: str | None,
) -> float:
    if not any(_content(t) or t.kind == tokens.NUM for t in tail):
        return 0.0
    if place == places[0] and not any(_content(t) for t in found[:place]):
        return -0.12
    return -0.2 if unit and place == places[-1] else -0.5


def _form_worth(token: tokens.Token, unit: str | None, measure: str) -> float:
    order_unit = unit is not None and not measure
    if token.form in ("fraction", "decimal", "mixed", DOTTED):
        return -0.1 if order_unit or measure in ("kg", "l") else -0.6
    if token.form == "word":
        whole = token.value is not None and token.value == token.value.to_integral_value()
        if not whole:
            return 0.0 if order_unit else -0.7
        if token.text in numbers.RISKY and not unit:
            return -0.3
    if token.value is not None and token.value >= 100_000:
        return -0.6
    return 0.0


def _unit_near(
    found: Sequence[tokens.Token], place: int, units: UnitWords
) -> tuple[str | None, int | None, float]:
    if letter := units.letter(found, place + 1):
        return letter, place + 1, 0.25
    for step in (1, 2):
        if place + step < len(found):
            after = found[place + step]
            code = units.code(after)
            if code and not (
                after.form == "and"
                or (
                    after.text in ("w", "a", "v", "c", "l", "g", "no")
                    and after.spaced
                    and step == 1
                    and len(after.text) == 1
                )
            ):
                return code, place + step, 0.25
            if after.kind != tokens.MARK or after.text not in "(-*.":
                break
    if place >= 1 and (code := units.code(found[place - 1])) and found[place - 1].text not in ("no", "nos"):
        second = place >= 2 and found[place - 2].kind == tokens.NUM
        glued = len(found[place - 1].text) == 2 and not found[place].spaced
        if not second and not glued and code not in words.MEASURES and len(found[place - 1].text) > 1:
            return code, place - 1, 0.15
    return None, None, 0.0


def _added(
    found: Sequence[tokens.Token], start: int, units: UnitWords, unit: str | None
) -> tuple[tuple[tuple[Decimal, str], ...], set[int]]:
    """The second part of "2 peti + 5 nang" or "a carton and a half"."""
    if unit is None or start >= len(found):
        return (), set()
    mark = found[start]
    half = numbers.value(mark.text[1:]) if mark.kind == tokens.WORD and mark.text.startswith("و") else None
    if half is not None and half < 1:
        return ((half, unit),), {start}
    if not (mark.text == "+" or mark.text in words.CONJ) or start + 1 >= len(found):
        return (), set()
    number = found[start + 1]
    if number.kind != tokens.NUM or number.value is None or number.role:
        return (), set()
    if number.value < 1 and number.form == "word":
        return ((number.value, unit),), {start, start + 1}
    if start + 2 < len(found) and (code := units.code(found[start + 2])) and code != unit:
        rest = found[start + 3 :]
        if not any(_content(t) and t.text not in words.FREE for t in rest[:1]):
            return ((number.value, code),), {start, start + 1, start + 2}
    return (), set()


def _implied(found: Sequence[tokens.Token], places: Sequence[int], units: UnitWords) -> list[Option]:
    """A unit word without a number means one; an Arabic dual means two."""
    out = []
    for index, token in enumerate(found):
        if dual := units.dual(token):
            out.append(Option(frozenset((index,)), Decimal(2), dual, 0.2, index))
            continue
        code = None if units.is_plural(token) else units.code(token)
        if (
            code
            and code not in words.MEASURES
            and index
            and index - 1 not in places
            and found[index - 1].text != "("
        ):
            tail = [t for t in found[index + 1 :] if _content(t)]
            value = Decimal(1)
            taken = {index}
            extra, more = _added(found, index + 1, units, code)
            taken.update(more)
            tail = [t for i, t in enumerate(found[index + 1 :], index + 1) if _content(t) and i not in taken]
            if not tail:
                out.append(Option(frozenset(taken), value, code, -0.3, index, extra, "implied"))
        elif (
            code
            and index == 0
            and code not in words.MEASURES
            and len(found) > 1
            and not any(units.code(t) not in (None, *words.MEASURES) for t in found[1:])
        ):
            extra, more = _added(found, 1, units, code)
            out.append(Option(frozenset({0} | more), Decimal(1), code, -0.35, 0, extra, "implied"))
    return out


def _loose_unit(found: Sequence[tokens.Token], units: UnitWords) -> str | None:
    codes = [c for t in found if (c := units.code(t)) and c not in words.MEASURES]
    return codes[-1] if codes else None
