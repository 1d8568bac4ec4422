"""What a second reader's opinion does to an order: it may make it more careful, never bolder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from obeya.orders import models, rules
from obeya.orders.second_reader import Opinion, Proposal

SECOND = "second"
"""Where the opinion is kept in what was read of an order."""
_MOST_SHOWN = 5


def weigh(row: models.OrderRow, opinion: Opinion) -> None:
    """Note the opinion on an order just drafted; where it reads a sure order otherwise, a person is asked.

    Agreement changes nothing: no score has been measured with it. What agreed and what did not is kept
    with the order, so that this can be measured.
    """
    lines = list(row.lines.select_related("item"))
    verdict = "failed" if opinion.failure else _verdict(row, lines, opinion)
    row.reading[SECOND] = {
        "verdict": verdict,
        "failure": opinion.failure,
        "left_out": opinion.left_out,
        "lines": [[one.sku, str(one.qty), one.uom] for one in opinion.proposals],
        "requested_on": opinion.requested_on.isoformat() if opinion.requested_on else None,
        "was_auto": row.reading["auto"],
    }
    if verdict == "differs":
        if row.reading["auto"]:
            row.reading["auto"] = False
            row.reading["doubts"].append(["second_reader", None, _says(opinion)])
        _offer(row, lines, opinion.proposals)
    row.save(update_fields=["reading"])


def _verdict(row: models.OrderRow, lines: Sequence[models.LineRow], opinion: Opinion) -> str:
    known = [(line.item.sku, line.quantity, line.uom) for line in lines if line.item and line.quantity]
    ours = Counter((sku, qty, uom) for sku, qty, uom in known)
    theirs = Counter((one.sku, one.qty, one.uom) for one in opinion.proposals)
    day = opinion.requested_on
    if theirs - ours or (day is not None and day != row.requested_on):
        return "differs"
    if opinion.left_out:
        return "partly"
    return "agrees" if ours == theirs and len(known) == len(lines) else "differs"


def _says(opinion: Opinion) -> str:
    told = [f"{rules.plain(one.qty)} {one.uom} {one.sku}" for one in opinion.proposals[:_MOST_SHOWN]]
    more = len(opinion.proposals) - len(told)
    listed = ", ".join(told) + (f" and {more} more" if more else "")
    day = f", wanted on {opinion.requested_on.isoformat()}" if opinion.requested_on else ""
    return f"A second reader reads this message differently: {listed}{day}."


def _offer(row: models.OrderRow, lines: Sequence[models.LineRow], proposals: Sequence[Proposal]) -> None:
    """Where a line is doubtful, the item that the second reader reads in the same words can be tapped."""
    for line in lines:
        if line.item is not None and not any(rules.is_of_a_line(code) for code in line.read_doubts):
            continue
        offered = {candidate[0] for candidate in line.candidates}
        for one in proposals:
            words = row.text[one.start : one.end]
            if words and words in line.text and one.sku not in offered:
                line.candidates = [[one.sku, 0.5, "a second reader"], *line.candidates][:8]
                line.save(update_fields=["candidates"])
                break
