"""What one WhatsApp webhook can hold: messages, statuses, errors, and what we do not know yet.

Form and names follow Meta's "messages webhook reference" of the WhatsApp Business Platform. All
values are untrusted text of bounded size; moments are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from obeya.integrations.whatsapp import fields
from obeya.lib import canonical

MediaKind = Literal["image", "document", "audio", "video", "sticker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The business number a part belongs to."""

    business_account_id: str
    phone_number_id: str
    display_phone_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote. `wa_id` is the phone number in digits.

    A person who goes by a username may write without showing a number; then only `user_id`, the
    business-scoped user id, is there.
    """

    wa_id: str | None
    user_id: str | None = None
    profile_name: str = ""
    username: str = ""

    @property
    def address(self) -> str:
        """What to send an answer to: the number, else the user id, else an empty text."""
        return self.wa_id or self.user_id or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaError:
    """An error as Meta reports it in a webhook."""

    code: int | None
    title: str = ""
    message: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredProduct:
    """The catalogue product a question is about."""

    catalog_id: str
    product_retailer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What every message from a person carries; the subclasses say what it holds."""

    account: Account
    wamid: str
    sent_at: datetime
    sender: Sender
    reply_to: str | None = None
    forwarded: bool = False
    group_id: str | None = None
    referred_product: ReferredProduct | None = None

    @property
    def natural_key(self) -> str:
        """WhatsApp's message id: a second arrival has the same."""
        return self.wamid

    @property
    def readable_text(self) -> str:
        """The words in it that a person wrote or chose; empty where there are none."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Message):
    """Plain words."""

    body: str

    @property
    def readable_text(self) -> str:
        """The body."""
        return self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Media(Message):
    """A file: picture, document, recording, video or sticker. `voice` tells a spoken note apart.

    The file itself is fetched by `media_id`, which Meta keeps for seven days. `sha256` is as Meta
    wrote it, in base64 or hexadecimal.
    """

    kind: MediaKind
    media_id: str
    mime_type: str = ""
    sha256: str = ""
    filename: str = ""
    caption: str = ""
    voice: bool = False
    animated: bool = False

    @property
    def readable_text(self) -> str:
        """The caption."""
        return self.caption


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Message):
    """A place, in degrees."""

    latitude: Decimal
    longitude: Decimal
    name: str = ""
    address: str = ""
    url: str = ""

    @property
    def readable_text(self) -> str:
        """Name and address."""
        return ", ".join(part for part in (self.name, self.address) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPhone:
    """A number on a contact card; `wa_id` where it is on WhatsApp."""

    number: str
    wa_id: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """One shared contact."""

    name: str
    phones: tuple[ContactPhone, ...] = ()
    emails: tuple[str, ...] = ()
    company: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts(Message):
    """Contact cards."""

    cards: tuple[ContactCard, ...]

    @property
    def readable_text(self) -> str:
        """Names and numbers, a card a line."""
        return "\n".join(" ".join([card.name, *(p.number for p in card.phones)]) for card in self.cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonReply(Message):
    """A tap on a reply button that we sent; `button_id` is ours."""

    button_id: str
    title: str

    @property
    def readable_text(self) -> str:
        """The button's words."""
        return self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReply(Message):
    """A row chosen from a list that we sent; `row_id` is ours."""

    row_id: str
    title: str
    description: str = ""

    @property
    def readable_text(self) -> str:
        """The row's title."""
        return self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReply(Message):
    """A completed WhatsApp Flow; `response_json` is its answers, as text."""

    name: str
    body: str
    response_json: str

    @property
    def readable_text(self) -> str:
        """The body."""
        return self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReply(Message):
    """A tap on a quick-reply button of a template that we sent; `payload` is ours."""

    payload: str
    text: str

    @property
    def readable_text(self) -> str:
        """The button's words."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueLine:
    """A line of a catalogue order. `item_price` is a unit price in `currency`, as the customer saw it."""

    product_retailer_id: str
    quantity: Decimal
    item_price: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueOrder(Message):
    """A cart from the WhatsApp catalogue."""

    catalog_id: str
    lines: tuple[CatalogueLine, ...]
    text: str = ""

    @property
    def readable_text(self) -> str:
        """The words beside the cart."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Message):
    """An emoji on a message; None takes it back."""

    target_wamid: str
    emoji: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Message):
    """A message written again: `content` replaces what `original_wamid` said."""

    original_wamid: str
    content: Message

    @property
    def readable_text(self) -> str:
        """The new words."""
        return self.content.readable_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Message):
    """A message taken back by the one who wrote it."""

    original_wamid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemNotice(Message):
    """WhatsApp says that a person's number or user id has changed."""

    change: str
    body: str = ""
    new_wa_id: str | None = None
    new_user_id: str | None = None
    previous_user_id: str | None = None

    @property
    def readable_text(self) -> str:
        """WhatsApp's sentence."""
        return self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What became of a message that we sent: sent, delivered, read, played, failed, or newer words.

    `tracking` is the text we put on the message when sending it; it settles a send whose answer
    never came.
    """

    account: Account
    wamid: str
    status: str
    at: datetime
    recipient: str = ""
    participant: str = ""
    tracking: str = ""
    errors: tuple[MetaError, ...] = ()

    @property
    def natural_key(self) -> str:
        """Message id and status, and in a group the participant: each happens once."""
        return ":".join(part for part in (self.wamid, self.status, self.participant) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountErrors:
    """Errors of the account or the app, not of one message."""

    account: Account
    errors: tuple[MetaError, ...]
    at: datetime | None
    digest: str

    @property
    def natural_key(self) -> str:
        """Digest of the errors as they came: Meta gives them no id."""
        return f"errors:{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """A part we cannot read: a kind not known here, or a known kind in a form not known here.

    `reason` says which, in plain words; `raw` is the part as it came. Where Meta itself reports
    a message it does not support, `errors` has its reason.
    """

    account: Account
    kind: str
    raw: Mapping[str, fields.Json] = field(hash=False)
    reason: str
    wamid: str | None = None
    sent_at: datetime | None = None
    sender: Sender | None = None
    errors: tuple[MetaError, ...] = ()

    @property
    def natural_key(self) -> str:
        """The message id if it has one, else a digest of the part."""
        return self.wamid or f"unsupported:{canonical.digest(self.raw)}"


Part = Message | Status | AccountErrors | Unsupported
