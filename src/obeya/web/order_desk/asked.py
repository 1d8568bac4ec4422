"""What an order's customer was asked with answers to tap, and what the desk can ask so."""

from __future__ import annotations

from django.utils.translation import gettext as _

from obeya.orders import queries as orders
from obeya.orders import question_queries as questions
from obeya.people import queries as people
from obeya.web import shown
from obeya.web.order_desk import page, states

STATES: dict[str, tuple[str, shown.Tone, str]] = {
    "asked": ("With the customer", "info", "waiting"),
    "answered": ("Answered", "good", "check"),
    "unclear": ("You decide", "warn", "message"),
    "expired": ("No answer in time", "warn", "waiting"),
    "undelivered": ("Did not arrive", "bad", "cross"),
    "withdrawn": ("Settled otherwise", "plain", ""),
}
LANGUAGES = {"en": "English", "hi": "Hindi", "gu": "Gujarati", "ar": "Arabic", "ur": "Urdu"}


def to_page(order: orders.Order) -> tuple[page.AskedOfCustomer, ...]:
    """The questions that went out, the latest first."""
    found = questions.list_asked(order.id)
    names = people.get_users(one.asked_by for one in found if one.asked_by is not None)
    return tuple(_asked(one, names.get(one.asked_by or 0)) for one in found)


def _asked(one: questions.Asked, by: people.Person | None) -> page.AskedOfCustomer:
    label, tone, icon = STATES[one.state]
    message = one.message
    return page.AskedOfCustomer(
        id=str(one.id),
        text=one.text,
        choices=tuple(shown.Choice(text, text, chosen=text == one.answer) for text in one.choices),
        badge=shown.Badge(_(label), tone, icon),
        asked_at=one.asked_at,
        until=one.until if one.state == "asked" else None,
        by=by.display_name if by else "",
        said=one.said if one.said != one.answer else "",
        late_said=one.late_said,
        delivery=shown.Badge(message.state_text.rstrip("."), message.tone) if message else None,
    )


def preview(order: orders.Order) -> tuple[tuple[page.CanAsk, ...], str]:
    """What could be asked so now, as it would go out; else why it cannot."""
    found, why = questions.preview(order.id)
    told = tuple(
        page.CanAsk(
            doubt=str(one.doubt),
            text=one.text,
            choices=tuple(shown.Choice(label, label, detail) for label, detail in one.choices),
            how=one.how,
            language=_(LANGUAGES[one.language]),
            to=one.to,
            channel=states.channel_name(order.channel),
            most=one.most,
        )
        for one in found
    )
    return told, why
