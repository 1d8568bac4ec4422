"""What is asked about a price: of commercial, and while a counter-offer waits for the customer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal

from obeya.decisions import rules as decision_rules
from obeya.lib import canonical, clock
from obeya.orders import agreements, countering, models, price_context, rules
from obeya.people import queries as people

Option = decision_rules.Option
MARGIN_S = 15 * 60
"""So much longer than the offer itself its request lasts: the lapsed offer is asked about, not this."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a request, the facts beside its message, and what else its context holds."""

    options: tuple[Option, ...]
    facts: tuple[tuple[str, str], ...]
    context: dict[str, canonical.Json]
    window_s: int | None = None
    ladder: decision_rules.Ladder | None = None


def price(row: models.OrderRow, line: models.LineRow) -> Asked:
    """Which price a line gets: the asked one, the list's, or another that the customer is offered."""
    options = [_at_list(line)] if line.list_price else []
    options += _asked(line)
    context = _context(row, line)
    if line.asked_price and agreements.TERMS in context:
        hint = "The customer gets it in their language and answers with one tap, yes or no."
        options.append(Option("counter", "Make a counter-offer", False, "info", hint))
    tables: list[canonical.Json] = [price_context.margins(row, line)]
    context |= {"tables": tables, "similar": price_context.similar(row, line)}
    facts = (*_words(line), *price_context.facts(row, line))
    return Asked(tuple(options), facts, context)


def counter(row: models.OrderRow, line: models.LineRow) -> Asked:
    """A counter-offer waits for the customer: note their answer, or go another way after all."""
    made = countering.find_open(line.pk)
    assert made is not None
    offer = f"{rules.plain(made.price)} per {made.uom}"
    options = [
        Option(
            "accepted", f"They agreed to {offer}", True, "good", "Where they told you otherwise: say how."
        ),
        Option("declined", "They said no", True, "warn", "Say what they said."),
        *_asked(line),
        *([dataclasses.replace(_at_list(line), tone="plain")] if line.list_price else []),
    ]
    site = people.get_site(row.site_id)
    facts = (
        ("Offered", f"{made.currency} {offer} for {rules.plain(made.quantity)} {made.uom}"),
        ("Sent", countering.moment_words(made.sent_at, site) if made.sent else "not sent: tell the customer"),
        ("Waits until", countering.moment_words(made.due_at, site)),
        *((("Note", made.note),) if made.note else ()),
        *_words(line),
        *price_context.facts(row, line),
    )
    window_s = int((made.due_at - clock.now()).total_seconds()) + MARGIN_S
    ladder = decision_rules.Ladder((decision_rules.Step(0, "commercial"),), repeat_s=24 * 60 * 60)
    return Asked(tuple(options), facts, _context(row, line), max(window_s, MARGIN_S), ladder)


def _words(line: models.LineRow) -> tuple[tuple[str, str], ...]:
    """The customer's words for the line; one that an earlier message ordered has none."""
    return (("Line", line.text),) if line.text.strip() else ()


def _context(row: models.OrderRow, line: models.LineRow) -> dict[str, canonical.Json]:
    context: dict[str, canonical.Json] = {"line": line.position}
    if terms := agreements.terms_of(line, row.currency):
        context[agreements.TERMS] = agreements.stored(terms)
        context["asked_price"] = None if line.asked_price is None else str(line.asked_price)
    return context


def _asked(line: models.LineRow) -> list[Option]:
    """Agreeing to the asked price; a reason is due where it lies below the floor."""
    if not line.asked_price:
        return []
    label = f"Agree to {rules.plain(line.asked_price)} per {line.uom}"
    return [Option("asked", label, is_below(line, line.asked_price), "warn")]


def _at_list(line: models.LineRow) -> Option:
    assert line.list_price is not None
    below = is_below(line, line.list_price)
    label = f"Book at the list price, {rules.plain(line.list_price)} per {line.uom}"
    return Option("list", label, below, "warn" if below else "good")


def is_below(line: models.LineRow, price: Decimal) -> bool:
    """Whether a price lies below the line's floor."""
    return line.floor is not None and price < line.floor
