"""One reader for each kind of WhatsApp message; `READERS` lists them all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from obeya.integrations.whatsapp import fields, parts

_MAX_LIST = 500


class Frame(TypedDict):
    """What every message shares, read once."""

    account: parts.Account
    wamid: str
    sent_at: datetime
    sender: parts.Sender
    reply_to: str | None
    forwarded: bool
    group_id: str | None
    referred_product: parts.ReferredProduct | None


Reader = Callable[[fields.Object, Frame], parts.Message]


def frame_of(message: fields.Object, account: parts.Account, contacts: list[fields.Object]) -> Frame:
    """Read what every message shares. Raises fields.CannotReadField."""
    if not account.phone_number_id:
        raise fields.CannotReadField("“phone_number_id” is missing")
    sender = sender_of(message, contacts)
    if sender is None:
        raise fields.CannotReadField("the message does not say who sent it")
    context = fields.find_object(message, "context")
    return Frame(
        account=account,
        wamid=fields.get_id(message, "id"),
        sent_at=fields.get_moment(message, "timestamp"),
        sender=sender,
        reply_to=fields.find_id(context, "id"),
        forwarded=fields.find_flag(context, "forwarded") or fields.find_flag(context, "frequently_forwarded"),
        group_id=fields.find_id(message, "group_id"),
        referred_product=_referred_product(context),
    )


def sender_of(message: fields.Object, contacts: list[fields.Object]) -> parts.Sender | None:
    """Who sent the message, with the profile from the matching contact; None if it does not say."""
    number, user_id = _ids_of(message)
    contact = contact_of(message, contacts)
    user_id = user_id or fields.find_id(contact, "user_id")
    if number is None and user_id is None:
        return None
    profile = fields.find_object(contact, "profile")
    return parts.Sender(
        wa_id=number,
        user_id=user_id,
        profile_name=(fields.find_text(profile, "name") or "")[: fields.MAX_ID_CHARS],
        username=(fields.find_text(profile, "username") or "")[: fields.MAX_ID_CHARS],
    )


def _ids_of(message: fields.Object) -> tuple[str | None, str | None]:
    """The sender's number and user id as the message gives them."""
    number = fields.find_id(message, "from")
    user_id = fields.find_id(message, "from_user_id")
    if number is not None and not (number.isascii() and number.isdecimal() and len(number) <= 20):
        return None, user_id or number
    return number, user_id


def contact_of(message: fields.Object, contacts: list[fields.Object]) -> fields.Object:
    """The contact of the one who sent the message; empty where there is none."""
    number, user_id = _ids_of(message)
    for contact in contacts:
        if number is not None and fields.find_id(contact, "wa_id") == number:
            return contact
        if user_id is not None and fields.find_id(contact, "user_id") == user_id:
            return contact
    # In some countries the id and the number differ by a digit: a single contact is still the sender.
    return contacts[0] if len(contacts) == 1 else {}


def _referred_product(context: fields.Object) -> parts.ReferredProduct | None:
    product = fields.find_object(context, "referred_product")
    catalog_id = fields.find_id(product, "catalog_id")
    retailer_id = fields.find_id(product, "product_retailer_id")
    if catalog_id is None or retailer_id is None:
        return None
    return parts.ReferredProduct(catalog_id=catalog_id, product_retailer_id=retailer_id)


def _text(message: fields.Object, frame: Frame) -> parts.Message:
    body = fields.get_text(fields.get_object(message, "text"), "body")
    return parts.Text(**frame, body=body)


def _media(kind: parts.MediaKind) -> Reader:
    def read(message: fields.Object, frame: Frame) -> parts.Message:
        asset = fields.get_object(message, kind)
        return parts.Media(
            **frame,
            kind=kind,
            media_id=fields.get_id(asset, "id"),
            mime_type=fields.find_id(asset, "mime_type") or "",
            sha256=fields.find_id(asset, "sha256") or "",
            filename=(fields.find_text(asset, "filename") or "")[: fields.MAX_ID_CHARS],
            caption=fields.find_text(asset, "caption") or "",
            voice=fields.find_flag(asset, "voice"),
            animated=fields.find_flag(asset, "animated"),
        )

    return read


def _voice(message: fields.Object, frame: Frame) -> parts.Message:
    """The older name of a spoken note: `voice` in place of `audio` with its flag set."""
    asset = {**fields.get_object(message, "voice"), "voice": True}
    return _media("audio")({"audio": asset}, frame)


