"""The front door: `Reader(company, lessons).read(message)`."""

import copy
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, tzinfo

from obeya.orders.reading import (
    accepting,
    beside,
    catalogue,
    changes,
    corrections,
    dates,
    deciding,
    electronic,
    grammar,
    headers,
    intents,
    leftovers,
    letters,
    mail,
    marks,
    matching,
    memory,
    pointing,
    preparing,
    quantities,
    reservations,
    showing,
    tables,
    teaching,
    tokens,
    types,
    units,
    words,
    workbench,
)
from obeya.orders.reading import lines as order_lines
from obeya.orders.reading.lessons import Lessons

_MAX_TEXT = 12_000
_MAX_TOKENS = 1_000
_FULLY = 0.8  # from this strength on a delivery place is named in full
_THREAD_DAYS = 4.6
THRESHOLD = 0.9


class Reader:
    """Reads messages of one company; build once, read many (holds no message state)."""

    def __init__(self, company: types.Company, lessons: Lessons) -> None:
        """Index the catalogue and what has been learned."""
        self.company = company
        self.lessons = lessons
        self._items = catalogue.Catalogue(company.items)
        self._zone = _zone(company.timezone)
        self._calibration = deciding.TODAY
        self._learn(lessons)

    def with_calibration(self, calibration: deciding.Calibration) -> "Reader":
        """A reader that reads just the same, and tells by other constants how sure it is."""
        other = copy.copy(self)
        other._calibration = calibration
        return other

    def with_lessons(self, lessons: Lessons) -> "Reader":
        """A reader of the same catalogue that knows a newer lessons."""
        other = object.__new__(Reader)
        other.company = self.company
        other._items = self._items
        other._zone = self._zone
        other._calibration = self._calibration
        other._learn(lessons)
        return other

    def _learn(self, lessons: Lessons) -> None:
        self.lessons = lessons
        self._memory = memory.Memory(self.company, self._items, lessons)
        self._matcher = matching.Matcher(self._items, self._memory)
        self._units = units.Units(self.company, self._items, self._memory)
        self._unit_words = quantities.UnitWords(self._units.own)
        self._grammar = grammar.Grammar(self._matcher, self._unit_words, self._items)
        self._settler = order_lines.Settler(self._items, self._memory, self._matcher, self._units)
        self._changer = changes.Changer(self._items, self._matcher, self._units)
        self._tables = tables.Tables(self._items, self._matcher, self._units, self._memory, self._unit_words)
        self._month_first = self.company.country.upper() in ("US", "USA")
        self._headers = headers.Headers(self._items, self._memory, self._month_first)
        self._leftovers = leftovers.Leftovers(
            self.company.name, self._items, self._memory, self._matcher, self._unit_words
        )
        self._teaching = teaching.Teaching(self._items, self._matcher)
        self._shower = showing.Shower(self._items, self._units)
        self._electronic = electronic.Electronic(
            self.company, self._items, self._matcher, self._units, self._memory, lessons.aliases
        )

    def confirmed(
        self,
        message: types.Message,
        lines: Sequence[types.PastLine],
        order_no: str,
        *,
        is_change: bool = False,
    ) -> Lessons:
        """The lessons after these lines were confirmed for a message: its own cut says what each
        word meant.

        `teaching` says what is learned of its words; the order itself teaches habits.
        """
        aliases: list[types.Alias] = []
        if not is_change and not message.attachments and message.customer:
            part = self._part(message.text, message, message.sent_at.date(), message.channel)
            names = self._memory.known_names.get(message.customer, frozenset())
            aliases += self._teaching.aliases(part.found, part.cut, lines, message.customer, names)
        aliases.extend(() if is_change else electronic.taught(message, lines))
        return self.lessons.with_confirmed(
            customer=message.customer, message=message, lines=lines, order_no=order_no, aliases=aliases
        )

    # -- taking a text apart ---------------------------------------------------------------------------

    def _part(
        self,
        text: str,
        message: types.Message,
        sent_on: date,
        channel: str,
        standing: frozenset[int] = frozenset(),
    ) -> workbench.Part:
        customer = self._memory.customers.get(message.customer or "")
        masked, _ = mail.own_text(text[:_MAX_TEXT], channel, _contact(customer))
        typed = self._tables.body(masked, message.customer)
        if typed:
            masked = masked[: typed[1]] + _blank(masked[typed[1] : typed[2]]) + masked[typed[2] :]
        folded = letters.fold(masked)
        place = self._place(folded.text, customer)
        found_dates = dates.find(folded.text, sent_on, month_first=self._month_first)
        all_marks = [
            *marks.noise(folded.text),
            *marks.prices(folded.text),
            *marks.po_marks(folded.text, self._items.code),
            *self._memory.references.find(folded, masked, message.customer),
        ]
        found = self._memory.prepared(self._memory.tokenizer.tokens(folded))
        preparing.names_are_no_numbers(found, memory.names_of(customer) if customer else ())
        too_long = len(text) > _MAX_TEXT or len(found) > _MAX_TOKENS
        self._assign(found[:_MAX_TOKENS], folded, all_marks, found_dates, place)
        found, free, corrected = self._made_ready(found[:_MAX_TOKENS])
        if not message.thread and not intents.cues(folded.text).repeat:
            preparing.nothing_of(found)
        ignore = self._memory.known_names.get(message.customer or "", self._memory.articles)
        ignore = ignore | {t.text for t in found if t.kind == tokens.WORD and self._memory.is_seller(t.text)}
        default_unit = preparing.unit_for_all(found, self._unit_words)
        cut = self._grammar.cut(found, message.customer, ignore, (), standing)
        settled = self._settler.settle(found, cut, message.customer, default_unit)
        if typed:
            settled = [*typed[0].lines, *(line for line in settled if workbench.is_strong(line))]
        return workbench.Part(
            masked,
            folded,
            found,
            cut,
            settled,
            all_marks,
            found_dates,
            place,
            intents.cues(folded.text),
            corrected,
            (
                *(typed[0].doubts if typed else ()),
                *((("free_goods", "Free goods are named."),) if free else ()),
                *((("condition", "Orders of several people."),) if self._many(folded) else ()),
                *((("unread", "The message is too long to be read whole."),) if too_long else ()),
            ),
        )

    def _place(
        self, text: str, customer: types.Customer | None
    ) -> tuple[str, list[marks.Mark], float] | None:
        """The delivery place that is named; half of its name is none where goods are called so too."""
        place = marks.place(text, customer, self._memory_word) if customer else None
        if place and place[2] < _FULLY and all(text[m.start : m.end] in self._items.idf for m in place[1]):
            return None
        return place

    def _made_ready(self, found: Sequence[tokens.Token]) -> tuple[list[tokens.Token], bool, int]:
        """Tokens joined and marked for the cut; whether goods are free, how many numbers were taken back."""
        found = preparing.colour_sets(found, self._memory_word)
        ready = quantities.join(preparing.without_leaders(found))
        preparing.line_numbers(ready)
        preparing.soften_pipes(ready)
        preparing.line_references(ready)
        preparing.remarks(ready)
        free = preparing.free_goods(ready)
        quantities.mark_checks(ready, self._unit_words)
        corrected = corrections.apply(ready, self._unit_words) + corrections.restarts(ready, self._unit_words)
        changes.mark_operations(ready, self._memory_word)
        return ready, free, corrected

    def _many(self, folded: letters.Folded) -> bool:
        return beside.several_buyers(folded.text, lambda word: self._memory.knows(word) or word in words.SAID)

    def _memory_word(self, word: str) -> bool:
        return word in self._items.idf

    def _assign(
        self,
        found: Sequence[tokens.Token],
        folded: letters.Folded,
        all_marks: Sequence[marks.Mark],
        found_dates: Sequence[dates.Found],
        place: tuple[str, list[marks.Mark], float] | None,
    ) -> None:
        priced = [folded.span(m.start, m.end) for m in all_marks if m.role == "price"]
        pieces = [folded.span(m.start, m.end) for m in all_marks]
        pieces += [folded.span(f.start, f.end) for f in found_dates]
        if place:
            pieces += [folded.span(m.start, m.end) for m in place[1]]
        for token in found:
            if any(start <= token.start < end for start, end in pieces):
                token.role = "price" if any(start <= token.start < end for start, end in priced) else "gone"

    # -- reading ----------------------------------------------------------------------------------------

    def read(self, message: types.Message) -> types.Reading:
        """Read one message; never raises on odd text, doubts are in the reading."""
        message = self._in_local_time(message)
        sent_on = message.sent_at.date()
        work = workbench.Work()
        base = self._standing(message)
        standing = frozenset(line.number for line in base if line.number is not None)
        part = self._part(message.text, message, sent_on, message.channel, standing)
        strong = [line for line in part.settled if workbench.is_strong(line)]
        with_quantity = [line for line in part.settled if line.qty is not None]
        removes = sum(1 for line in part.settled if "remove" in line.flags)
        pointed = pointing.find(part.folded.text, base, by_quantity=not with_quantity)
        if not strong and message.subject:
            part.cues = intents.cues(f"{part.folded.text}\n{letters.fold(message.subject).text}")
        work.intent, work.intent_confidence = intents.decide(
            part.cues,
            lines=len(with_quantity) + len(pointed),
            strong=len(strong),
            has_thread=bool(base),
            attached=bool(message.attachments),
            removes=removes,
            touched=self._touched(part, base) + len(pointed),
            loose=self._leftovers.packed(part) + (with_quantity != [] and part.is_referenced),
        )
        if not with_quantity and base and accepting.is_offered(message.thread):
            self._accept(work, part, base)
        is_sent = bool(electronic.sent_in(message))
        if is_sent:
            self._headers.read(work, part, message)
            self._electronic.read(work, part, message, base, self._tables.read(message, part.text).lines)
        else:
            self._lines(work, part, message, base, pointed)
        if work.intent in types.ORDER_INTENTS:
            changes = work.intent == "order_change"
            held = reservations.doubts(part.folded.text, kind=work.kind, changes=changes)
            work.doubts.extend((code, None, said) for code, said in (*part.text_doubts, *held))
            if part.cues.insists and (part.cues.question or part.cues.no_order):
                work.doubt("question", "Something is asked besides the order.")
        if not is_sent:
            self._headers.read(work, part, message)
        self._leftovers.name(work, part, message)
        if work.kind == "repeat" and work.unread > 2:
            work.doubt("unread", "Words beside “the same again” were not understood.")
        return self._reading(work, part, message)

    def _in_local_time(self, message: types.Message) -> types.Message:
        """The message with its moments on the company's clock: "tomorrow" is tomorrow there."""
        turns = tuple(replace(turn, sent_at=turn.sent_at.astimezone(self._zone)) for turn in message.thread)
        return replace(message, sent_at=message.sent_at.astimezone(self._zone), thread=turns)

    def _touched(self, part: workbench.Part, base: Sequence[order_lines.Line]) -> int:
        standing = {line.number for line in base}
        return sum(
            1
            for draft in part.cut.drafts
            if any(f.number in standing and f.cover >= 0.7 for f in draft.match.fits[:3])
        )

    def _standing(self, message: types.Message) -> list[order_lines.Line]:
        """The lines that stand in the thread, amended turn by turn; empty where no order was placed."""
        base: list[order_lines.Line] = []
        for turn in message.thread:
            recent = (message.sent_at - turn.sent_at).total_seconds() < _THREAD_DAYS * 86_400
            if not recent:
                continue
            part = self._part(turn.text, message, turn.sent_at.date(), message.channel)
            strong = [line for line in part.settled if workbench.is_strong(line)]
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
        self,
        work: workbench.Work,
        part: workbench.Part,
        message: types.Message,
        base: Sequence[order_lines.Line],
        pointed: Sequence[pointing.Change],
    ) -> None:
        if work.intent not in types.ORDER_INTENTS or work.kind == "accepted":
            return
        read = self._tables.read(message, part.text) if message.attachments else None
        if read is not None and not read.lines and read.loose:
            self._loose(work, read.loose, message)
            return
        if read is not None and (read.lines or read.doubts):
            work.kind = "table"
            work.lines = list(read.lines)
            work.doubts.extend((code, None, text) for code, text in read.doubts)
            if any(workbench.is_strong(line) and not line.doubts for line in part.settled):
                work.doubt("table", "The text beside the attachment names quantities too.")
            return
        if work.intent == "order_change" and base:
            work.kind = "change"
            changed = pointing.apply(base, pointed, part.found, part.folded, self._unit_words)
            if pointed and not any(line.qty is not None for line in part.settled):
                work.lines = changed
                return
            outcome = self._changer.apply(changed, part.found, part.cut, part.settled, message.customer)
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

    def _accept(self, work: workbench.Work, part: workbench.Part, base: Sequence[order_lines.Line]) -> None:
        """The order that a bare yes to the company's offer makes of what was asked about."""
        if accepting.is_yes(part.folded.text):
            work.intent, work.intent_confidence, work.kind = "order", 0.8, "accepted"
            work.lines = list(base)

    def _loose(self, work: workbench.Work, pages: Sequence[types.TextPage], message: types.Message) -> None:
        """A document without a table: its text is read as a message is, and a person looks at it."""
        work.kind = "table"
        work.doubt("table", "A page has no table; it was read as running text.")
        for page in pages:
            part = self._part(page.text, message, message.sent_at.date(), "document")
            work.lines.extend(line for line in part.settled if line.qty is not None)
        for line in work.lines:
            line.source = "table"

    def _is_repeat(self, part: workbench.Part) -> bool:
        """Whether "same as last time" is the order itself, not a remark beside a list."""
        listed = [line for line in part.settled if workbench.is_strong(line)]
        operations = sum(t.role in ("op", "taken") for t in part.found)
        return len(listed) <= 2 or len(listed) <= operations

    def _repeat(self, work: workbench.Work, part: workbench.Part, message: types.Message) -> None:
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

    def _plain_gates(self, work: workbench.Work, part: workbench.Part) -> None:
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
            if any(t.text == "?" for t in part.found[draft.start : draft.end]):
                line.doubt("question", "Something is asked about this before it is ordered.")

    def _reading(self, work: workbench.Work, part: workbench.Part, message: types.Message) -> types.Reading:
        if work.intent in types.ORDER_INTENTS:
            if message.customer is None or message.customer not in self._memory.customers:
                work.doubt("unknown_customer", "The sender is not a known customer.")
            for attachment in message.attachments:
                if isinstance(attachment, types.Unreadable):
                    work.doubt("unreadable_attachment", f"{attachment.name}: {attachment.why}")
                elif isinstance(attachment, types.Scanned):
                    work.doubts.extend((code, None, text) for code, text in showing.recognised(attachment))
        for position, line in enumerate(work.lines):
            work.doubts.extend((code, position, text) for code, text in line.doubts)
        codes = [code for code, _, _ in work.doubts]
        evidence = deciding.Evidence(work.unread, work.intent_confidence, work.kind)
        confidence = deciding.probability(work.lines, evidence, codes, self._calibration)
        is_order = work.intent in types.ORDER_INTENTS
        return types.Reading(
            intent=work.intent,
            intent_confidence=work.intent_confidence,
            lines=tuple(self._shower.read_line(n, line, part) for n, line in enumerate(work.lines))
            if is_order
            else (),
            requested_date=work.requested if is_order else None,
            po_number=work.po,
            ship_to=work.ship_to if is_order else None,
            asked_prices=(*self._shower.prices(work, part), *work.asked),
            doubts=tuple(types.Doubt(code, line, text) for code, line, text in work.doubts),
            review=deciding.review_code(codes) if is_order else None,
            candidates=self._shower.candidates(work),
            confidence=confidence if is_order else 0.0,
            auto=is_order and deciding.auto(codes, confidence, THRESHOLD, work.intent),
            spans=self._shower.spans(work, part),
        )


_PARTIAL = re.compile(
    r"\b(?:usme|isme|us me|is me|us mein|unme|inme|me|mein) se\b|\butn[aieo]\b|\bitn[aieo]\b|\bout"
    r" of\b|\bhalf of\b|\bbalance\b|بداله|بدالها|من هم|नमें से|में से|માંથી|mathi"
)


def _zone(name: str) -> tzinfo:
    """The time zone of a name; UTC where the name is unknown."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return UTC


def _blank(text: str) -> str:
    return "".join(c if c in "\r\n" else " " for c in text)


def _contact(customer: types.Customer | None) -> frozenset[str]:
    return (
        frozenset(re.findall(r"[^\W\d_]+", letters.fold(customer.contact_name).text))
        if customer
        else frozenset()
    )
