"""Drafts that order nothing: talk, questions, remarks, headings, what a price is for."""

from collections.abc import Sequence

from obeya.orders.reading import grammar, intents, numbers, tokens, words


def set_aside(found: Sequence[tokens.Token], draft: grammar.Draft) -> None:
    """Mark the tokens of a draft as talk, so that they are no doubt."""
    for token in found[draft.start : draft.end]:
        token.role = token.role or "aside"


def is_alone(found: Sequence[tokens.Token], draft: grammar.Draft) -> bool:
    """Whether a draft is all that stands on its line (as a heading does)."""
    low, high = draft.start, draft.end
    while low > 0 and found[low - 1].kind != tokens.BREAK:
        low -= 1
    while high < len(found) and found[high].kind != tokens.BREAK:
        high += 1
    rest = (*found[low : draft.start], *found[draft.end : high])
    return all(t.kind == tokens.MARK or t.role or t.text in words.FILLER for t in rest)


def is_open(draft: grammar.Draft) -> bool:
    """Whether a mention with a bare unit names a kind rather than one item: a heading."""
    fits = draft.match.fits
    return len(fits) > 2 and fits[2].score > fits[0].score - 0.12


def is_remark(found: Sequence[tokens.Token], draft: grammar.Draft) -> bool:
    """Whether a draft stands in a remark about an earlier delivery ("last lot me 2 ... scratch")."""
    low, high = draft.start, draft.end
    while low > 0 and found[low - 1].kind != tokens.BREAK and found[low - 1].text not in (".", ",", "(", ";"):
        low -= 1
    while (
        high < len(found)
        and found[high].kind != tokens.BREAK
        and found[high].text not in (".", ",", "(", ")", ";")
    ):
        high += 1
    text = " ".join(t.text for t in found[low:high])
    return intents.is_complaint(text) and intents.is_past(text)


def is_priced(found: Sequence[tokens.Token], draft: grammar.Draft) -> bool:
    """Whether a draft only names what a price is for: "sella 5 kg 9.200 per bale"."""
    after = found[draft.end : draft.end + 2]
    priced = any(t.role == "price" for t in after)
    return priced and ("implied" in draft.flags or draft.unit in words.MEASURES) and not draft.unit_text


def asks(found: Sequence[tokens.Token], draft: grammar.Draft) -> bool:
    """Whether a mention stands in a question: "fish masala nai?"."""
    at = draft.end
    while at < len(found) and found[at].kind != tokens.BREAK:
        if found[at].text == "?":
            return True
        at += 1
    return False


def is_chat(found: Sequence[tokens.Token], draft: grammar.Draft) -> bool:
    """Whether a draft is only talk in which a small number word occurs ("note it do")."""
    best = draft.match.best
    if draft.code or best is None or best.cover >= 0.5 or draft.unit is not None:
        return False
    return all(
        found[at].form == "word" and found[at].text in numbers.RISKY for at in draft.qty_at if at < len(found)
    )
