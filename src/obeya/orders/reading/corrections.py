"""Numbers taken back in the same breath: "6 nahi 8", "20 not 30", "80 ki jagah 60", "6 -> 8"."""

from collections.abc import Sequence

from obeya.orders.reading import quantities, tokens, words

_REACH = 3
_EITHER = frozenset(("لا",))  # "2 ... no 3": which of them holds is not said
_DENIALS = frozenset(("لا", "no", "nahi", "nahin", "na", "नहीं", "نہیں", "નહીં", "alla", "illa", "la"))
_BETWEEN = frozenset(("the", "from", "سوها", "خلها", "خليها", "make", "kardo", "karo", "na", "nahi", "لا"))


def apply(found: list[tokens.Token], units: quantities.UnitWords) -> int:
    """Mark the numbers that were taken back (role "gone"); returns how many."""
    count = 0
    for index, token in enumerate(found):
        if token.kind != tokens.NUM or token.role:
            continue
        if _correct(found, index, units):
            count += 1
    return count


def restarts(found: list[tokens.Token], units: quantities.UnitWords) -> int:
    """A clause of nothing but a denial and a number ("لا ٣٠", "no 15", "sorry 15") corrects the last one."""
    count = _denied_alone(found, units)
    for at, token in enumerate(found):
        first = at == 0 or found[at - 1].kind == tokens.BREAK or found[at - 1].text in (".", ",")
        denial = token.text in _DENIALS or token.text in words.CORRECTING
        if not first or at == 0 or token.kind != tokens.WORD or token.role or not denial:
            continue
        after = at + 1
        while after < len(found) and (found[after].text in words.FILLER or found[after].text in _DENIALS):
            after += 1
        if after >= len(found) or found[after].kind != tokens.NUM or found[after].role:
            continue
        end = after + 1
        has_unit = end < len(found) and units.code(found[end]) is not None
        stop = end + has_unit
        if stop < len(found) and found[stop].kind == tokens.WORD and found[stop].text not in words.FILLER:
            continue
        before = next(
            (n for n in range(at - 1, -1, -1) if found[n].kind == tokens.NUM and not found[n].role), None
        )
        if before is None or at - before > 8:
            continue
        found[before].value, found[before].text = found[after].value, found[after].text
        for number in range(at, stop):
            found[number].role = "taken"
        count += 1
    return count


def _denied_alone(found: list[tokens.Token], units: quantities.UnitWords) -> int:
    """A clause of a number and its denial ("12 gol 1 peti, 2 nahi") takes back what stood before."""
    count = 0
    for at, token in enumerate(found):
        starts = at > 0 and (found[at - 1].kind == tokens.BREAK or found[at - 1].text in (".", ","))
        if not starts or token.kind != tokens.NUM or token.role:
            continue
        end = at + 1 + (at + 1 < len(found) and units.code(found[at + 1]) is not None)
        denied = end < len(found) and found[end].text in words.NEG_NEW_SECOND
        alone = end + 1 >= len(found) or found[end + 1].kind in (tokens.BREAK, tokens.MARK)
        if denied and alone and any(t.kind == tokens.NUM and not t.role for t in found[:at]):
            for number in range(at, end + 1):
                found[number].role = "taken"
            count += 1
    return count


def _correct(found: list[tokens.Token], index: int, units: quantities.UnitWords) -> bool:
    at = index + 1
    steps = 0
    named = False
    while at < len(found) and steps <= _REACH and found[at].kind != tokens.BREAK:
        kind, length = _negation(found, at)
        if kind and length:
            if named and not (kind == "first" and _ends_with_number(found, at + length)):
                return False
            return _settle(found, index, at, length, kind, units)
        token = found[at]
        passable = token.kind == tokens.MARK or token.text in words.FILLER or units.code(token)
        if token.kind == tokens.NUM or (token.kind == tokens.MARK and token.text in ",;."):
            return False
        named = named or not passable
        at += 1
        steps += token.kind != tokens.MARK and token.text not in words.FILLER
    return False


def _ends_with_number(found: Sequence[tokens.Token], at: int) -> bool:
    """Whether a clause ends in just this number: "30 rods not 20"."""
    end = at + 1
    return (
        at < len(found)
        and found[at].kind == tokens.NUM
        and (end >= len(found) or found[end].kind in (tokens.BREAK, tokens.MARK))
    )


def _negation(found: Sequence[tokens.Token], at: int) -> tuple[str, int]:
    run = tuple(t.text for t in found[at : at + 3])
    for phrase in words.FIRST_PHRASES:
        if isinstance(phrase, tuple) and run[: len(phrase)] == phrase:
            return "first", len(phrase)
    for phrase in words.SECOND_PHRASES:
        if phrase != ("to",) and run[: len(phrase)] == phrase:
            return "second", len(phrase)
    if run[:2] in (("-", ">"), ("=", ">")):
        return "second", 2
    if run[0] in (">",):
        return "second", 1
    if run[0] in words.NEG_NEW_FIRST and run[0] not in _EITHER:
        return "first", 1
    if run[0] in words.NEG_NEW_SECOND and run[0] not in ("na", "-", "=", "no"):
        return "second", 1
    return "", 0


def _settle(
    found: list[tokens.Token], index: int, at: int, length: int, kind: str, units: quantities.UnitWords
) -> bool:
    after = at + length
    steps = 0
    while after < len(found) and steps <= 2 and found[after].kind != tokens.BREAK:
        token = found[after]
        if token.kind == tokens.NUM and not token.role:
            break
        if token.kind != tokens.MARK and token.text not in words.FILLER and token.text not in _BETWEEN:
            return kind == "second" and _postfix(found, index, at, length)
        after += 1
        steps += 1
    if after >= len(found) or found[after].kind != tokens.NUM:
        return kind == "second" and _postfix(found, index, at, length)
    one, other = found[index], found[after]
    if (
        one.form in ("fraction", "mixed")
        and other.form not in ("fraction", "mixed")
        and other.form != one.form
    ):
        return False
    if kind == "second":
        has_unit = after + 1 < len(found) and units.code(found[after + 1]) is not None
        gone = [index, *range(at, after)]
        if has_unit:
            gone = list(range(index, after))
    else:
        end = after + 1
        if end < len(found) and units.code(found[end]):
            end += 1
        gone = list(range(at, end))
    for number in gone:
        found[number].role = "taken"
    return True


def _postfix(found: list[tokens.Token], index: int, at: int, length: int) -> bool:
    """ "3 dabba karjo 2 nahi": the last number is denied after another in the same clause."""
    before = index - 1
    seen = False
    while before >= 0 and found[before].kind != tokens.BREAK and found[before].text not in (",", ";"):
        if found[before].kind == tokens.NUM and not found[before].role:
            seen = True
            break
        before -= 1
    attribute = found[index + 1 : index + 2] and words.UNITS.get(found[index + 1].text) in words.MEASURES
    if not seen and attribute:
        end_of = at + length >= len(found) or found[at + length].kind in (tokens.BREAK, tokens.MARK)
        if end_of and index and found[index - 1].kind in (tokens.MARK, tokens.BREAK):
            for number in range(index, at + length):
                found[number].role = "taken"
            return True
    follows = at + length < len(found) and found[at + length].kind not in (tokens.BREAK, tokens.MARK)
    if not seen or index - before > 4 or follows:
        return False
    for number in range(index, at + length):
        found[number].role = "taken"
    return True