def _location(message: fields.Object, frame: Frame) -> parts.Message:
    place = fields.get_object(message, "location")
    latitude, longitude = fields.get_number(place, "latitude"), fields.get_number(place, "longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise fields.CannotReadField("the location is not on Earth")
    return parts.Location(
        **frame,
        latitude=latitude,
        longitude=longitude,
        name=fields.find_text(place, "name") or "",
        address=fields.find_text(place, "address") or "",
        url=fields.find_text(place, "url") or "",
    )


def _contacts(message: fields.Object, frame: Frame) -> parts.Message:
    cards = tuple(_card(card) for card in fields.list_objects(message, "contacts", at_most=_MAX_LIST))
    if not cards:
        raise fields.CannotReadField("“contacts” is missing")
    return parts.Contacts(**frame, cards=cards)


def _card(card: fields.Object) -> parts.ContactCard:
    name = fields.find_object(card, "name")
    given = fields.find_text(name, "formatted_name") or fields.find_text(name, "first_name") or ""
    phones = tuple(
        parts.ContactPhone(
            number=fields.find_id(phone, "phone") or "",
            wa_id=fields.find_id(phone, "wa_id"),
            kind=fields.find_id(phone, "type") or "",
        )
        for phone in fields.list_objects(card, "phones", at_most=_MAX_LIST)
    )
    emails = [
        fields.find_id(email, "email") for email in fields.list_objects(card, "emails", at_most=_MAX_LIST)
    ]
    return parts.ContactCard(
        name=given,
        phones=tuple(phone for phone in phones if phone.number),
        emails=tuple(email for email in emails if email),
        company=fields.find_text(fields.find_object(card, "org"), "company") or "",
    )


def _interactive(message: fields.Object, frame: Frame) -> parts.Message:
    answer = fields.get_object(message, "interactive")
    kind = fields.get_text(answer, "type")
    read = _INTERACTIVE.get(kind)
    if read is None:
        raise fields.CannotReadField(f"Obeya does not know interactive answers of the kind “{kind[:100]}”")
    return read(fields.get_object(answer, kind), frame)


def _button_reply(reply: fields.Object, frame: Frame) -> parts.Message:
    return parts.ButtonReply(
        **frame,
        button_id=fields.get_text(reply, "id"),
        title=fields.find_text(reply, "title") or "",
    )


def _list_reply(reply: fields.Object, frame: Frame) -> parts.Message:
    return parts.ListReply(
        **frame,
        row_id=fields.get_text(reply, "id"),
        title=fields.find_text(reply, "title") or "",
        description=fields.find_text(reply, "description") or "",
    )


def _form_reply(reply: fields.Object, frame: Frame) -> parts.Message:
    return parts.FormReply(
        **frame,
        name=fields.find_text(reply, "name") or "",
        body=fields.find_text(reply, "body") or "",
        response_json=fields.get_text(reply, "response_json"),
    )


def _button(message: fields.Object, frame: Frame) -> parts.Message:
    button = fields.get_object(message, "button")
    text = fields.find_text(button, "text") or ""
    return parts.TemplateReply(**frame, payload=fields.find_text(button, "payload") or text, text=text)


def _order(message: fields.Object, frame: Frame) -> parts.Message:
    order = fields.get_object(message, "order")
    lines = tuple(
        _order_line(line) for line in fields.list_objects(order, "product_items", at_most=_MAX_LIST)
    )
    if not lines:
        raise fields.CannotReadField("the order has no lines")
    return parts.CatalogueOrder(
        **frame,
        catalog_id=fields.find_id(order, "catalog_id") or "",
        lines=lines,
        text=fields.find_text(order, "text") or "",
    )


def _order_line(line: fields.Object) -> parts.CatalogueLine:
    return parts.CatalogueLine(
        product_retailer_id=fields.get_id(line, "product_retailer_id"),
        quantity=fields.get_number(line, "quantity"),
        item_price=fields.find_number(line, "item_price"),
        currency=fields.find_id(line, "currency") or "",
    )


def _reaction(message: fields.Object, frame: Frame) -> parts.Message:
    reaction = fields.get_object(message, "reaction")
    return parts.Reaction(
        **frame,
        target_wamid=fields.get_id(reaction, "message_id"),
        emoji=fields.find_text(reaction, "emoji"),
    )


def _edit(message: fields.Object, frame: Frame) -> parts.Message:
    edit = fields.get_object(message, "edit")
    inner = fields.get_object(edit, "message")
    kind = fields.get_text(inner, "type")
    read = READERS.get(kind)
    if read is None or kind == "edit":
        raise fields.CannotReadField(f"Obeya does not know edits of the kind “{kind[:100]}”")
    reply_to = fields.find_id(fields.find_object(inner, "context"), "id") or frame["reply_to"]
    return parts.Edited(
        **frame,
        original_wamid=fields.get_id(edit, "original_message_id"),
        content=read(inner, {**frame, "reply_to": reply_to}),
    )


def _revoke(message: fields.Object, frame: Frame) -> parts.Message:
    original = fields.get_id(fields.get_object(message, "revoke"), "original_message_id")
    return parts.Revoked(**frame, original_wamid=original)


def _system(message: fields.Object, frame: Frame) -> parts.Message:
    notice = fields.get_object(message, "system")
    return parts.SystemNotice(
        **frame,
        change=fields.get_id(notice, "type"),
        body=fields.find_text(notice, "body") or "",
        new_wa_id=fields.find_id(notice, "wa_id"),
        new_user_id=fields.find_id(notice, "user_id"),
        previous_user_id=fields.find_id(notice, "previous_user_id"),
    )


_INTERACTIVE: dict[str, Reader] = {
    "button_reply": _button_reply,
    "list_reply": _list_reply,
    "nfm_reply": _form_reply,
}

READERS: dict[str, Reader] = {
    "text": _text,
    "image": _media("image"),
    "document": _media("document"),
    "audio": _media("audio"),
    "voice": _voice,
    "video": _media("video"),
    "sticker": _media("sticker"),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}
