"""Which doubts a customer can settle with one tap, and between what: pure.

Never a price, a credit, an unknown customer, a complaint, or anything that was spoken or written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from obeya.orders.reading import letters

MOST_QUESTIONS = 2
"""So many questions of one order go to its customer."""
MOST_OFFERED = 5
FITS = 0.1
"""The words fit a candidate that scores at least this, and at least a quarter of the best one's."""
TOGETHER = 0.7
"""Candidates are offered where they score this together: else the right one may not be among them."""
ALONE = 0.5
"""A candidate is offered by itself from this score on."""
REPLY_WINDOW = timedelta(hours=24)
"""How long after a customer's last message WhatsApp takes anything but an approved template."""
NONE = "none"
"""The code of "none of these": a person looks."""
ORDER_ONLY = frozenset({"repeat"})
"""Doubts about a whole message that its customer can settle."""
_PAIR = re.compile(
    r"(?<![\w./-])(\d+(?:\.\d+)?) ?(?:-|/|to|or|ya|se|او|या|से|કે|يا) ?(\d+(?:\.\d+)?)(?![\w./]|-\d)"
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it can be offered; `units` maps units to base units."""

    sku: str
    name: str
    active: bool
    units: Mapping[str, Decimal]
    base_uom: str


@dataclass(frozen=True, slots=True)
class Open:
    """An open doubt with what is known of it. `offered` are items with scores (0 to 1), the best first."""

    kind: str
    reason: str
    words: str
    """The customer's words for the line; of the whole message where the doubt is of the order."""
    item: Item | None = None
    substitute: Item | None = None
    offered: tuple[tuple[Item, float], ...] = ()
    quantity: Decimal | None = None
    uom: str = ""
    doubts: tuple[str, ...] = ()
    """What the reader doubts of the line, as its codes."""
    usual: tuple[tuple[Decimal, str], ...] = ()
    """How much of the item the customer takes, the most frequent first."""
    same_basket: bool = False
    """The order before holds just the same."""
    earlier_at: str = ""
    """When the order before came, in the plant's clock."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to tap. `code` says what it sets; `name` is a key of the words where it is no thing's name.

    `role` is "yes" or "no" where the question can be answered so.
    """

    code: str
    label: str = ""
    name: str = ""
    detail: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask. `kind` names the sentence, `about` the item, `other` its substitute, `at` a moment."""

    kind: str
    quoted: str
    choices: tuple[Choice, ...]
    about: str = ""
    other: str = ""
    at: str = ""


def question_of(doubt: Open) -> Question | None:
    """The question that settles a doubt, None where a person must."""
    if doubt.kind == "item":
        return _substitute(doubt) if doubt.item and not doubt.item.active else _item(doubt)
    if doubt.kind == "unit":
        return _unit(doubt)
    if doubt.kind == "quantity":
        return _quantity(doubt)
    if doubt.kind == "other" and doubt.earlier_at:
        return _repeat(doubt)
    return None


def _item(doubt: Open) -> Question | None:
    usable = [(item, score) for item, score in doubt.offered if item.active]
    best = max((score for _, score in usable), default=0.0)
    fitting = [(item, score) for item, score in usable if score >= max(FITS, best / 4)]
    if not doubt.words.strip() or not 1 <= len(fitting) <= MOST_OFFERED:
        return None
    if sum(score for _, score in fitting) < (ALONE if len(fitting) == 1 else TOGETHER):
        return None
    names = [item.name for item, _ in fitting]
    one = len(fitting) == 1
    choices = [_item_choice(item, names, role="yes" if one else "") for item, _ in fitting]
    choices.append(Choice(NONE, name="none", role="no" if one else ""))
    about = fitting[0][0].name if one else ""
    return Question("item_one" if one else "item", doubt.words, tuple(choices), about=about)


def _item_choice(item: Item, names: Sequence[str], *, role: str = "") -> Choice:
    """The item by its name, with its code where another one has the same name."""
    alike = names.count(item.name) > 1
    return Choice(f"item:{item.sku}", f"{item.sku} {item.name}" if alike else item.name, "", item.sku, role)


def _substitute(doubt: Open) -> Question | None:
    if doubt.item is None or doubt.substitute is None or not doubt.substitute.active:
        return None
    choices = (
        Choice(f"item:{doubt.substitute.sku}", name="yes", detail=doubt.substitute.sku, role="yes"),
        Choice("drop", name="drop", role="no"),
        Choice(NONE, name="talk"),
    )
    about, other = doubt.item.name, doubt.substitute.name
    return Question("substitute", doubt.words, choices, about=about, other=other)


def _unit(doubt: Open) -> Question | None:
    item = doubt.item
    if item is None or not doubt.quantity or not 1 <= len(item.units) <= MOST_OFFERED:
        return None
    choices = [
        Choice(f"uom:{uom}", f"{_plain(doubt.quantity)} {uom}", detail=_pack(item, uom)) for uom in item.units
    ]
    return _of_quantity("unit", doubt, item, choices)


def _quantity(doubt: Open) -> Question | None:
    item = doubt.item
    if item is None:
        return None
    if doubt.quantity is None:
        told = list(doubt.usual[:3])
    elif "ambiguous_quantity" in doubt.doubts:
        told = [(amount, doubt.uom) for amount in _both(doubt)] or [(doubt.quantity, doubt.uom)]
    else:
        others = [uom for uom in item.units if uom != doubt.uom]
        told = [(doubt.quantity, uom) for uom in (doubt.uom, *others[:2])]
    choices = [
        Choice(f"set:{_plain(amount)}:{uom}", f"{_plain(amount)} {uom}", detail=_pack(item, uom))
        for amount, uom in dict.fromkeys(told)
        if uom in item.units and amount > 0
    ]
    return _of_quantity("quantity", doubt, item, choices) if choices else None


def _both(doubt: Open) -> list[Decimal]:
    """The two amounts of "20-30" or "2 or 3" in the customer's words."""
    found = _PAIR.findall(letters.fold(doubt.words).text)
    return [Decimal(amount) for amount in found[0]] if len(found) == 1 else []


def _of_quantity(kind: str, doubt: Open, item: Item, choices: Sequence[Choice]) -> Question:
    return Question(kind, doubt.words, (*choices, Choice(NONE, name="other")), about=item.name)


def _repeat(doubt: Open) -> Question:
    new = Choice("as_read", name="new")
    if doubt.same_basket:
        return Question("repeat_same", doubt.words, (new, Choice("refuse", name="same")), at=doubt.earlier_at)
    return Question("repeat_part", doubt.words, (new, Choice(NONE, name="part")), at=doubt.earlier_at)


def _pack(item: Item, uom: str) -> str:
    """What a unit holds ("1 ctn = 5000 pcs"); "" for the base unit."""
    return "" if uom == item.base_uom else f"1 {uom} = {_plain(item.units[uom])} {item.base_uom}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def set_by(code: str) -> tuple[str, dict[str, str]]:
    """The option of the doubt that a choice's code takes, and the values that go with it."""
    kind, _, rest = code.partition(":")
    if kind != "set":
        return code, {}
    amount, _, uom = rest.partition(":")
    return "set", {"quantity": amount, "uom": uom}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands when it is asked whether its customer can be."""

    channel: str
    known_active: bool
    wrote_at: datetime
    """When the sender wrote last in this channel."""
    intent: str
    about_all: Collection[str]
    """The codes of what the reader doubts about the message as a whole."""
    spoken: bool
    untouched: bool
    """No person has worked on it."""
    asked: int
    """So many questions went out for it."""
    open_question: bool
    unsettled: bool
    """A question of it came to nothing: a person looks."""
    channel_problem: str = ""


def why_not(standing: Standing, now: datetime) -> str:
    """Why the customer cannot be asked at all, in words for the desk; "" where they can."""
    if standing.channel not in ("whatsapp", "email"):
        return "This channel cannot be answered from here."
    if not standing.known_active:
        return "The customer is not known, or not active."
    if standing.spoken:
        return "What was spoken or written by hand is for a person to judge."
    if standing.intent != "order":
        return "The message is no plain order."
    if standing.channel == "whatsapp" and now - standing.wrote_at >= REPLY_WINDOW:
        return "The customer wrote more than 24 hours ago: WhatsApp takes no question with answers any more."
    if standing.open_question:
        return "A question is with the customer already."
    if standing.asked >= MOST_QUESTIONS:
        return "The customer was asked twice about this order already."
    return ""


def may_by_itself(standing: Standing, wanted: int, now: datetime) -> bool:
    """Whether to ask unbidden, with `wanted` questions left: only where they would settle all there is."""
    return (
        not why_not(standing, now)
        and not standing.channel_problem
        and standing.untouched
        and not standing.unsettled
        and set(standing.about_all) <= ORDER_ONLY
        and 0 < wanted <= MOST_QUESTIONS - standing.asked
    )
