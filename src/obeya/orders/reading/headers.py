"""The head of an order: its number, delivery place and date, also from documents and the thread."""

import re
from collections.abc import Sequence

from obeya.orders.reading import (
    catalogue,
    dates,
    heads,
    letters,
    marks,
    memory,
    tables,
    types,
    words,
    workbench,
)

_FAR_DAYS = 120
_NAMED_PLACE = 0.35


class Headers:
    """Reads the heads of messages of one company."""

    def __init__(self, items: catalogue.Catalogue, learned: memory.Memory, month_first: bool) -> None:
        """Share the indexes."""
        self._items = items
        self._memory = learned
        self._month_first = month_first

    def read(self, work: workbench.Work, part: workbench.Part, message: types.Message) -> None:
        """Fill order number, delivery place and date; doubts where they differ."""
        pages = [a for a in message.attachments if isinstance(a, types.TextPage)]
        sheets = [a for a in message.attachments if isinstance(a, types.Table)]
        texts = [part.folded.text, letters.fold(message.subject or "").text]
        texts += [letters.fold(page.text).text for page in pages]
        texts += [letters.fold(tables.as_text(sheet)).text for sheet in sheets]
        written = tuple(texts)
        if message.attachments:
            texts.append(heads.said(pages, sheets))
        sources = [part.text, message.subject or ""]
        found = marks.po_number(texts, self._items.code)
        if found:
            work.po = _original(texts[found[0]], found[1], message, sources, found[0])
        else:
            named = (self._memory.references.number(text, message.customer) for text in sources)
            work.po = next((number for number in named if number), None)
        customer = self._memory.customers.get(message.customer or "")
        if part.place and not (work.intent == "order_change" and part.place[2] < _NAMED_PLACE):
            work.ship_to = part.place[0]
        elif customer:
            work.ship_to = _documented_place(written, customer)
        self._date(work, part, message, texts, heads.wanted_days(sheets))
        if work.intent == "order_change":
            self._inherit(work, message)

    def _date(
        self,
        work: workbench.Work,
        part: workbench.Part,
        message: types.Message,
        texts: Sequence[str],
        of_lines: Sequence[str],
    ) -> None:
        sent_on = message.sent_at.date()
        found = [
            f
            for f in part.dates
            if not f.past and 0 <= (f.on - sent_on).days <= _FAR_DAYS and not _denied(part.folded.text, f)
        ]
        cued = [f for f in found if tables.is_delivery(part.folded.text, f.start)]
        wishes = [f.on for f in cued or found]
        written = tables.delivery_date(texts[2:], sent_on, self._month_first) if len(texts) > 2 else None
        if written is None and len(texts) > 2:
            wanted = [dates.find(text, sent_on, month_first=self._month_first) for text in of_lines]
            days = [found_[0].on for found_ in wanted if found_ and found_[0].on >= sent_on]
            written = min(days, default=None)
            if len(set(days)) > 1:
                work.doubt("date", "The lines are wanted on different days.")
        if written is not None and not cued:
            wishes = [written]
        if wishes:
            work.requested = wishes[-1]
            if len(set(wishes)) > 1:
                work.doubt("date", "Several dates are named.")
        elif not message.attachments:
            work.requested = dates.morning_only(part.folded.text, sent_on, message.sent_at.hour)
        subject = [
            f.on
            for f in dates.find(texts[1], sent_on, month_first=self._month_first)
            if 0 <= (f.on - sent_on).days <= _FAR_DAYS
        ]
        if subject and work.requested and subject[0] != work.requested and message.channel == "email":
            work.doubt("contradiction", "Subject and text name different dates.")
            work.requested = None
        elif subject and work.requested is None:
            work.requested = subject[0]

    def _inherit(self, work: workbench.Work, message: types.Message) -> None:
        for turn in reversed(message.thread):
            folded = letters.fold(turn.text).text
            customer = self._memory.customers.get(message.customer or "")
            if turn.from_ == "customer" and work.requested is None:
                wishes = [
                    f.on
                    for f in dates.find(folded, turn.sent_at.date(), month_first=self._month_first)
                    if not f.past and f.on >= turn.sent_at.date()
                ]
                work.requested = wishes[-1] if wishes else None
            if work.ship_to is None and customer and (place := marks.place(folded, customer)):
                work.ship_to = place[0]
            po = marks.po_number([folded], self._items.code)
            if work.po is None and po:
                work.po = turn.text[slice(*letters.fold(turn.text).span(po[1].start, po[1].end))]
            elif work.po is None:
                work.po = self._memory.references.number(turn.text, message.customer)


def _documented_place(texts: Sequence[str], customer: types.Customer) -> str | None:
    """The delivery place that a document announces, or else names below its letterhead."""
    announced = [heads.ship_to(text) for text in texts[2:]]
    rest = [texts[1], *map(heads.below_letterhead, texts[2:])]
    found = (marks.place(text, customer) for text in (*announced, *rest) if text)
    return next((place[0] for place in found if place), None)


def _denied(text: str, found: dates.Found) -> bool:
    after = re.match(r"[\s,]*([^\s\d,.]+)", text[found.end : found.end + 16])
    before = re.search(r"([^\s\d,.]+)[\s,]*$", text[max(0, found.start - 12) : found.start])
    denied = words.NEG_NEW_SECOND | frozenset(("naki", "alla", "nahi"))
    first = words.NEG_NEW_FIRST - {"badal"}
    return (after is not None and after[1] in denied) or (before is not None and before[1] in first)


def _original(text: str, mark: marks.Mark, message: types.Message, sources: Sequence[str], index: int) -> str:
    if index < len(sources):
        source = sources[index]
        start, end = letters.fold(source).span(mark.start, mark.end)
        return source[start:end].strip()
    del message
    return text[mark.start : mark.end].upper()
