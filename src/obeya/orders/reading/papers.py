"""What kind of paper a document is: one new purchase order, or something that only looks like one."""

import re
from collections.abc import Iterator, Sequence

from obeya.orders.reading import columns, letters, types

_NUMBER = re.compile(
    r"(?:^|\s)(?:purchase order|l?\.?p\.?o\.?|order)\s?(?:no|number|num|nr|id|#)\.?\s?[:#.-]{0,2}\s?"
    r"([a-z]{0,6}[\w/-]*\d[\w/-]*)"
)
_OTHER = re.compile(
    r"^\W*(?:(?:tax |commercial |proforma |pro[ -]forma )?invoice|request for (?:quot\w*|price\w*|proposal)"
    r"|r\.?f\.?q\.?|quotation|price quot\w*|quote|sales order|(?:sales )?order (?:acknowledg\w*|confirmation)"
    r"|packing (?:list|slip)|delivery (?:note|challan)|(?:credit|debit) (?:note|memo)"
    r"|statement(?: of account)?"
    r"|goods rec\w+(?: note)?|(?:purchase )?requisition|return(?: authori[sz]ation| to vendor)?|draft|void"
    r"|cancell?ed|cancellation|blanket (?:purchase )?order|عرض سعر|طلب عرض سعر|فاتوره)"
    r"\W*(?:(?:no|num|number|date|copy|form)\b[^\n]{0,24})?\W*$"
)
_CHANGED = re.compile(
    r"\b(?:change order|order change|po change|purchase order (?:change|revision|amendment|cancell?ation)"
    r"|p\.?o\.? amendment|amendment (?:no|number|#)|revised (?:purchase )?(?:order|p\.?o\.?)"
    r"|amended (?:purchase )?(?:order|p\.?o\.?)|supersedes|cancell?ation (?:of|order|notice)"
    r"|order (?:is )?cancell?ed)\b"
)
_REVISION = re.compile(
    r"(?:^|\s)(?:po |order )?(?:(?:rev(?:ision)?|amendment|change)\.?\s?(?:no|number|nr|#)?\.?\s?[:#]?\s?"
    r"0{0,3}[1-9]\d?|version\s?(?:no|number|#)?\.?\s?[:#]?\s?0{0,3}(?:[2-9]|1\d))$"
)
_AGAIN = re.compile(
    r"\bconfirm(?:ing|ation of) (?:verbal |phone |telephone |prior )?order\b"
    r"|\bdo not duplicate\b|\bduplicate (?:copy|order)\b|\balready (?:placed|ordered|sent)\b"
)
_TITLES = 24
"""Lines at the top of a document among which its title is."""


def problems(pages: Sequence[types.TextPage]) -> list[str]:
    """Why documents are not each one new order, in words for a person; empty where they are."""
    by_name: dict[str, list[str]] = {}
    for page in pages:
        by_name.setdefault(page.name, []).append(letters.fold(page.text).text)
    return [problem for name, texts in by_name.items() for problem in _problems(name, texts)]


def _problems(name: str, texts: Sequence[str]) -> Iterator[str]:
    numbers = dict.fromkeys(number for text in texts if (number := _number(text)))
    if len(numbers) > 1:
        yield f"{name} holds several orders: {', '.join(number.upper() for number in list(numbers)[:5])}."
    head = _head(texts[0])
    if (title := next((line for line in head[:_TITLES] if _OTHER.match(line)), None)) and not _is_order(head):
        yield f"{name} is headed {' '.join(title.split())[:40]}, not a purchase order."
    if any(_CHANGED.search(line) or _REVISION.search(line) for line in head):
        yield f"{name} says that it changes an earlier order."
    if any(_AGAIN.search(" ".join(text.split())) for text in texts):
        yield f"{name} says that it repeats an order that was given before."


def _number(text: str) -> str | None:
    """The order number that a page names by a label, in the part above its goods."""
    return next((m[1] for line in _head(text) for m in [_NUMBER.search(line)] if m), None)


def _head(text: str) -> list[str]:
    """The lines of a page above its goods, and each column of a form on a line of its own."""
    lines = text.splitlines()
    goods = next((n for n, line in enumerate(lines) if columns.is_header(line)), len(lines))
    said = [part for line in lines[:goods][:60] for part in (line, *re.split(r"\s{4,}", line.strip()))]
    return list(dict.fromkeys(" ".join(part.split()) for part in said if part))


def _is_order(head: Sequence[str]) -> bool:
    return any(
        re.match(r"^\W*(?:local )?purchase order\b|^\W*l\.?p\.?o\.?\b|^\W*امر شراء", line) for line in head
    )
