"""Messages that we send, checked against Meta's published limits before they leave.

The limits are those of the pages "text messages", "interactive reply buttons messages",
"interactive list messages" and "template messages" of the Cloud API; lengths count characters.
A list's body is held to the reply buttons' 1,024 characters, the smaller of the published figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Payload: TypeAlias = "dict[str, object]"

MAX_TEXT = 4096
MAX_BODY = 1024
MAX_HEADER = 60
MAX_FOOTER = 60
MAX_BUTTONS = 3
MAX_BUTTON_TITLE = 20
MAX_BUTTON_ID = 256
MAX_SECTIONS = 10
MAX_ROWS = 10
MAX_SECTION_TITLE = 24
MAX_ROW_TITLE = 24
MAX_ROW_DESCRIPTION = 72
MAX_ROW_ID = 200
MAX_TRACKING = 512

_PHONE = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
_PHONE_DRESS = str.maketrans("", "", "+ -().\u00a0")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", re.ASCII)
_TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?", re.ASCII)
_BROKEN_PARAMETER = re.compile(r"[\n\r\t]| {5,}")


class CannotComposeMessage(Exception):
    """The message would break a limit of WhatsApp; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Plain words, at most MAX_TEXT characters. `preview_url` shows a preview of the first link."""

    body: str
    preview_url: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A reply button; `button_id` comes back when it is tapped."""

    button_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Words with one to three reply buttons."""

    body: str
    buttons: tuple[Button, ...]
    header: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a list; `row_id` comes back when it is chosen."""

    row_id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under a title; the title may be empty where the list has one section only."""

    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Words with a button that opens a list of one to ten rows."""

    body: str
    open_with: str
    sections: tuple[Section, ...]
    header: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message approved by Meta beforehand: the only kind allowed when the customer has been quiet a day.

    `header` and `body` fill the template's variables in order; `button_payloads` come back when the
    template's quick-reply buttons are tapped.
    """

    name: str
    language: str
    body: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    button_payloads: tuple[str, ...] = ()


Outgoing = Text | Buttons | Choices | Template


def compose(message: Outgoing, *, to: str, reply_to: str = "", tracking: str = "") -> Payload:
    """The request body that sends `message`.

    `to` is a phone number with country code or a business-scoped user id; `reply_to` the id of the
    message this one answers; `tracking` returns in the message's status webhooks, at most
    MAX_TRACKING characters. Raises CannotComposeMessage.
    """
    payload: Payload = {"messaging_product": "whatsapp", "recipient_type": "individual", **recipient(to)}
    if reply_to:
        payload["context"] = {"message_id": reply_to}
    if tracking:
        _limit("The tracking text", tracking, MAX_TRACKING)
        payload["biz_opaque_callback_data"] = tracking
    return {**payload, **_content(message)}


def recipient(to: str) -> Payload:
    """The fields that address `to`. Raises CannotComposeMessage."""
    if _USER_ID.fullmatch(to):
        return {"recipient": to}
    digits = to.translate(_PHONE_DRESS)
    if _PHONE.fullmatch(digits) is None:
        raise CannotComposeMessage(
            f"“{to[:40]}” is not a phone number with country code, nor a WhatsApp user id."
        )
    return {"to": digits}


def _content(message: Outgoing) -> Payload:
    if isinstance(message, Text):
        return _text(message)
    if isinstance(message, Buttons):
        return _buttons(message)
    if isinstance(message, Choices):
        return _choices(message)
    return _template(message)


def _text(message: Text) -> Payload:
    _need("The message", message.body, MAX_TEXT)
    return {"type": "text", "text": {"body": message.body, "preview_url": message.preview_url}}


def _buttons(message: Buttons) -> Payload:
    if not 1 <= len(message.buttons) <= MAX_BUTTONS:
        raise CannotComposeMessage(
            f"A message has 1 to {MAX_BUTTONS} buttons, this one has {len(message.buttons)}."
        )
    for button in message.buttons:
        _need("A button's words", button.title, MAX_BUTTON_TITLE)
        _need_id("A button's id", button.button_id, MAX_BUTTON_ID)
    _need_different("button ids", (button.button_id for button in message.buttons))
    _need_different("button words", (button.title for button in message.buttons))
    replies = [
        {"type": "reply", "reply": {"id": button.button_id, "title": button.title}}
        for button in message.buttons
    ]
    frame = _frame(body=message.body, header=message.header, footer=message.footer)
    return {"type": "interactive", "interactive": {"type": "button", **frame, "action": {"buttons": replies}}}


def _choices(message: Choices) -> Payload:
    _need("The words that open the list", message.open_with, MAX_BUTTON_TITLE)
    _check_sections(message.sections)
    sections = [
        {**({"title": section.title} if section.title else {}), "rows": [_row(row) for row in section.rows]}
        for section in message.sections
    ]
    action = {"button": message.open_with, "sections": sections}
    frame = _frame(body=message.body, header=message.header, footer=message.footer)
    return {"type": "interactive", "interactive": {"type": "list", **frame, "action": action}}


def _check_sections(sections: tuple[Section, ...]) -> None:
    rows = [row for section in sections for row in section.rows]
    if not 1 <= len(sections) <= MAX_SECTIONS or not all(section.rows for section in sections):
        raise CannotComposeMessage(f"A list has 1 to {MAX_SECTIONS} sections, each with a row at least.")
    if len(rows) > MAX_ROWS:
        raise CannotComposeMessage(f"A list has at most {MAX_ROWS} rows in all, this one has {len(rows)}.")
    for section in sections:
        if len(sections) > 1:
            _need("A section's title", section.title, MAX_SECTION_TITLE)
        _limit("A section's title", section.title, MAX_SECTION_TITLE)
    for row in rows:
        _need("A row's title", row.title, MAX_ROW_TITLE)
        _limit("A row's description", row.description, MAX_ROW_DESCRIPTION)
        _need_id("A row's id", row.row_id, MAX_ROW_ID)
    _need_different("row ids", (row.row_id for row in rows))


def _row(row: Row) -> dict[str, str]:
    shown = {"id": row.row_id, "title": row.title}
    return {**shown, "description": row.description} if row.description else shown


def _frame(*, body: str, header: str, footer: str) -> Payload:
    _need("The message", body, MAX_BODY)
    _limit("The header", header, MAX_HEADER)
    _limit("The footer", footer, MAX_FOOTER)
    frame: Payload = {"body": {"text": body}}
    if header:
        frame["header"] = {"type": "text", "text": header}
    if footer:
        frame["footer"] = {"text": footer}
    return frame


def _template(message: Template) -> Payload:
    if _TEMPLATE_NAME.fullmatch(message.name) is None:
        raise CannotComposeMessage("A template's name is small letters, digits and underscores.")
    if _LANGUAGE.fullmatch(message.language) is None:
        raise CannotComposeMessage("A template's language is a code such as “en” or “en_US”.")
    components = [_parameters("header", message.header), _parameters("body", message.body)]
    filled: list[Payload] = [component for component in components if component["parameters"]]
    for index, payload in enumerate(message.button_payloads):
        _need("A button's payload", payload, MAX_BUTTON_ID)
        parameters = [{"type": "payload", "payload": payload}]
        filled.append(
            {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": parameters}
        )
    template: Payload = {"name": message.name, "language": {"code": message.language}}
    return {"type": "template", "template": {**template, "components": filled} if filled else template}


def _parameters(place: str, values: tuple[str, ...]) -> Payload:
    for value in values:
        _need("A template's value", value, MAX_BODY)
        if _BROKEN_PARAMETER.search(value):
            raise CannotComposeMessage(
                "A template's value has no line breaks, tabs or more than four spaces in a row."
            )
    return {"type": place, "parameters": [{"type": "text", "text": value} for value in values]}


def _need(what: str, text: str, limit: int) -> None:
    if not text.strip():
        raise CannotComposeMessage(f"{what} must not be empty.")
    _limit(what, text, limit)


def _limit(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise CannotComposeMessage(f"{what} may have {limit} characters, not {len(text)}.")


def _need_id(what: str, text: str, limit: int) -> None:
    _need(what, text, limit)
    if text != text.strip():
        raise CannotComposeMessage(f"{what} must not begin or end with a space.")


def _need_different(what: str, texts: Iterable[str]) -> None:
    found = list(texts)
    if len(set(found)) < len(found):
        raise CannotComposeMessage(f"Two {what} are the same.")
