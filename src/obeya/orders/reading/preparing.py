"""Tokens made ready: leaders, line numbers, remarks, free goods and pipes between columns."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from obeya.orders.reading import intents, letters, quantities, tokens, words


def without_leaders(found: Sequence[tokens.Token]) -> list[tokens.Token]:
    """Runs of dots and dashes that lead the eye from item to quantity, as one mark."""
    out: list[tokens.Token] = []
    for token in found:
        if (
            out
            and token.kind == tokens.MARK
            and token.text in ".-_=*~"
            and out[-1].kind == tokens.MARK
            and not token.spaced
            and (out[-1].text == token.text or (out[-1].text == "-" and token.text == "."))
        ):
            out[-1] = replace(out[-1], text="-" if token.text == "." else token.text, end=token.end)
            continue
        out.append(token)
    return out


def names_are_no_numbers(found: Sequence[tokens.Token], names: Collection[str]) -> None:
    """A number word that is part of the customer's own names is a name: Deira is no one and a half."""
    for token in found:
        if token.kind == tokens.NUM and token.form == "word" and token.text in names and len(token.text) > 3:
            token.kind, token.value, token.form = tokens.WORD, None, ""


_PHASES = {"r": "red", "y": "yellow", "b": "blue", "g": "green", "k": "black", "n": "black", "w": "white"}


