"""A finished reading as the records that go out: lines, candidates, prices and spans."""

from obeya.orders.reading import catalogue, deciding, tokens, types, units, workbench
from obeya.orders.reading import lines as order_lines


class Shower:
    """Turns work into records for one company."""

    def __init__(self, items: catalogue.Catalogue, all_units: units.Units) -> None:
        """Share the indexes."""
        self._items = items
        self._units = all_units

    def candidates(self, work: workbench.Work) -> tuple[str, ...]:
        """The items a person would be offered for the lines in doubt."""
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

    def read_line(self, position: int, line: order_lines.Line, part: workbench.Part) -> types.ReadLine:
        """One line with its place in the text and its candidates."""
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
        return types.ReadLine(
            position,
            sku,
            line.qty,
            line.uom,
            confidence,
            item_span,
            qty_span,
            text,
            candidates,
            tuple(code for code, _ in line.doubts),
            line.source,
        )

    def prices(self, work: workbench.Work, part: workbench.Part) -> tuple[types.AskedPrice, ...]:
        """Prices and discounts the customer states, each on the line before it."""
        out: list[types.AskedPrice] = []
        skus = [(n.draft, self._items.items[n.number].sku, n.uom) for n in work.lines if n.number is not None]
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

    def spans(self, work: workbench.Work, part: workbench.Part) -> tuple[types.Span, ...]:
        """What each piece of the text was taken for; numbers set aside by a rule are "noise"."""
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
            types.Span(part.found[at].start, part.found[at].end, "unread")
            for at in part.cut.skipped
            if not part.found[at].role
        )
        covered = [(s.start, s.end) for s in spans]
        for token in part.found:
            if token.role and token.kind != tokens.MARK and not any(a <= token.start < b for a, b in covered):
                role = "op" if token.role in ("op", "taken") else "noise"
                spans.append(types.Span(token.start, token.end, role))
        return tuple(sorted(set(spans), key=lambda s: (s.start, s.end)))


def recognised(scan: types.Scanned) -> list[tuple[str, str]]:
    """The doubts of a picture that was read: it is never booked by itself, foreign digits least of all."""
    found = [("recognised", f"{scan.name}: read from a picture ({scan.why})")]
    if scan.foreign_digits:
        found.append(("ambiguous_quantity", f"{scan.name}: digits that machines misread; check quantities."))
    if scan.unsure:
        found.append(("illegible", f"{scan.name}: hardly readable: {', '.join(scan.unsure[:4])}"))
    return found
