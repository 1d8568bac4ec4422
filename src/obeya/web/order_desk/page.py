"""The order desk: messages arriving, what was read in them, what is doubtful, the ERP number."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from obeya.web import shown
from obeya.web.cases.page import StoryEntry

SpanRole = Literal["plain", "item", "qty", "unit", "date", "price", "unread"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of the message. `line` is the number of the order line it was read into; 0 for none."""

    text: str
    role: SpanRole = "plain"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the message, kept as it arrived.

    `shown` says how the desk shows it: drawn pages at `pages_url` (which ends in the page's number), a
    recording to play, or only a link. A file that is missing has no `url`; `note` says why.
    """

    name: str
    url: str
    size: str
    icon: str = "file"
    note: str = ""
    shown: Literal["pages", "audio", "link", "missing"] = "link"
    pages_url: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, never edited: the spans joined are the raw text. `lang` is a BCP 47 tag or ""."""

    channel: str
    channel_icon: str
    sender: str
    received_at: datetime
    spans: tuple[Span, ...]
    attachments: tuple[Attachment, ...] = ()
    subject: str = ""
    lang: str = ""
    fetch_url: str = ""
    """Where to ask once more for files that are missing; "" where that cannot help."""
    spoken: bool = False
    """The words were spoken, and written down by a speech engine."""
    write_url: str = ""
    """Where to write down what was spoken."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item the doubtful words may mean. `why` says what speaks for it."""

    item_id: str
    code: str
    name: str
    confidence: int
    why: str = ""
    price: shown.Money | None = None


DoubtKind = Literal["item", "quantity", "customer", "price", "credit", "date", "other"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One open question about the order: a decision request with one-tap answers.

    `needs_reason`: one of the options asks why. `yours` is false when another function answers it (a price
    for the commercial manager); then only who is asked and until when is shown.
    """

    id: str
    kind: DoubtKind
    question: str
    reason: str
    window: shown.Window | None = None
    candidates: tuple[Candidate, ...] = ()
    options: tuple[shown.Choice, ...] = ()
    quantity: Decimal | None = None
    units: tuple[shown.Choice, ...] = ()
    needs_reason: bool = False
    yours: bool = True
    asked: str = ""
    note: str = ""
    """What came of asking somebody outside, or until when they are asked."""
    counter: bool = False
    request_url: str = ""


@dataclass(frozen=True, slots=True)
class LinePrice:
    """The price of a line against its list price and its floor; `badge` says how it stands."""

    price: shown.Money
    list_price: shown.Money | None = None
    floor: shown.Money | None = None
    asked: shown.Money | None = None
    badge: shown.Badge | None = None
    by_rule: str = ""
    """Which price rules set price or floor; "" where none does."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as read. `read_as` are the customer's words; `base` is in the item's own unit."""

    id: str
    number: int
    item_code: str
    item_name: str
    read_as: str
    confidence: int
    quantity: shown.Quantity | None = None
    base: shown.Quantity | None = None
    price: LinePrice | None = None
    amount: shown.Money | None = None
    doubts: tuple[Doubt, ...] = ()
    fixed_by: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One state of the order's way: received, read, checked, confirmed, in ERP."""

    label: str
    state: Literal["done", "now", "todo", "stopped"]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in the list."""

    id: str
    url: str
    customer: str
    text: str
    channel_icon: str
    received_at: datetime
    badge: shown.Badge
    lines: int = 0
    total: shown.Money | None = None
    erp_number: str = ""
    chosen: bool = False
    asked_at: datetime | None = None
    """Since when its customer has a question of ours."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation. `url` leads to its order; "" where that is the one on the screen."""

    at: datetime
    ours: bool
    text: str
    number: str
    url: str
    icon: str
    badge: shown.Badge


@dataclass(frozen=True, slots=True)
class Usual:
    """An item the customer usually buys, and how much of it."""

    code: str
    name: str
    quantity: shown.Quantity
    times: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an order: the conversation in time order, and the usual items."""

    said: tuple[Said, ...]
    usual: tuple[Usual, ...]
    known: bool = False
    """The customer is known, and has a page."""


@dataclass(frozen=True, slots=True)
class AskedOfCustomer:
    """A question that went to the customer. `by` is empty where Obeya asked by itself.

    `said` is what they wrote where it is not the words of the choice; `until` is set while it is with them.
    """

    id: str
    text: str
    choices: tuple[shown.Choice, ...]
    badge: shown.Badge
    asked_at: datetime
    until: datetime | None
    by: str
    said: str
    late_said: str
    delivery: shown.Badge | None


@dataclass(frozen=True, slots=True)
class CanAsk:
    """A question with answers to tap as it would go out: its words can be changed, its answers not."""

    doubt: str
    text: str
    choices: tuple[shown.Choice, ...]
    how: str
    language: str
    to: str
    channel: str
    most: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that waits to be sent. `said` is the part of the message it answers; "" for all of it."""

    id: str
    url: str
    said: str
    why: str
    text: str
    request_url: str
    window: shown.Window | None = None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """One order with its message, lines and doubts. `blocked` says why it cannot be confirmed yet."""

    id: str
    url: str
    customer: str
    badge: shown.Badge
    message: Message
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    beside: Beside
    facts: tuple[shown.Fact, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    replies: tuple[Reply, ...] = ()
    exceptions: tuple[shown.Link, ...] = ()
    total: shown.Money | None = None
    erp_number: str = ""
    took: str = ""
    story_url: str = ""
    posting_words: str = ""
    posting_tone: shown.Tone = "info"
    may_confirm: bool = False
    blocked: str = ""
    may_ask: bool = False
    may_reject: bool = False
    ask_text: str = ""
    can_ask: tuple[CanAsk, ...] = ()
    cannot_ask: str = ""
    """Why no answers to tap can be sent; "" where they can, or where nothing is for the customer."""
    asked: tuple[AskedOfCustomer, ...] = ()
    reject_reasons: tuple[shown.Choice, ...] = ()
    rejected_because: str = ""
    typed: shown.Typed = field(default_factory=shown.Typed)

    @property
    def open_doubts(self) -> tuple[tuple[Line | None, Doubt], ...]:
        """Every doubt beside its line (None: the whole order); those that you answer come first."""
        whole: list[tuple[Line | None, Doubt]] = [(None, doubt) for doubt in self.doubts]
        lined: list[tuple[Line | None, Doubt]] = [
            (line, doubt) for line in self.lines for doubt in line.doubts
        ]
        return tuple(sorted(whole + lined, key=lambda pair: not pair[1].yours))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. `narrowed` counts the filters that are not seen while they are closed."""

    state: str
    text: str
    customer: str
    channels: tuple[shown.Choice, ...]
    doubts: tuple[shown.Choice, ...]
    ages: tuple[shown.Choice, ...]
    narrowed: int
    clear_url: str


@dataclass(frozen=True, slots=True)
class OrderDeskPage:
    """The list with its filters and the chosen order."""

    now: datetime
    tabs: tuple[shown.Tab, ...]
    orders: tuple[OrderRow, ...]
    filters: Filters | None = None
    older_url: str = ""
    newest_url: str = ""
    """Back to the top of the list; "" there."""
    chosen: OrderDetail | None = None
    today: tuple[shown.Fact, ...] = ()
    filtered: bool = False
    """True where words or filters leave some orders out."""
    may_see_aliases: bool = False
    may_see_leakage: bool = False
    """True for those who may open the alias library."""
    paste_url: str = ""
    screen: str = "orders"


@dataclass(frozen=True, slots=True)
class PastePage:
    """The form to paste a message. `paste_id` makes sending it twice harmless."""

    paste_id: str
    channels: tuple[shown.Choice, ...]
    typed: shown.Typed
    most_files: int
    most_size: str
    most_text: int
    screen: str = "orders"


@dataclass(frozen=True, slots=True)
class OrderStoryPage:
    """Everything that happened to one order, from the raw message to the posting."""

    now: datetime
    id: str
    number: str
    customer: str
    order_url: str
    story: tuple[StoryEntry, ...]
    screen: str = "orders"
