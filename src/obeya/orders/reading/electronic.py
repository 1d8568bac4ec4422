"""Orders sent by the buyer's system (X12, EDIFACT, UBL): codes are exact, and still gated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.reading import (
    agreeing,
    aligning,
    catalogue,
    letters,
    matching,
    memory,
    types,
    units,
    words,
    workbench,
)
from obeya.orders.reading import lines as order_lines

_CODE = memory.CODE
_TIE = 0.02


def sent_in(message: types.Message) -> list[types.ElectronicOrder]:
    """The electronic orders of a message."""
    return [a for a in message.attachments if isinstance(a, types.ElectronicOrder)]


def taught(message: types.Message, confirmed: Sequence[types.PastLine]) -> list[types.Alias]:
    """What buyers' codes stand for, where a person confirmed as many lines as were sent, in their order."""
    orders = sent_in(message)
    sent = [line for line in orders[0].lines if line.action != "cancel"] if len(orders) == 1 else []
    if len(sent) != len(confirmed) or not message.customer:
        return []
    return [
        types.Alias(message.customer, _CODE + catalogue.code_key(code), line.sku, ok=1, source="confirmed")
        for one, line in zip(sent, confirmed, strict=True)
        for code in dict.fromkeys((*one.seller_codes, *one.buyer_codes, *one.gtins))
        if catalogue.code_key(code)
    ]


def _basket(lines: Iterable[order_lines.Line]) -> set[tuple[int | None, Decimal | None, str | None]]:
    """What lines order, for comparing one document with another."""
    return {(line.number, line.qty, line.uom) for line in lines}


@dataclass(frozen=True, slots=True)
class _Found:
    """The item of a line: its place in the catalogue, doubts, and others that could be meant."""

    number: int | None
    doubts: tuple[tuple[str, str], ...] = ()
    others: tuple[matching.Fit, ...] = ()


