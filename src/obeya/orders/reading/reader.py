"""The front door: `Reader(company, library).read(message)`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from obeya.orders.reading import (
    catalogue,
    changes,
    corrections,
    dates,
    deciding,
    goods,
    grammar,
    intents,
    letters,
    mail,
    marks,
    matching,
    memory,
    quantities,
    tables,
    tokens,
    types,
    units,
    words,
)  # fmt: skip
from obeya.orders.reading import lines as order_lines
from obeya.orders.reading.library import Library

_MAX_TEXT = 20_000
_THREAD_DAYS = 4.6
_FAR_DAYS = 120
_NAMED_PLACE = 0.35
THRESHOLD = 0.9


@dataclass(slots=True)
class _Part:
    """One text taken apart: its tokens with roles, its cut and its settled lines."""

    text: str
    folded: letters.Folded
    found: list[tokens.Token]
    cut: grammar.Cut
    settled: list[order_lines.Line]
    marks: list[marks.Mark]
    dates: list[dates.Found]
    place: tuple[str, list[marks.Mark], float] | None
    cues: intents.Cues
    corrected: int = 0
    table_doubts: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Work:
    """A reading in the making."""

    intent: str = "greeting_or_other"
    intent_confidence: float = 0.5
    lines: list[order_lines.Line] = field(default_factory=list)
    doubts: list[tuple[str, int | None, str]] = field(default_factory=list)
    requested: date | None = None
    po: str | None = None
    ship_to: str | None = None
    kind: str = "plain"
    unread: int = 0

    def doubt(self, code: str, text: str) -> None:
        """Note a doubt about the whole message."""
        self.doubts.append((code, None, text))

    def lines_use(self, draft: grammar.Draft) -> bool:
        """Whether a draft became a line or did its work as a change of one."""
        return self.kind in ("change", "repeat") or any(line.draft is draft for line in self.lines)


class Reader:
    """Reads messages of one company; build once, read many (holds no message state)."""

    def __init__(self, company: types.Company, library: Library) -> None:
        """Index the catalogue and what has been learned."""
        self.company = company
        self.library = library
        self._items = catalogue.Catalogue(company.items)
        self._learn(library)

    def with_library(self, library: Library) -> "Reader":
        """A reader of the same catalogue that knows a newer library."""
        other = object.__new__(Reader)
        other.company = self.company
        other._items = self._items
        other._learn(library)
        return other

    def _learn(self, library: Library) -> None:
        self.library = library
        self._memory = memory.Memory(self.company, self._items, library)
        self._matcher = matching.Matcher(self._items, self._memory)
        self._units = units.Units(self.company, self._items, self._memory)
        self._unit_words = quantities.UnitWords(self._units.own)
        self._grammar = grammar.Grammar(self._matcher, self._unit_words, self._items)
        self._settler = order_lines.Settler(self._items, self._memory, self._matcher, self._units)
        self._changer = changes.Changer(self._items, self._matcher, self._units)
        self._tables = tables.Tables(self._items, self._matcher, self._units, self._memory, self._unit_words)
        self._own_names = frozenset(re.findall(r"[^\W\d_]+", letters.fold(self.company.name).text))
        self._month_first = self.company.country.upper() in ("US", "USA")

    def confirmed(
        self,
        message: types.Message,
        lines: Sequence[types.PastLine],
        order_no: str,
        *,
        is_change: bool = False,
    ) -> Library:
        """The library after these lines were confirmed for a message: its own cut says what each word meant.

        A mention is learned where exactly one confirmed line has its quantity and could be meant; the rest
        of the order still teaches habits.
        """
        aliases: list[types.Alias] = []
        if not is_change and not message.attachments and message.customer:
            part = self._part(message.text, message, message.sent_at.date(), message.channel)
            for draft in order_lines.share_quantities(part.cut.drafts):
                alias = self._taught(draft, lines, message.customer)
                if alias is not None:
                    aliases.append(alias)
        return self.library.with_confirmed(
            customer=message.customer, message=message, lines=lines, order_no=order_no, aliases=aliases
        )

    def _taught(
        self, draft: grammar.Draft, lines: Sequence[types.PastLine], customer: str
    ) -> types.Alias | None:
        if draft.value is None or draft.code or not grammar.has_head(draft.own_terms):
            return None
        near = {self._items.items[f.number].sku for f in draft.match.fits if f.cover >= 0.5}
        same = [line for line in lines if line.qty == draft.value]
        fitting = [line for line in same if line.sku in near] or (same if len(same) == 1 else [])
        if len({line.sku for line in fitting}) != 1:
            return None
        uom = fitting[0].uom if draft.unit is None else None
        key = " ".join(f"{t.key.lstrip('#')}{t.unit}" for t in draft.own_terms)
        return types.Alias(customer, key, fitting[0].sku, uom, ok=1, source="confirmed")

    # -- taking a text apart ---------------------------------------------------------------------------

    def _part(
        self,
        text: str,
        message: types.Message,
        sent_on: date,
        channel: str,
        standing: frozenset[int] = frozenset(),
    ) -> _Part:
        customer = self._memory.customers.get(message.customer or "")
        masked, _ = mail.own_text(text[:_MAX_TEXT], channel, _contact(customer))
        typed = self._tables.body(masked, message.customer)
        if typed:
            masked = masked[: typed[1]] + _blank(masked[typed[1] : typed[2]]) + masked[typed[2] :]
        folded = letters.fold(masked)
        place = marks.place(folded.text, customer) if customer else None
        found_dates = dates.find(folded.text, sent_on, month_first=self._month_first)
        po = marks.po_number([folded.text], self._items.code)
        all_marks = [*marks.noise(folded.text), *marks.prices(folded.text)]
        if po:
            code = folded.text[po[1].start : po[1].end]
            all_marks += [
                marks.Mark(m.start(), m.end(), "po", "purchase order")
                for m in re.finditer(rf"(?<![\w/-]){re.escape(code)}(?![\w/-])", folded.text)
            ]
        found = self._memory.prepared(self._memory.tokenizer.tokens(folded))
        self._assign(found, folded, all_marks, found_dates, place)
        found = quantities.join(_without_leaders(found))
        _line_numbers(found)
        _soften_pipes(found)
        _line_references(found)
        _remarks(found)
        free = _free_goods(found)
        quantities.mark_checks(found, self._unit_words)
        corrected = corrections.apply(found, self._unit_words) + corrections.restarts(found, self._unit_words)
        changes.mark_operations(found, self._memory_word)
        ignore = self._memory.known_names.get(message.customer or "", self._memory.articles)
        ignore = ignore | {t.text for t in found if t.kind == tokens.WORD and self._memory.is_seller(t.text)}
        default_unit = self._unit_for_all(found)
        cut = self._grammar.cut(found, message.customer, ignore, (), standing)
        settled = self._settler.settle(found, cut, message.customer, default_unit)
        if typed:
            settled = [*typed[0].lines, *(line for line in settled if _is_strong(line))]
        return _Part(masked, folded, found, cut, settled, all_marks, found_dates, place,
                     intents.cues(folded.text), corrected,
                     (*(typed[0].doubts if typed else ()), *((("free_goods", "Free goods are named."),) if free else ())))  # fmt: skip

    def _memory_word(self, word: str) -> bool:
        return word in self._items.idf

    def _assign(
        self, found: Sequence[tokens.Token], folded: letters.Folded, all_marks: Sequence[marks.Mark],
        found_dates: Sequence[dates.Found], place: tuple[str, list[marks.Mark], float] | None,
    ) -> None:  # fmt: skip
        priced = [folded.span(m.start, m.end) for m in all_marks if m.role == "price"]
        pieces = [folded.span(m.start, m.end) for m in all_marks]
        pieces += [folded.span(f.start, f.end) for f in found_dates]
        if place:
            pieces += [folded.span(m.start, m.end) for m in place[1]]
        for token in found:
            if any(start <= token.start < end for start, end in pieces):
                token.role = "price" if any(start <= token.start < end for start, end in priced) else "gone"

    def _unit_for_all(self, found: Sequence[tokens.Token]) -> str | None:
        """The unit of "all cartons", "sab peti", "جميعها كراتين"."""
        for at, one in enumerate(found):
            if one.text not in _ALL or one.role:
                continue
            for step in range(1, 4):
                if at + step >= len(found) or found[at + step].kind in (tokens.NUM, tokens.BREAK):
                    break
                code = self._unit_words.code(found[at + step])
                if code and code not in words.MEASURES:
                    for token in found[at : at + step + 1]:
                        token.role = "gone"
                    return code
        return None

    # -- reading ----------------------------------------------------------------------------------------

    def read(self, message: types.Message) -> types.Reading:
        """Read one message; never raises on odd text, doubts are in the reading."""
        sent_on = message.sent_at.date()
        work = _Work()
        base = self._standing(message)
        standing = frozenset(line.number for line in base if line.number is not None)
        part = self._part(message.text, message, sent_on, message.channel, standing)
        strong = [line for line in part.settled if _is_strong(line)]
        with_quantity = [line for line in part.settled if line.qty is not None]
        removes = sum(1 for line in part.settled if "remove" in line.flags)
        if not strong and message.subject:
            part.cues = intents.cues(f"{part.folded.text}\n{letters.fold(message.subject).text}")
        work.intent, work.intent_confidence = intents.decide(
            part.cues, lines=len(with_quantity), strong=len(strong), has_thread=bool(base),
            attached=bool(message.attachments), removes=removes, touched=self._touched(part, base),
        )  # fmt: skip
        self._lines(work, part, message, base)
        self._header(work, part, message)
        self._unread(work, part, message)
        return self._reading(work, part, message)

    def _touched(self, part: _Part, base: Sequence[order_lines.Line]) -> int:
        standing = {line.number for line in base}
        return sum(
            1 for draft in part.cut.drafts
            if any(f.number in standing and f.cover >= 0.7 for f in draft.match.fits[:3])
        )  # fmt: skip

    def _standing(self, message: types.Message) -> list[order_lines.Line]:
        """The lines that stand in the thread, amended turn by turn; empty where no order was placed."""
        base: list[order_lines.Line] = []
        for turn in message.thread:
            recent = (message.sent_at - turn.sent_at).total_seconds() < _THREAD_DAYS * 86_400
            if not recent:
                continue
            part = self._part(turn.text, message, turn.sent_at.date(), message.channel)
            strong = [line for line in part.settled if _is_strong(line)]
            if turn.from_ == "customer" and base and strong:
                base = list(
                    self._changer.apply(base, part.found, part.cut, part.settled, message.customer).lines
                )
            elif (turn.from_ == "customer" and strong) or (not base and len(strong) >= 2):
                base = list(part.settled)
        for line in base:
            line.source = "thread"
        return base

    def _lines(
        self, work: _Work, part: _Part, message: types.Message, base: Sequence[order_lines.Line]
    ) -> None:
        if work.intent not in types.ORDER_INTENTS:
            return
        read = self._tables.read(message, part.text) if message.attachments else None
        if read is not None and not read.lines and read.loose:
            self._loose(work, read.loose, message)
            return
        if read is not None and (read.lines or read.doubts):
            work.kind = "table"
            work.lines = list(read.lines)
            work.doubts.extend((code, None, text) for code, text in read.doubts)
            if any(_is_strong(line) and not line.doubts for line in part.settled):
                work.doubt("table", "The text beside the attachment names quantities too.")
            return
        if work.intent == "order_change" and base:
            outcome = self._changer.apply(base, part.found, part.cut, part.settled, message.customer)
            work.kind = "change"
        elif part.cues.repeat and message.customer and self._is_repeat(part):
            self._repeat(work, part, message)
            return
        else:
            work.lines = list(part.settled)
            self._plain_gates(work, part)
            return
        work.lines = list(outcome.lines)
        work.doubts.extend((code, None, text) for code, text in outcome.doubts)
        if _PARTIAL.search(part.folded.text):
            work.doubt("open_change", "Part of a line becomes another; a person decides.")

    def _loose(self, work: _Work, pages: Sequence[types.TextPage], message: types.Message) -> None:
        """A document without a table: its text is read as a message is, and a person looks at it."""
        work.kind = "table"
        work.doubt("table", "A page has no table; it was read as running text.")
        for page in pages:
            part = self._part(page.text, message, message.sent_at.date(), "document")
            work.lines.extend(line for line in part.settled if line.qty is not None)
        for line in work.lines:
            line.source = "table"

    def _is_repeat(self, part: _Part) -> bool:
        """Whether "same as last time" is the order itself, not a remark beside a list."""
        listed = [line for line in part.settled if _is_strong(line)]
        operations = sum(t.role in ("op", "taken") for t in part.found)
        return len(listed) <= 2 or len(listed) <= operations

    def _repeat(self, work: _Work, part: _Part, message: types.Message) -> None:
        work.kind = "repeat"
        named = [f.on for f in part.dates if f.past]
        named += [date.fromordinal(d.toordinal() - 7) for d in named if d > message.sent_at.date()]
        order = changes.past_order(
            self._memory.orders.get(message.customer or "", []), message.sent_at, named
        )
        if order is None:
            work.doubt("open_change", "The order to repeat was not found.")
            return
        base = self._changer.copied(order.lines, "repeat")
        outcome = self._changer.apply(base, part.found, part.cut, part.settled, message.customer)
        work.lines = list(outcome.lines)
        plain = outcome.applied == 0 and not any(t.role == "op" for t in part.found)
        work.doubts.extend((c, None, t) for c, t in outcome.doubts if not (plain and c == "open_change"))

    def _plain_gates(self, work: _Work, part: _Part) -> None:
        work.doubts.extend((code, None, text) for code, text in part.table_doubts)
        if not work.lines:
            work.doubt("no_lines", "No order line was understood.")
        for line in work.lines:
            draft = line.draft
            if draft is None:
                continue
            behind = part.found[draft.end : draft.end + 1]
            if any(
                t.role == "op" and t.text in words.REMOVE
                for t in (*part.found[draft.start : draft.end], *behind)
            ):
                line.doubt("open_change", "Something is taken back here.")
            if "free" in draft.flags:
                line.doubt("free_goods", "Free goods are mentioned.")

    def _header(self, work: _Work, part: _Part, message: types.Message) -> None:
        texts = [part.folded.text, letters.fold(message.subject or "").text]
        texts += [letters.fold(a.text).text for a in message.attachments if isinstance(a, types.TextPage)]
        texts += [
            letters.fold(tables.as_text(a)).text for a in message.attachments if isinstance(a, types.Table)
        ]
        sources = [part.text, message.subject or ""]
        found = marks.po_number(texts, self._items.code)
        if found:
            work.po = _original(texts[found[0]], found[1], message, sources, found[0])
        customer = self._memory.customers.get(message.customer or "")
        if part.place and not (work.intent == "order_change" and part.place[2] < _NAMED_PLACE):
            work.ship_to = part.place[0]
        elif customer:
            for text in texts[1:]:
                place = marks.place(text, customer)
                if place:
                    work.ship_to = place[0]
                    break
        self._date(work, part, message, texts)
        if work.intent == "order_change":
            self._inherit(work, message)

    def _date(self, work: _Work, part: _Part, message: types.Message, texts: Sequence[str]) -> None:
        sent_on = message.sent_at.date()
        found = [
            f for f in part.dates
            if not f.past and 0 <= (f.on - sent_on).days <= _FAR_DAYS and not _denied(part.folded.text, f)
        ]  # fmt: skip
        cued = [f for f in found if tables.is_delivery(part.folded.text, f.start)]
        wishes = [f.on for f in cued or found]
        written = tables.delivery_date(texts[2:], sent_on, self._month_first) if len(texts) > 2 else None
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

    def _inherit(self, work: _Work, message: types.Message) -> None:
        for turn in reversed(message.thread):
            folded = letters.fold(turn.text).text
            customer = self._memory.customers.get(message.customer or "")
            if turn.from_ == "customer" and work.requested is None:
                wishes = [
                    f.on for f in dates.find(folded, turn.sent_at.date(), month_first=self._month_first)
                    if not f.past and f.on >= turn.sent_at.date()
                ]  # fmt: skip
                work.requested = wishes[-1] if wishes else None
            if work.ship_to is None and customer and (place := marks.place(folded, customer)):
                work.ship_to = place[0]
            po = marks.po_number([folded], self._items.code)
            if work.po is None and po:
                work.po = turn.text[slice(*letters.fold(turn.text).span(po[1].start, po[1].end))]

    def _unread(self, work: _Work, part: _Part, message: types.Message) -> None:
        """Numbers and words nothing was made of: numbers always a doubt, words where they could name goods."""
        if work.intent not in types.ORDER_INTENTS:
            return
        sender = self._memory.customers.get(message.customer or "")
        names = memory.names_of(sender) if sender else frozenset()
        dropped = {id(line.draft) for line in part.settled}
        left = [at for d in part.cut.drafts if not d.siblings and id(d) not in dropped and not work.lines_use(d)
                for at in range(d.start, d.end)]  # fmt: skip
        for at in (*part.cut.skipped, *left):
            token = part.found[at]
            if token.role or token.kind in (tokens.MARK, tokens.BREAK) or self._explained(work, part, at):
                continue
            if work.kind == "table" and token.kind != tokens.NUM:
                continue
            if token.kind == tokens.NUM and not (
                token.form == "word" and token.text in quantities.numbers.RISKY
            ):
                work.doubt("unread_number", f"The number {token.text} was not understood.")
            elif self._stray_unit(part, token, at):
                work.doubt("unread_number", f"The unit {token.text} stands without a quantity.")
            elif token.text in self._own_names or token.text in names:
                work.unread += 1
            elif (
                token.kind == tokens.WORD
                and token.text not in words.UNITS
                and self._names_goods(token.text, part, at, message)
            ):
                work.doubt("unread_item", f"{token.text} could name an item.")
            else:
                work.unread += 1

    def _stray_unit(self, part: _Part, token: tokens.Token, at: int) -> bool:
        """Whether a leftover is a packing unit on the line of an order line: its number was lost."""
        code = self._unit_words.code(token)
        if code is None or code in words.MEASURES or code == "pcs":
            return False
        low, high = at, at
        while low > 0 and part.found[low - 1].kind != tokens.BREAK:
            low -= 1
        while high < len(part.found) and part.found[high].kind != tokens.BREAK:
            high += 1
        return any(low <= d.start < high and d.value is not None and d.unit is None for d in part.cut.drafts)

    def _names_goods(self, word: str, part: _Part, at: int, message: types.Message) -> bool:
        """Whether a leftover word could stand for goods: the catalogue's or the customer's word, said of no line.

        A colour or a size word is a doubt only if it would change the item of the line beside it.
        """
        meaning = goods.groups(word)
        drafts = [d for d in part.cut.drafts if d.value is not None]
        for draft in drafts:
            if any(t.key == word or (meaning and meaning & goods.groups(t.key)) for t in draft.terms):
                return False
        if word in goods.ATTRIBUTE_WORDS:
            near = min(drafts, key=lambda d: min(abs(d.start - at), abs(d.end - at)), default=None)
            return near is not None and self._would_change(near, word, message.customer)
        own = self._memory.words.get((message.customer, word)) if message.customer else None
        return word in self._items.idf or (len(word) > 2 and bool(own))

    def _would_change(self, draft: grammar.Draft, word: str, customer: str | None) -> bool:
        before = draft.match.best
        after = self._matcher.match((*draft.terms, catalogue.Term(word)), customer).best
        return before is not None and after is not None and (
            after.number != before.number
            or any(f.cover > before.cover * 0.9 and f.number != before.number and self._fits(f.number, word, customer)
                   and not self._fits(before.number, word, customer) for f in draft.match.fits)
        )  # fmt: skip

    def _fits(self, number: int, word: str, customer: str | None) -> bool:
        return float(self._matcher.support(catalogue.Term(word), customer)[number]) >= 0.8

    def _explained(self, work: _Work, part: _Part, at: int) -> bool:
        """Whether a leftover stands in a clause about prices, or only confirms a size of what is ordered."""
        low = high = at
        while (
            low > 0
            and part.found[low - 1].kind != tokens.BREAK
            and part.found[low - 1].text not in (".", ";")
        ):
            low -= 1
        while (
            high < len(part.found)
            and part.found[high].kind != tokens.BREAK
            and part.found[high].text not in (".", ";")
        ):
            high += 1
        start, end = part.found[low].start, part.found[high - 1].end
        if intents.is_payment(" ".join(t.text for t in part.found[low:high])) and not any(
            low <= d.start < high and d.value is not None for d in part.cut.drafts
        ):
            return True
        priced = any(
            m.role == "price" and start <= part.folded.span(m.start, m.end)[0] < end for m in part.marks
        )
        inside = any(low <= d.start < high and d.value is not None for d in part.cut.drafts)
        if priced and not inside:
            return True
        token = part.found[at]
        unit, _ = catalogue.measure_after(part.found, at)
        if token.kind != tokens.NUM or not unit or token.value is None:
            return False
        size = catalogue.measure(token.value, unit)
        return size is not None and any(
            line.number is not None and size in self._items.words[line.number].measured for line in work.lines
        )

    def _reading(self, work: _Work, part: _Part, message: types.Message) -> types.Reading:
        if work.intent in types.ORDER_INTENTS:
            if message.customer is None or message.customer not in self._memory.customers:
                work.doubt("unknown_customer", "The sender is not a known customer.")
            for attachment in message.attachments:
                if isinstance(attachment, types.Unreadable):
                    work.doubt("unreadable_attachment", f"{attachment.name}: {attachment.why}")
        for position, line in enumerate(work.lines):
            work.doubts.extend((code, position, text) for code, text in line.doubts)
        codes = [code for code, _, _ in work.doubts]
        evidence = deciding.Evidence(work.unread, work.intent_confidence, work.kind)
        confidence = deciding.probability(work.lines, evidence, codes)
        is_order = work.intent in types.ORDER_INTENTS
        return types.Reading(
            intent=work.intent, intent_confidence=work.intent_confidence,
            lines=tuple(self._read_line(n, line, part) for n, line in enumerate(work.lines)) if is_order else (),
            requested_date=work.requested if is_order else None, po_number=work.po,
            ship_to=work.ship_to if is_order else None, asked_prices=self._prices(work, part),
            doubts=tuple(types.Doubt(code, line, text) for code, line, text in work.doubts),
            review=deciding.review_code(codes) if is_order else None, candidates=self._candidates(work),
            confidence=confidence if is_order else 0.0,
            auto=is_order and deciding.auto(codes, confidence, THRESHOLD, work.intent), spans=self._spans(work, part),
        )  # fmt: skip

    def _candidates(self, work: _Work) -> tuple[str, ...]:
        out: dict[str, None] = {}
        for line in work.lines:
            if not line.doubts:
                continue
            if "ambiguous_item" in line.codes:
                for fit in line.candidates[:4]:
                    out[self._items.items[fit.number].sku] = None
            elif line.number is not None:
                item = self._items.items[line.number]
                out[item.substitute_sku if not item.active and item.substitute_sku else item.sku] = None
        return tuple(out)

    def _read_line(self, position: int, line: order_lines.Line, part: _Part) -> types.ReadLine:
        draft = line.draft
        item_span = qty_span = None
        text = ""
        if draft is not None and line.source == "text" and draft.end <= len(part.found):
            item_span = (part.found[draft.start].start, part.found[draft.end - 1].end)
            if draft.qty_at:
                qty_span = (part.found[draft.qty_at[0]].start, part.found[draft.qty_at[-1]].end)
            text = part.text[item_span[0] : item_span[1]]
        candidates = tuple(
            types.Candidate(
                self._items.items[f.number].sku, round(f.share, 4), "alias" if f.alias else "words"
            )
            for f in line.candidates
        )
        sku = None if line.number is None else self._items.items[line.number].sku
        confidence = deciding.line_confidence(line)
        return types.ReadLine(position, sku, line.qty, line.uom, confidence, item_span, qty_span, text, candidates,
                              tuple(code for code, _ in line.doubts), line.source)  # fmt: skip

    def _prices(self, work: _Work, part: _Part) -> tuple[types.AskedPrice, ...]:
        out: list[types.AskedPrice] = []
        skus = [(l.draft, self._items.items[l.number].sku, l.uom) for l in work.lines if l.number is not None]
        for mark in part.marks:
            if mark.role != "price" or mark.number is None or not skus:
                continue
            at = part.folded.span(mark.start, mark.end)[0]
            if mark.rule == "discount":
                out.extend(types.AskedPrice(sku, None, uom, mark.number) for _, sku, uom in skus)
                continue
            before = [
                s
                for s in skus
                if s[0] is not None and s[0].start < len(part.found) and part.found[s[0].start].start <= at
            ]
            _, sku, uom = before[-1] if before else skus[-1]
            out.append(types.AskedPrice(sku, mark.number, self._units.own(mark.value) or uom))
        return tuple(out)

    def _spans(self, work: _Work, part: _Part) -> tuple[types.Span, ...]:
        spans: list[types.Span] = []
        for mark in part.marks:
            start, end = part.folded.span(mark.start, mark.end)
            spans.append(types.Span(start, end, mark.role))
        for found in part.dates:
            spans.append(types.Span(*part.folded.span(found.start, found.end), "date"))
        for mark in part.place[1] if part.place else ():
            spans.append(types.Span(*part.folded.span(mark.start, mark.end), "ship_to"))
        for position, line in enumerate(work.lines):
            if line.draft is not None and line.source == "text" and line.draft.end <= len(part.found):
                taken = set(line.draft.qty_at)
                for at in range(line.draft.start, line.draft.end):
                    token = part.found[at]
                    role = ("qty" if token.kind == tokens.NUM else "unit") if at in taken else "item"
                    if not token.role and token.kind != tokens.MARK:
                        spans.append(types.Span(token.start, token.end, role, position))
        spans.extend(
            types.Span(part.found[at].start, part.found[at].end, "unread") for at in part.cut.skipped
        )
        return tuple(sorted(set(spans), key=lambda s: (s.start, s.end)))


_PARTIAL = re.compile(
    r"\b(?:usme|isme|us me|is me|us mein|unme|inme|me|mein) se\b|\butn[aieo]\b|\bitn[aieo]\b|\bout"
    r" of\b|\bhalf of\b|\bbalance\b|بداله|بدالها|من هم|नमें से|में से|માંથી|mathi"
)
_ALL = frozenset(
    letters.fold(w).text
    for w in ["all", "sab", "sabhi", "sare", "saare", "saari", "saara", "badhi", "badhu", "badha", "badho", "sagla", "everything", "जميعها", "جميعها", "جميعهم", "كلها", "كلهم", "الكل", "सब", "सभी", "सारे", "બધું", "બધી", "બધા", "الكميات", "بالكرتون", "سب", "تمام", "ellam", "ellaam", "shob"]
)


def _blank(text: str) -> str:
    return "".join(c if c in "\r\n" else " " for c in text)


def _contact(customer: types.Customer | None) -> frozenset[str]:
    return (
        frozenset(re.findall(r"[^\W\d_]+", letters.fold(customer.contact_name).text))
        if customer
        else frozenset()
    )


def _is_strong(line: order_lines.Line) -> bool:
    if line.qty is None or line.number is None:
        return False
    draft = line.draft
    if draft is None or draft.code:
        return True
    best = draft.match.best
    return best is not None and best.cover >= 0.8


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


def _without_leaders(found: Sequence[tokens.Token]) -> list[tokens.Token]:
    """Runs of dots and dashes that lead the eye from item to quantity, as one mark."""
    out: list[tokens.Token] = []
    for token in found:
        if (
            out
            and token.kind == tokens.MARK
            and token.text in ".-_=*~"
            and out[-1].kind == tokens.MARK
            and not token.spaced
        ):
            if out[-1].text == token.text or (out[-1].text == "-" and token.text == "."):
                out[-1] = replace(out[-1], text="-" if token.text == "." else token.text, end=token.end)
                continue
        out.append(token)
    return out


def _remarks(found: Sequence[tokens.Token]) -> None:
    """Set aside what stands in brackets when it is a remark: an earlier delivery, a total, a voice note's length."""
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


def _free_goods(found: Sequence[tokens.Token]) -> bool:
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


def _line_references(found: Sequence[tokens.Token]) -> None:
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


def _soften_pipes(found: Sequence[tokens.Token]) -> None:
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


def _line_numbers(found: Sequence[tokens.Token]) -> None:
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
