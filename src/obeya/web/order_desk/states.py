"""States, channels and steps of orders in the desk's words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from obeya.orders import queries as orders
from obeya.web import shown
from obeya.web.order_desk import page

CHANNELS = {
    "whatsapp": ("WhatsApp", "message"),
    "email": ("E-mail", "mail"),
    "voice": ("Voice", "voice"),
    "portal": ("Portal", "api"),
    "api": ("API", "api"),
    "file": ("File", "file"),
    "paste": ("Pasted", "edit"),
}
PASTED = {"whatsapp": "WhatsApp", "email": "E-mail", "phone": "Phone call", "paper": "Paper"}
STATES: dict[str, tuple[str, shown.Tone, str]] = {
    "waiting": ("Waits", "warn", "waiting"),
    "confirmed": ("On its way to ERP", "info", "posting"),
    "booked": ("Booked", "good", "check"),
    "refused": ("Refused", "bad", "cross"),
    "answered": ("Dealt with", "plain", "check"),
}
UNPOSTED: tuple[str, shown.Tone, str] = ("Confirmed, not in ERP", "warn", "posting")
REASONS = (
    ("not_supplied", "We cannot supply it", ""),
    ("price", "The price cannot be agreed", ""),
    ("credit", "Credit", "The customer is over the limit and does not pay first."),
    ("duplicate", "It is a duplicate", "The same order has come before."),
    ("no_order", "It is no order", ""),
    ("other", "Something else", "Say it in your words."),
)


def channel_name(code: str) -> str:
    """What people call the channel."""
    return _(CHANNELS.get(code, (code.replace("_", " ").capitalize(), ""))[0])


def pasted_name(code: str) -> str:
    """What people call the way by which a pasted message came."""
    return _(PASTED[code])


def channel_icon(code: str) -> str:
    """The drawing of the channel."""
    return CHANNELS.get(code, ("", "signal"))[1]


def state_badge(code: str, *, unposted: bool = False) -> shown.Badge:
    """How far an order is. `unposted`: it was confirmed, and no ERP was connected."""
    words, tone, icon = UNPOSTED if unposted else STATES.get(code, (code.capitalize(), "plain", ""))
    return shown.Badge(_(words), tone, icon)


def reason_choices() -> tuple[shown.Choice, ...]:
    """Why an order can be refused."""
    return tuple(shown.Choice(code, _(words), _(hint) if hint else "") for code, words, hint in REASONS)


def reason_words(code: str) -> str:
    """The words of one reason; "" for an unknown one."""
    return next((_(words) for known, words, _hint in REASONS if known == code), "")


def percent(share: Decimal) -> int:
    """A share from 0 to 1 in whole percent, never 100 unless it is all of it."""
    return int(share * 100)


def steps(order: orders.Order) -> tuple[page.Step, ...]:
    """The order's way: received, read, checked, confirmed, in ERP."""
    closed = order.state in ("refused", "answered")
    checked = order.state in ("confirmed", "booked")
    now = page.Step(_("Checked"), "stopped" if closed else "done" if checked else "now", None)
    posted = order.state == "booked"
    stuck = order.unposted or (order.posting is not None and order.posting.tone == "bad")
    in_erp = "done" if posted else "stopped" if stuck else "now" if checked else "todo"
    return (
        page.Step(_("Received"), "done", order.received_at),
        page.Step(_("Read"), "done", None),
        now,
        page.Step(_("Confirmed"), "done" if checked else "todo", order.confirmed_at),
        page.Step(_("In ERP"), in_erp, order.booked_at),  # type: ignore[arg-type]  # one of the four states above
    )