class Electronic:
    """Reads electronic orders for one company."""

    def __init__(
        self,
        company: types.Company,
        items: catalogue.Catalogue,
        matcher: matching.Matcher,
        all_units: units.Units,
        learned: memory.Memory,
        aliases: Iterable[types.Alias],
    ) -> None:
        """Share the indexes; learn what buyers' codes stand for."""
        self._currency = company.currency
        self._items = items
        self._matcher = matcher
        self._units = all_units
        self._learned = learned
        self._codes: dict[tuple[str, str], set[str]] = {}
        for alias in aliases:
            if alias.key.startswith(_CODE) and alias.customer and alias.ok > 2 * alias.bad:
                key = alias.key.removeprefix(_CODE)
                self._codes.setdefault((alias.customer, key), set()).add(alias.sku)

    def read(
        self,
        work: workbench.Work,
        part: workbench.Part,
        message: types.Message,
        base: Sequence[order_lines.Line],
        beside: Sequence[order_lines.Line] = (),
    ) -> None:
        """Fill a reading from the electronic orders of a message.

        `base` are the lines that stand, `beside` those of its other attachments, which must agree.
        """
        orders = sent_in(message)
        order = orders[0]
        work.intent = {"order": "order", "change": "order_change", "cancel": "cancel"}[order.kind]
        work.intent_confidence = 0.99
        work.kind = "table"
        work.po = order.number or work.po
        if len(orders) > 1:
            agreeing.name_others(work, orders)
        for problem in order.problems:
            work.doubt("table", problem)
        if order.kind == "cancel":
            return
        self._lines(work, order, message, base)
        if beside and _basket(beside) != _basket(work.lines):
            work.doubt("table", "Another attachment orders something else.")
        self._check_head(work, order, message)
        self._check_words(work, order, part)
        self._dates(work, order, message)
        self._place(work, order, message)
        agreeing.check_total(work, order)

    # -- lines ------------------------------------------------------------------------------------------

    def _lines(
        self,
        work: workbench.Work,
        order: types.ElectronicOrder,
        message: types.Message,
        base: Sequence[order_lines.Line],
    ) -> None:
        read = [(line, self._line(work, line, message.customer)) for line in order.lines]
        if order.kind == "change":
            base = base or self._booked(order, message.customer)
            self._change(work, order, read, base)
        else:
            work.lines = [made for _, made in read]
        if not work.lines:
            work.doubt("no_lines", "It orders nothing.")
        agreeing.name_twice(work.lines)

    def _line(
        self, work: workbench.Work, sent: types.ElectronicLine, customer: str | None
    ) -> order_lines.Line:
        found = self._item(sent, customer)
        line = order_lines.Line(
            found.number, None, None, None, candidates=found.others, why="code", source="table"
        )
        for code, text in found.doubts:
            line.doubt(code, text)
        for problem in sent.problems:
            line.doubt("table", f"Line {sent.number}: {problem}")
        if found.number is None:
            line.qty = sent.qty
            return line
        item = self._items.items[found.number]
        if not item.active:
            line.doubt(
                "discontinued_item",
                f"{item.sku} is discontinued; substitute: {item.substitute_sku or 'none'}",
            )
        if sent.qty is None or sent.qty <= 0:
            if sent.action not in ("cancel", "same"):
                line.doubt("ambiguous_quantity", f"Line {sent.number} has no quantity.")
            return line
        self._quantity(line, item, sent, customer)
        self._price(work, line, item, sent)
        return line

    def _item(self, sent: types.ElectronicLine, customer: str | None) -> _Found:
        """Seller's code, then what the buyer's code or GTIN stood for before, then the description."""
        fits = self._fits(sent.description, customer)
        named = {sku: None for code in sent.seller_codes if (sku := self._items.code(code))}
        if len(named) > 1:
            said = ", ".join(named)
            return _Found(
                self._items.index[next(iter(named))],
                (("contradiction", f"Line {sent.number} names several of our codes: {said}."),),
            )
        if named:
            return self._agreed(next(iter(named)), sent, fits)
        known = self._known(sent, customer)
        if len(known) == 1:
            return self._agreed(next(iter(known)), sent, fits)
        if known:
            said = ", ".join(sorted(known))
            number = self._items.index[min(known)]
            return _Found(
                number, (("ambiguous_item", f"Line {sent.number} stood for several items: {said}."),)
            )
        return self._described(sent, fits)

    def _known(self, sent: types.ElectronicLine, customer: str | None) -> set[str]:
        """Items a buyer's code or GTIN of this customer was confirmed for, or that it spells out itself."""
        codes = (*sent.buyer_codes, *sent.gtins)
        learned = {
            sku
            for code in (*sent.seller_codes, *codes)
            for sku in self._codes.get((customer or "", catalogue.code_key(code)), ())
            if sku in self._items.index
        }
        if learned:
            return learned
        spelled = [sku for code in codes if (sku := self._items.code(code)) and not sku.isdigit()]
        spelled += [
            sku
            for word in sent.description.split()
            if any(c.isdigit() for c in word) and len(word) > 4 and (sku := self._items.code(word))
        ]
        return set(spelled)

    def _agreed(self, sku: str, sent: types.ElectronicLine, fits: Sequence[matching.Fit]) -> _Found:
        """An item named by its code; a description that is clearly another item's is a doubt."""
        number = self._items.index[sku]
        own = next((fit.cover for fit in fits if fit.number == number), 0.0)
        if fits and fits[0].cover >= 0.9 and own < 0.6 and fits[0].number != number:
            other = self._items.items[fits[0].number].sku
            text = f"Line {sent.number}: the code says {sku}, the description fits {other}."
            return _Found(number, (("contradiction", text),), tuple(fits[:5]))
        return _Found(number)

    def _described(self, sent: types.ElectronicLine, fits: Sequence[matching.Fit]) -> _Found:
        said = sent.description[:60] or ", ".join((*sent.seller_codes, *sent.buyer_codes, *sent.gtins))
        best = fits[0] if fits else None
        if best is None or best.cover < 0.5:
            return _Found(None, (("unknown_item", f"Line {sent.number}: no item fits {said}."),))
        others = tuple(fits[:5])
        if sent.seller_codes:
            code = ", ".join(sent.seller_codes)
            text = f"Line {sent.number}: {code} is no code of ours; the description fits."
            return _Found(best.number, (("unknown_item", text),), others)
        rival = fits[1] if len(fits) > 1 else None
        if rival is not None and rival.cover > best.cover - _TIE and best.score - rival.score < 0.08:
            return _Found(best.number, (("ambiguous_item", f"Several items fit {said}."),), others)
        if best.cover < 0.72 or any(key.startswith("#") for key in best.missing):
            return _Found(best.number, (("unread", f"Not all of {said} was understood."),), others)
        return _Found(best.number, (), others)

    def _fits(self, description: str, customer: str | None) -> tuple[matching.Fit, ...]:
        """Items for a description, the best explained first: documents name sizes, habit only breaks ties."""
        if not description:
            return ()
        found = self._learned.cut_words(description)
        terms = tuple(dict.fromkeys(aligning.content_terms(found)))[:14]
        terms = tuple(t for t in terms if not self._learned.is_seller(t.key))
        if not terms:
            return ()
        fits = self._matcher.match(terms, customer).fits
        best = max((fit.cover for fit in fits), default=0.0)
        return tuple(sorted(fits, key=lambda f: (f.cover <= best - _TIE, -f.score)))

    def _quantity(
        self, line: order_lines.Line, item: types.Item, sent: types.ElectronicLine, customer: str | None
    ) -> None:
        number, qty = self._items.index[item.sku], sent.qty or Decimal(0)
        if not sent.units:
            found = self._units.resolve(number, qty, None, customer)
            if found.doubt:
                line.doubt(found.doubt, f"Line {sent.number} names no unit.")
        else:
            tries = [
                (word, self._units.resolve(number, qty, self._units.own(word) or word, customer))
                for word in sent.units
            ]
            meant = [one for word, one in tries if one.doubt is None and _is_meant(word, one, item)]
            found = (meant or [one for _, one in tries])[0]
            if not meant:
                sold = ", ".join(item.units)
                text = f"Line {sent.number}: {item.sku} is not sold in {sent.unit_code}, only in {sold}."
                line.doubt("ambiguous_unit", text)
        line.qty, line.uom = found.qty, found.uom
        self._check_usual(line, number, customer)

    def _check_usual(self, line: order_lines.Line, number: int, customer: str | None) -> None:
        if line.qty is not None and line.uom is not None:
            item = self._items.items[number]
            pieces = line.qty * item.units.get(line.uom, Decimal(1))
            if pieces != pieces.to_integral_value() and item.base_uom in words.PIECES:
                line.doubt("ambiguous_quantity", "Not a whole number of pieces.")
            if self._units.unusual(number, line.qty, line.uom, customer):
                line.doubt("unusual_quantity", "Far from what this customer usually orders.")

    def _price(
        self, work: workbench.Work, line: order_lines.Line, item: types.Item, sent: types.ElectronicLine
    ) -> None:
        """Keep the price, and check it against the line's amount (per the line's unit, or per its own)."""
        if sent.price is None or sent.qty is None or line.uom is None or line.qty is None:
            return
        per = next((u for w in sent.price_units if (u := self._sold(item, w))), None)
        if sent.price > 0:
            price = sent.price / sent.price_per
            work.asked.append(types.AskedPrice(item.sku, price, per or line.uom))
        if sent.amount is None:
            return
        pieces = line.qty * item.units.get(line.uom, Decimal(1))
        factor = item.units.get(per or line.uom, Decimal(1))
        net = sent.amount - sent.charges
        worth = {sent.price * sent.qty, sent.price * pieces / factor}
        worth |= {value / sent.price_per for value in worth}
        if all(abs(value - net) > max(agreeing.NEAR, abs(net) / 200) for value in worth):
            line.doubt("table", f"Line {sent.number}: quantity times price is not the amount {sent.amount}.")

    def _sold(self, item: types.Item, word: str) -> str | None:
        if word in item.units:
            return word
        return next(
            (u for u in item.units if words.UNITS.get(u.lower(), u) == words.UNITS.get(word, word)), None
        )

    # -- changes ----------------------------------------------------------------------------------------

    def _booked(self, order: types.ElectronicOrder, customer: str | None) -> list[order_lines.Line]:
        """The lines of the order that a change names, where it is known by that number."""
        for past in reversed(self._learned.orders.get(customer or "", [])):
            if order.number and past.order_no == order.number:
                return [
                    order_lines.Line(self._items.index.get(n.sku), n.qty, n.uom, None, source="thread")
                    for n in past.lines
                ]
        return []

    def _change(
        self,
        work: workbench.Work,
        order: types.ElectronicOrder,
        read: Sequence[tuple[types.ElectronicLine, order_lines.Line]],
        base: Sequence[order_lines.Line],
    ) -> None:
        if order.complete:
            work.lines = [made for sent, made in read if sent.action != "cancel"]
            named = {made.number for _, made in read}
            if any(line.number not in named for line in base):
                work.doubt("open_change", "Lines of the order that stands are not mentioned in the change.")
            return
        if not base:
            work.doubt("open_change", "The order that it changes is not known here.")
        work.lines = list(base)
        for sent, made in read:
            self._apply(work, sent, made)

    def _apply(self, work: workbench.Work, sent: types.ElectronicLine, made: order_lines.Line) -> None:
        standing = [line for line in work.lines if line.number == made.number and made.number is not None]
        if sent.action == "same" and standing:
            return
        if sent.action == "cancel":
            if len(standing) != 1:
                work.doubt("open_change", f"Line {sent.number} to be cancelled is not in the order.")
            work.lines = [line for line in work.lines if line not in standing]
            work.doubts += [(code, None, text) for code, text in made.doubts]
            return
        if sent.action == "add" or not standing:
            if standing or (sent.action not in ("add", "same") and work.lines):
                made.doubt("open_change", f"Line {sent.number} does not fit the order that stands.")
            work.lines.append(made)
            return
        if len(standing) > 1:
            made.doubt("open_change", f"Line {sent.number} stands in the order more than once.")
        self._check_direction(sent, made, standing[0])
        work.lines[work.lines.index(standing[0])] = made

    def _check_direction(
        self, sent: types.ElectronicLine, made: order_lines.Line, standing: order_lines.Line
    ) -> None:
        """An increase that makes less was meant as the difference, or is a slip: either is asked about."""
        factors = self._items.items[made.number or 0].units
        new = (made.qty or Decimal(0)) * factors.get(made.uom or "", Decimal(1))
        old = (standing.qty or Decimal(0)) * factors.get(standing.uom or "", Decimal(1))
        if (sent.action == "increase" and new <= old) or (sent.action == "decrease" and new >= old):
            text = f"Line {sent.number} says {sent.action}, but {made.qty} stands against {standing.qty}."
            made.doubt("open_change", text)

    # -- the head ---------------------------------------------------------------------------------------

    def _check_head(self, work: workbench.Work, order: types.ElectronicOrder, message: types.Message) -> None:
        if order.currency and self._currency and order.currency != self._currency.upper():
            work.doubt("price", f"Prices are in {order.currency}, ours are in {self._currency}.")
        sender = self._learned.customers.get(message.customer or "")
        if sender is None:
            return
        for other in self._learned.customers.values():
            if (
                other.code != sender.code
                and agreeing.is_named(other, order.buyers)
                and not agreeing.is_named(sender, order.buyers)
            ):
                work.doubt("contradiction", f"The order names {other.name} as its buyer.")

    def _check_words(self, work: workbench.Work, order: types.ElectronicOrder, part: workbench.Part) -> None:
        """Free texts in the order and beside it may change it: a person reads those that could."""
        if any(workbench.is_strong(line) and not line.doubts for line in part.settled):
            work.doubt("table", "The text beside the order names quantities too.")
        if order.kind == "order" and (agreeing.AMENDS.search(part.folded.text)):
            work.doubt("open_change", "The text beside the order may change it.")
        for note in order.notes:
            if agreeing.AMENDS.search(letters.fold(note).text):
                work.doubt("open_change", f"A note stands on it: {note[:160]}")

    def _dates(self, work: workbench.Work, order: types.ElectronicOrder, message: types.Message) -> None:
        own = [line.requested_on for line in order.lines if line.requested_on and line.action != "cancel"]
        wished = order.requested_on
        if own and (len(set(own)) > 1 or (wished and set(own) != {wished})):
            work.doubt("date", "The lines name several delivery dates.")
        elif own:
            wished = own[0]
        if wished is None:
            return
        if work.requested is not None and work.requested != wished:
            work.doubt("date", f"The text says {work.requested}, the order {wished}.")
        if wished < message.sent_at.date():
            work.doubt("date", f"The delivery date {wished} has passed.")
        work.requested = wished

    def _place(self, work: workbench.Work, order: types.ElectronicOrder, message: types.Message) -> None:
        customer = self._learned.customers.get(message.customer or "")
        own = tuple(dict.fromkeys(line.ship_to for line in order.lines if line.ship_to))
        if customer is None or not customer.ship_to or not (order.places or own):
            return
        named = {place for text in own if (place := agreeing.place_in((text,), customer))}
        head = agreeing.place_in(order.places, customer)
        if head:
            named.add(head)
        if len(named) > 1 or (own and len(own) > 1):
            work.doubt("ship_to", "The lines go to several places.")
        elif named:
            if work.ship_to and work.ship_to not in named:
                work.doubt("ship_to", "The text names another delivery place than the order.")
            work.ship_to = next(iter(named))
        elif not agreeing.is_named(customer, (*order.places, *own)):
            said = ", ".join((order.places or own)[:2])
            work.doubt("ship_to", f"{said} is none of the customer's known places.")


def _is_meant(word: str, resolved: units.Resolved, item: types.Item) -> bool:
    """Whether the unit found is the one the code says, not one that stands in for it."""
    if resolved.why != "said":
        return True
    family, found = words.UNITS.get(word, word), words.UNITS.get(resolved.uom.lower(), resolved.uom)
    return family == found or word == resolved.uom or (family == "pcs" and resolved.uom == item.base_uom)
