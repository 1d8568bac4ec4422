"""From a spoken unit (or none) to a unit the item is sold in; a doubt where it is a guess."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.reading import catalogue, letters, memory, types, words

_TEN = Decimal(10)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Quantity in a unit of the item; `doubt` is a review code, `why` says how the unit was found."""

    qty: Decimal
    uom: str
    why: str
    doubt: str | None = None


class Units:
    """Resolves units for one company."""

    def __init__(self, company: types.Company, items: catalogue.Catalogue, learned: memory.Memory) -> None:
        """Fold the company's own unit words once."""
        self._items = items
        self._learned = learned
        self._largest: tuple[dict[int, Decimal], Decimal] | None = None
        self._own = {letters.fold(w).text: uom for w, uom in company.uom_words.items()}
        for item in items.items:
            for uom in item.units:
                self._own.setdefault(letters.fold(uom).text, uom)

    def own(self, word: str) -> str | None:
        """The company's unit for a folded word."""
        return self._own.get(word)

    def resolve(
        self,
        number: int,
        qty: Decimal,
        unit: str | None,
        customer: str | None,
        context: str | None = None,
        heading: str | None = None,
    ) -> Resolved:
        """The unit to book; `heading` was said for all these lines, `context` on the line before."""
        item = self._items.items[number]
        if unit is not None:
            return self._said(number, item, qty, unit)
        habit = self._habitual(number, customer)
        if heading is not None and (uom := self._sold_in(item, heading)) is not None:
            bought = self._bought(number, customer)
            if not bought or uom in bought:
                return Resolved(qty, uom, "heading")
            return Resolved(qty, habit[0] if habit else uom, "habit against heading", "ambiguous_unit")
        if habit is not None and habit[1]:
            return Resolved(qty, habit[0], "habit")
        if (
            context is not None
            and (uom := self._sold_in(item, context)) is not None
            and (habit is None or uom in self._bought(number, customer))
        ):
            category = self._learned.category_uoms.get((customer or "", item.category), Counter())
            sure = not category or category[uom] / sum(category.values()) >= 0.5
            return Resolved(qty, uom, "context", None if sure and habit is None else "ambiguous_unit")
        return self._unsaid(number, item, qty, customer)

    def _sold_in(self, item: types.Item, unit: str) -> str | None:
        """The item's own unit for a unit said elsewhere; measures and counts do not carry over."""
        if unit in item.units and unit not in words.MEASURES:
            return unit
        return next(
            (u for u in item.units if words.UNITS.get(u.lower(), u) == unit and unit not in words.MEASURES),
            None,
        )

    def _said(self, number: int, item: types.Item, qty: Decimal, unit: str) -> Resolved:
        if unit in item.units:
            return Resolved(qty, unit, "said")
        base = item.base_uom
        if unit in ("pcs", "pc", "nos", "ea") and (
            base in words.PIECES or words.UNITS.get(base) in words.PIECES or len(item.units) == 1
        ):
            return Resolved(qty, base, "said")
        for uom in item.units:
            if words.UNITS.get(uom.lower(), uom) == unit:
                return Resolved(qty, uom, "said")
        countable = base in words.PIECES or words.UNITS.get(base) in words.PIECES
        many = {"dz": 12, "c": 100, "mpcs": 1000, "gross": 144, "pair": 2}.get(unit)
        if many and countable:
            return Resolved(qty * many, base, "counted")
        if unit in words.MEASURES:
            return self._weighed(number, item, qty, unit)
        if unit == "pkt" and countable:
            return Resolved(qty, base, "said")
        packs = [u for u in item.units if u != base]
        guess = packs[0] if len(packs) == 1 else base
        return Resolved(qty, guess, "not sold in this unit", "ambiguous_unit")

    def _weighed(self, number: int, item: types.Item, qty: Decimal, unit: str) -> Resolved:
        wanted = catalogue.measure(qty, unit)
        base = item.base_uom
        own = catalogue.measure(Decimal(1), words.UNITS.get(base.lower(), base))
        if wanted and own and wanted[0] == own[0]:
            return Resolved((Decimal(str(wanted[1])) / Decimal(str(own[1]))).normalize(), base, "measured")
        sizes = {s for s in self._items.words[number].measured if wanted and s[0] == wanted[0]}
        if wanted and len(sizes) == 1:
            size = Decimal(str(next(iter(sizes))[1]))
            count = Decimal(str(wanted[1])) / size
            if count == count.to_integral_value() and count >= 1:
                return Resolved(count.to_integral_value(), base, "measured")
            return Resolved(
                count.quantize(Decimal("0.01")), base, "not a whole number of packs", "ambiguous_quantity"
            )
        return Resolved(qty, base, "not sold by this measure", "ambiguous_unit")

    def _bought(self, number: int, customer: str | None) -> Counter[str]:
        habit = self._learned.habits.get(customer or "", {}).get(number)
        return habit.uoms if habit else Counter()

    def _habitual(self, number: int, customer: str | None) -> tuple[str, bool] | None:
        """The customer's usual unit for an item where none is said, and whether that is certain."""
        habit = self._learned.habits.get(customer or "", {}).get(number)
        if habit is None:
            return None
        if sum(habit.bare_uoms.values()) >= 1:
            top, count = habit.bare_uoms.most_common(1)[0]
            if count / sum(habit.bare_uoms.values()) >= 0.85:
                others = sum(habit.uoms.values()) - habit.uoms[top]
                return top, others <= 2 * count
        top, count = habit.uoms.most_common(1)[0]
        return top, count / sum(habit.uoms.values()) >= 0.85

    def _unsaid(self, number: int, item: types.Item, qty: Decimal, customer: str | None) -> Resolved:
        habit = self._habitual(number, customer)
        if habit is not None:
            return Resolved(qty, habit[0], "habit", None if habit[1] else "ambiguous_unit")
        if len(item.units) == 1:
            return Resolved(qty, item.base_uom, "only unit")
        category = self._learned.category_uoms.get((customer or "", item.category), Counter())
        fitting = Counter({u: c for u, c in category.items() if u in item.units})
        if fitting:
            top, count = fitting.most_common(1)[0]
            share = count / sum(category.values())
            return Resolved(
                qty, top, "habit for such items", None if share >= 0.9 and count >= 2 else "ambiguous_unit"
            )
        if self._buys_single(customer):
            return Resolved(qty, item.base_uom, "buys single units")
        everything = Counter(
            uom
            for (who, _), counter in self._learned.category_uoms.items()
            if who == customer
            for uom, count in counter.items()
            for _ in range(count)
        )
        fitting = Counter({u: c for u, c in everything.items() if u in item.units})
        guess = fitting.most_common(1)[0][0] if fitting else item.base_uom
        if fitting and fitting[guess] / sum(everything.values()) >= 0.9:
            return Resolved(qty, guess, "the customer's only unit")
        return Resolved(qty, guess, "guess", "ambiguous_unit")

    def usual(self, customer: str | None, category: str) -> str | None:
        """The unit a customer mostly buys such items in, or anything in."""
        counts = Counter(self._learned.category_uoms.get((customer or "", category), Counter()))
        if not counts:
            for (who, _), counter in self._learned.category_uoms.items():
                if who == customer:
                    counts.update(counter)
        return counts.most_common(1)[0][0] if counts else None

    def _buys_single(self, customer: str | None) -> bool:
        """Whether a customer practically always orders in base units."""
        habits = self._learned.habits.get(customer or "", {})
        single = sum(h.uoms[self._items.items[n].base_uom] for n, h in habits.items())
        packed = sum(1 for n, h in habits.items() for u in h.uoms if len(self._items.items[n].units) > 1)
        total = sum(sum(h.uoms.values()) for h in habits.values())
        return total >= 8 and packed >= 4 and single / total >= 0.95

    def unusual(self, number: int, qty: Decimal, uom: str, customer: str | None) -> bool:
        """Whether a quantity is far outside what this customer orders of an item."""
        habit = self._learned.habits.get(customer or "", {}).get(number)
        item = self._items.items[number]
        if habit is None or not habit.quantities:
            return qty * item.units.get(uom, Decimal(1)) > self._most(number)
        usual = sorted(q * item.units.get(u, Decimal(1)) for q, u in habit.quantities)
        asked = qty * item.units.get(uom, Decimal(1))
        far = _TEN if len(usual) > 1 else 3 * _TEN
        return asked > far * usual[-1] or asked * far < usual[0]

    def _most(self, number: int) -> Decimal:
        """What nobody is taken to want of an item unasked, in base units, where a customer is new to it.

        Thirty times the most that others ordered of it; without such orders, of anything. Not bounded where
        nothing was ever ordered.
        """
        if self._largest is None:
            self._largest = self._largest_ordered()
        by_item, of_all = self._largest
        if number in by_item:
            return 3 * _TEN * by_item[number]
        return 3 * _TEN * of_all if of_all else Decimal("Infinity")

    def _largest_ordered(self) -> tuple[dict[int, Decimal], Decimal]:
        found: dict[int, Decimal] = {}
        for habits in self._learned.habits.values():
            for number, habit in habits.items():
                units = self._items.items[number].units
                for qty, uom in habit.quantities:
                    found[number] = max(found.get(number, Decimal(0)), qty * units.get(uom, Decimal(1)))
        return found, max(found.values(), default=Decimal(0))
