"""Numbers and words of an order that nothing was made of: named as ignored by a rule, or a doubt."""

import re

from obeya.orders.reading import (
    catalogue,
    goods,
    grammar,
    intents,
    letters,
    matching,
    memory,
    numbers,
    quantities,
    tokens,
    types,
    words,
    workbench,
)


class Leftovers:
    """Judges what was left over for one company."""

    def __init__(
        self,
        company_name: str,
        items: catalogue.Catalogue,
        learned: memory.Memory,
        matcher: matching.Matcher,
        unit_words: quantities.UnitWords,
    ) -> None:
        """Share the indexes."""
        self._items = items
        self._memory = learned
        self._matcher = matcher
        self._unit_words = unit_words
        self._own_names = frozenset(re.findall(r"[^\W\d_]+", letters.fold(company_name).text))

    def name(self, work: workbench.Work, part: workbench.Part, message: types.Message) -> None:
        """Numbers and words nothing was made of: numbers are doubts, words if they could name goods."""
        if work.intent not in types.ORDER_INTENTS:
            return
        sender = self._memory.customers.get(message.customer or "")
        names = memory.names_of(sender) if sender else frozenset()
        dropped = {id(line.draft) for line in part.settled}
        left = [
            at
            for d in part.cut.drafts
            if not d.siblings and id(d) not in dropped and not work.lines_use(d)
            for at in range(d.start, d.end)
        ]
        for at in (*part.cut.skipped, *left):
            token = part.found[at]
            if token.role or token.kind in (tokens.MARK, tokens.BREAK):
                continue
            if self._explained(work, part, at):
                token.role = "aside"
                continue
            if work.kind == "table" and token.kind != tokens.NUM:
                continue
            if token.kind == tokens.NUM and (self._is_packed(part, at) or not _is_talk(token)):
                self._name_number(work, part, at)
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

    def _is_packed(self, part: workbench.Part, at: int) -> bool:
        """Whether a unit of packing follows a leftover number."""
        after = part.found[at + 1 : at + 2]
        return bool(after) and self._unit_words.code(after[0]) not in (None, *words.MEASURES)

    def _name_number(self, work: workbench.Work, part: workbench.Part, at: int) -> None:
        token = part.found[at]
        before = part.found[at - 1] if at else None
        named = before is not None and before.kind == tokens.WORD and not before.role
        if self._is_packed(part, at) and named:
            work.doubt("unknown_item", f"No item is known as {before.text if before else ''}.")
        else:
            work.doubt("unread_number", f"The number {token.text} was not understood.")

    def packed(self, part: workbench.Part) -> int:
        """How many quantities have a unit of packing, whatever they are of: somebody orders."""
        lines = sum(workbench.is_packed(line) for line in part.settled if line.qty is not None)
        left = (at for at in part.cut.skipped if part.found[at].kind == tokens.NUM)
        return lines + sum(self._is_packed(part, at) for at in left)

    def _stray_unit(self, part: workbench.Part, token: tokens.Token, at: int) -> bool:
        """Whether a leftover is a packing unit on the line of an order line: its number was lost."""
        code = self._unit_words.code(token)
        if code is None or code in words.MEASURES or code == "pcs":
            return False
        low, high = at, at
        while low > 0 and part.found[low - 1].kind != tokens.BREAK:
            low -= 1
        while high < len(part.found) and part.found[high].kind != tokens.BREAK:
            high += 1
        return any(
            low <= d.start < high and d.value is not None and d.unit in (None, *words.MEASURES)
            for d in part.cut.drafts
        )

    def _names_goods(self, word: str, part: workbench.Part, at: int, message: types.Message) -> bool:
        """Whether a leftover word could stand for goods: the catalogue's or the customer's word,
        said of no line.

        A colour or a size word is a doubt only if it would change the item of the line beside it.
        """
        meaning = goods.groups(word)
        drafts = [d for d in part.cut.drafts if d.value is not None]
        for draft in drafts:
            if any(t.key == word or (meaning and meaning & goods.groups(t.key)) for t in draft.terms):
                return False
        if word in goods.ATTRIBUTE_WORDS:
            if at and part.found[at - 1].text in _DENIALS:
                return False  # "(not small this time)"
            near = min(drafts, key=lambda d: min(abs(d.start - at), abs(d.end - at)), default=None)
            return near is not None and self._would_change(near, word, message.customer)
        own = self._memory.words.get((message.customer, word)) if message.customer else None
        return word in self._items.idf or (len(word) > 2 and bool(own))

    def _would_change(self, draft: grammar.Draft, word: str, customer: str | None) -> bool:
        before = draft.match.best
        after = self._matcher.match((*draft.terms, catalogue.Term(word)), customer).best
        return (
            before is not None
            and after is not None
            and (
                after.number != before.number
                or any(
                    f.cover > before.cover * 0.6
                    and f.number != before.number
                    and self._fits(f.number, word, customer)
                    and not self._fits(before.number, word, customer)
                    for f in draft.match.fits
                )
            )
        )

    def _fits(self, number: int, word: str, customer: str | None) -> bool:
        return float(self._matcher.support(catalogue.Term(word), customer)[number]) >= 0.8

    def _explained(self, work: workbench.Work, part: workbench.Part, at: int) -> bool:
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
        inside = any(low <= d.start < high and d.value is not None for d in part.cut.drafts)
        if intents.is_payment(" ".join(t.text for t in part.found[low:high])) and not inside:
            return True
        if self._is_total(work, part, at):
            return True
        if not inside and _is_card(part, start, end):
            return True
        priced = any(
            m.role == "price" and start <= part.folded.span(m.start, m.end)[0] < end for m in part.marks
        )
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

    def _is_total(self, work: workbench.Work, part: workbench.Part, at: int) -> bool:
        """Whether a number is said to be the total of the lines, and is: "total 15 coil"."""
        token = part.found[at]
        near = part.found[max(0, at - 2) : at + 3]
        if token.kind != tokens.NUM or not any(t.text in _TOTAL for t in near):
            return False
        code = self._unit_words.code(part.found[at + 1]) if at + 1 < len(part.found) else None
        summed = [line.qty for line in work.lines if line.qty is not None and code in (None, line.uom)]
        return len(summed) > 1 and sum(summed) == token.value


_TOTAL = frozenset(
    letters.fold(w).text for w in ["total", "totl", "tot", "kul", "sum", "مجموع", "المجموع", "کل", "कुल", "કુલ"]
)
_DENIALS = frozenset(("not", "no", "مو", "مش", "ليس"))
_PHONE_DIGITS = 9


def _is_card(part: workbench.Part, start: int, end: int) -> bool:
    """Whether a stretch of the text holds somebody's phone number: a name and its business, no goods."""
    return any(
        mark.rule == "phone"
        and start <= (at := part.folded.span(mark.start, mark.end))[0] < end
        and sum(c.isdigit() for c in part.text[at[0] : at[1]]) >= _PHONE_DIGITS
        for mark in part.marks
    )


def _is_talk(token: tokens.Token) -> bool:
    return token.form == "word" and token.text in numbers.RISKY