def colour_sets(found: Sequence[tokens.Token], known: Callable[[str], bool]) -> list[tokens.Token]:
    """ "RYB", "RYBK": one letter for each colour, as the trade in wires writes them; a set is one of each."""
    out: list[tokens.Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        run, end = _letters_of(found, at)
        if len(run) < 3 or len(set(run)) < len(run) or not {"r", "y"} <= set(run) or known(token.text):
            out.append(token)
            at += 1
            continue
        out.extend(replace(token, text=_PHASES[letter], spaced=True) for letter in run)
        at = end
    if len(out) != len(found):
        for token in out:
            if token.kind == tokens.WORD and token.text in ("set", "sets"):
                token.text = "each"
    return out


def _letters_of(found: Sequence[tokens.Token], at: int) -> tuple[str, int]:
    """The colour letters from here on, glued or one by one, and where they end."""
    token = found[at]
    if token.kind != tokens.WORD or token.role or not set(token.text) <= set(_PHASES):
        return "", at + 1
    if len(token.text) > 1:
        return token.text, at + 1
    run, end = token.text, at + 1
    while end < len(found) and found[end].text in _PHASES and not found[end].role:
        run, end = run + found[end].text, end + 1
    return run, end


def remarks(found: Sequence[tokens.Token]) -> None:
    """Set aside what stands in brackets when it is a remark: an earlier delivery, a total."""
    for at, token in enumerate(found):
        if token.kind != tokens.MARK or token.text not in "([":
            continue
        end = next((n for n in range(at + 1, min(len(found), at + 16)) if found[n].text in (")", "]")), None)
        if end is None:
            continue
        text = " ".join(t.text for t in found[at + 1 : end])
        if (
            intents.is_past(text)
            or intents.is_complaint(text)
            or re.search(r"in all|total|altogether|voice|kul |صوت", text)
        ):
            for inner in found[at : end + 1]:
                inner.role = "gone"


def free_goods(found: Sequence[tokens.Token]) -> bool:
    """Set aside "+ 2 free" and the small half of a scheme like 10+1; whether there was one."""
    some = False
    for at in range(len(found) - 2):
        first, mark, second = found[at : at + 3]
        if first.kind != tokens.NUM or second.kind != tokens.NUM or mark.text != "+" or first.value is None:
            continue
        free = at + 3 < len(found) and found[at + 3].text in words.FREE
        if free or (second.value is not None and 0 < second.value * 5 <= first.value):
            for token in found[at + 1 : at + 3 + free]:
                token.role = "taken"
            some = True
    return some


def nothing_of(found: Sequence[tokens.Token]) -> None:
    """Set aside lines of a form that order nothing of an item: "dates 1 kg - nil"."""
    low = 0
    for at in range(len(found) + 1):
        if at < len(found) and found[at].kind != tokens.BREAK:
            continue
        row = [t for t in found[low:at] if t.kind != tokens.MARK]
        if len(row) > 1 and row[-1].kind == tokens.NUM and row[-1].value == 0:
            for token in found[low:at]:
                token.role = token.role or "gone"
        low = at + 1


def line_references(found: Sequence[tokens.Token]) -> None:
    """ "3 aur 4 no. wala": where lines are numbered, a number with "no." points at one of them."""
    if not any(t.role == "lineno" for t in found):
        return
    for at, token in enumerate(found):
        rest = [t.text for t in found[at + 1 : at + 4] if t.kind != tokens.MARK]
        if (
            token.kind == tokens.NUM
            and not token.role
            and rest[:1] == ["no"]
            and rest[1:2]
            and rest[1].startswith(("wal", "val"))
        ):
            token.role = "gone"
            for before in found[max(0, at - 2) : at]:
                if before.kind == tokens.NUM or before.text in words.CONJ:
                    before.role = before.role or "gone"


def _starts(found: Sequence[tokens.Token]) -> list[int]:
    return [
        at
        for at, t in enumerate(found)
        if t.kind != tokens.BREAK and (at == 0 or found[at - 1].kind == tokens.BREAK)
    ]


def soften_pipes(found: Sequence[tokens.Token]) -> None:
    """Pipes between columns of rows are no ends of clauses: two rows with as many pipes are a table."""
    rows: dict[int, list[tokens.Token]] = {}
    row = 0
    for token in found:
        if token.kind == tokens.BREAK:
            row += 1
        elif token.kind == tokens.MARK and token.text == "|":
            rows.setdefault(row, []).append(token)
    counts = [len(pipes) for pipes in rows.values()]
    for pipes in rows.values():
        if len(pipes) >= 2 and counts.count(len(pipes)) >= 2:
            for pipe in pipes:
                pipe.text = "-"


def line_numbers(found: Sequence[tokens.Token]) -> None:
    """Numbers that only count the lines: "1." or "3)" at the start of a line, or 1 2 3 down the margin."""
    starts = [at for at in _starts(found) if found[at].kind == tokens.NUM and found[at].form == "int"]
    for one, other, third in zip(starts, starts[1:], starts[2:], strict=False):
        values = [found[at].value or Decimal(0) for at in (one, other, third)]
        if (
            values[1] - values[0] == values[2] - values[1]
            and values[1] - values[0] in (1, 10)
            and values[0] <= 100
        ):
            for at in (one, other, third):
                found[at].role = "lineno"
    for at, token in enumerate(found):
        first = at == 0 or found[at - 1].kind == tokens.BREAK
        if (
            not first
            or token.kind != tokens.NUM
            or token.form != "int"
            or token.value is None
            or token.value > 60
        ):
            continue
        if (
            at + 1 < len(found)
            and found[at + 1].kind == tokens.MARK
            and found[at + 1].text in ".):"
            and not found[at + 1].spaced
        ):
            token.role = "lineno"
            found[at + 1].role = "lineno"


def unit_for_all(found: Sequence[tokens.Token], units: quantities.UnitWords) -> str | None:
    """The unit of "all cartons", "sab peti", "جميعها كراتين"."""
    for at, one in enumerate(found):
        if one.text not in _ALL or one.role:
            continue
        for step in range(1, 4):
            if at + step >= len(found) or found[at + step].kind in (tokens.NUM, tokens.BREAK):
                break
            code = units.code(found[at + step])
            if code and code not in words.MEASURES:
                for token in found[at : at + step + 1]:
                    token.role = "gone"
                return code
    return None


_ALL = frozenset(
    letters.fold(w).text
    for w in [
        "all",
        "sab",
        "sabhi",
        "sare",
        "saare",
        "saari",
        "saara",
        "badhi",
        "badhu",
        "badha",
        "badho",
        "sagla",
        "everything",
        "जميعها",
        "جميعها",
        "جميعهم",
        "كلها",
        "كلهم",
        "الكل",
        "सब",
        "सभी",
        "सारे",
        "બધું",
        "બધી",
        "બધા",
        "الكميات",
        "بالكرتون",
        "سب",
        "تمام",
        "ellam",
        "ellaam",
        "shob",
    ]
)
