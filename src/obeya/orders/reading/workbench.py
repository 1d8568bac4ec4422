"""What a reading is made of while it is being made."""

from dataclasses import dataclass, field
from datetime import date

from obeya.orders.reading import dates as text_dates
from obeya.orders.reading import grammar, intents, letters, tokens, types, words
from obeya.orders.reading import lines as order_lines
from obeya.orders.reading import marks as text_marks


@dataclass(slots=True)
class Part:
    """One text taken apart: its tokens with roles, its cut and its settled lines."""

    text: str
    folded: letters.Folded
    found: list[tokens.Token]
    cut: grammar.Cut
    settled: list[order_lines.Line]
    marks: list[text_marks.Mark]
    dates: list[text_dates.Found]
    place: tuple[str, list[text_marks.Mark], float] | None
    cues: intents.Cues
    corrected: int = 0
    text_doubts: tuple[tuple[str, str], ...] = ()

    @property
    def is_referenced(self) -> bool:
        """Whether the text carries an order's number, as only orders and talk of orders do."""
        return any(mark.role == "po" for mark in self.marks)


@dataclass(slots=True)
class Work:
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
    asked: list[types.AskedPrice] = field(default_factory=list)

    def doubt(self, code: str, text: str) -> None:
        """Note a doubt about the whole message."""
        self.doubts.append((code, None, text))

    def lines_use(self, draft: grammar.Draft) -> bool:
        """Whether a draft became a line or did its work as a change of one."""
        return self.kind in ("change", "repeat") or any(
            draft is used for line in self.lines for used in (line.draft, *line.corrected_by)
        )


def is_strong(line: order_lines.Line) -> bool:
    """Whether a line has an item that its words clearly name, and a quantity."""
    if line.qty is None or line.number is None:
        return False
    draft = line.draft
    if draft is None or draft.code:
        return True
    best = draft.match.best
    return best is not None and best.cover >= 0.8


def is_packed(line: order_lines.Line) -> bool:
    """Whether a line's quantity is said in a unit of packing: somebody orders, whatever it is."""
    return line.draft is not None and line.draft.unit not in (None, *words.MEASURES)
