"""Meta's published contract for sending a WhatsApp message, as the stub of the Graph API enforces it.

Written from the pages of the Cloud API, not from our own client, so that a limit we got wrong shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Template = tuple[str, str]
"""Name and language of an approved template."""

_TOP_LEVEL = {
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "context",
    "biz_opaque_callback_data",
    "type",
    "text",
    "interactive",
    "template",
}
_PHONE = re.compile(r"\+?[0-9]{7,15}", re.ASCII)
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", re.ASCII)
_FORBIDDEN_IN_PARAMETER = re.compile(r"[\n\t]| {5,}")


class Objection(Exception):
    """The Graph API refuses the request."""

    def __init__(self, code: int, details: str, *, status: int = 400, subcode: int | None = None) -> None:
        super().__init__(f"({code}) {details}")
        self.code = code
        self.details = details
        self.status = status
        self.subcode = subcode


@dataclass(frozen=True, slots=True)
class Rules:
    """What the account has: approved templates with the number of variables in their bodies."""

    templates: Mapping[Template, int] = field(default_factory=dict)


TITLES = {
    1: "API Unknown",
    100: "Invalid parameter",
    190: "Access token has expired",
    104: "An access token is required to request this resource.",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131051: "Unsupported message type",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132018: "There is an issue with the parameters in your template",
}


def check_message(payload: Mapping[str, object], rules: Rules) -> None:
    """Accept the body of a request to send a message, or raise Objection."""
    if payload.get("messaging_product") != "whatsapp":
        raise Objection(100, "The parameter messaging_product is required.")
    strange = sorted(set(payload) - _TOP_LEVEL)
    if strange:
        raise Objection(100, f'Unexpected key "{strange[0]}" on param.')
    address_of(payload)
    if payload.get("recipient_type", "individual") != "individual":
        raise Objection(131009, "recipient_type must be individual")
    _text(payload, "biz_opaque_callback_data", 512, needed=False)
    if "context" in payload:
        _text(_object(payload, "context"), "message_id", 512)
    kind = payload.get("type", "text")
    check = {"text": _check_text, "interactive": _check_interactive}.get(str(kind))
    if kind == "template":
        _check_template(_object(payload, "template"), rules)
    elif check is None:
        raise Objection(131051, f"The stub does not play messages of type {kind}.")
    else:
        check(_object(payload, str(kind)))


def address_of(payload: Mapping[str, object]) -> str:
    """The number, in digits, or the user id the message goes to. Raises Objection."""
    to, user_id = payload.get("to"), payload.get("recipient")
    if isinstance(to, str) and to:
        if _PHONE.fullmatch(to) is None:
            raise Objection(131009, "Parameter value is not valid: to")
        return to.removeprefix("+")
    if isinstance(user_id, str) and user_id:
        if _USER_ID.fullmatch(user_id) is None:
            raise Objection(131009, "Parameter value is not valid: recipient")
        return user_id
    raise Objection(131008, "The parameter to is required.")


def _check_text(text: Mapping[str, object]) -> None:
    _text(text, "body", 4096)
    if not isinstance(text.get("preview_url", False), bool):
        raise Objection(100, "Param text['preview_url'] must be a boolean.")


def _check_interactive(interactive: Mapping[str, object]) -> None:
    _text(_object(interactive, "body"), "text", 1024)
    if "footer" in interactive:
        _text(_object(interactive, "footer"), "text", 60)
    if "header" in interactive:
        header = _object(interactive, "header")
        if header.get("type") != "text":
            raise Objection(131009, "The stub plays text headers only.")
        _text(header, "text", 60)
    action = _object(interactive, "action")
    kind = interactive.get("type")
    if kind == "button":
        _check_buttons(action)
    elif kind == "list":
        _check_list(action)
    else:
        raise Objection(131009, f"Param interactive['type'] {kind} is not one the stub plays.")


def _check_buttons(action: Mapping[str, object]) -> None:
    buttons = _list(action, "buttons")
    if not 1 <= len(buttons) <= 3:
        raise Objection(131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    replies = [_object(_as_object(button), "reply") for button in buttons]
    if any(_as_object(button).get("type") != "reply" for button in buttons):
        raise Objection(131009, "Button type must be reply")
    _different([_id(reply, 256) for reply in replies], "Duplicated button id")
    _different([_text(reply, "title", 20) for reply in replies], "Duplicated button title")


def _check_list(action: Mapping[str, object]) -> None:
    _text(action, "button", 20)
    sections = [_as_object(section) for section in _list(action, "sections")]
    if not 1 <= len(sections) <= 10:
        raise Objection(131009, "Invalid sections count. Min allowed: 1, Max allowed: 10")
    rows: list[Mapping[str, object]] = []
    for section in sections:
        _text(section, "title", 24, needed=len(sections) > 1)
        found = [_as_object(row) for row in _list(section, "rows")]
        if not found:
            raise Objection(131009, "A section needs at least one row")
        rows += found
    if len(rows) > 10:
        raise Objection(131009, "Total row count exceed max allowed count: 10")
    for row in rows:
        _text(row, "title", 24)
        _text(row, "description", 72, needed=False)
    _different([_id(row, 200) for row in rows], "Duplicated row id")


def _check_template(template: Mapping[str, object], rules: Rules) -> None:
    name, language = _text(template, "name", 512), _text(_object(template, "language"), "code", 20)
    expected = rules.templates.get((name, language))
    if expected is None:
        raise Objection(132001, f"template name ({name}) does not exist in {language}", status=404)
    given = 0
    for component in map(_as_object, _list(template, "components", needed=False)):
        if component.get("type") not in {"header", "body", "button"}:
            raise Objection(132018, f"Component type {component.get('type')} is not one of a template's.")
        if component.get("type") == "button" and not str(component.get("index", "")).isdigit():
            raise Objection(131008, "A button component needs sub_type and index.")
        parameters = [_as_object(parameter) for parameter in _list(component, "parameters")]
        if component.get("type") == "body":
            given = len(parameters)
        for parameter in parameters:
            _check_parameter(parameter)
    if given != expected:
        raise Objection(
            132000, f"body: number of localizable_params ({given}) does not match the expected ({expected})"
        )


def _check_parameter(parameter: Mapping[str, object]) -> None:
    kind = parameter.get("type")
    if kind not in {"text", "payload"}:
        raise Objection(132018, f"The stub does not play parameters of type {kind}.")
    value = _text(parameter, str(kind), 1024)
    if kind == "text" and _FORBIDDEN_IN_PARAMETER.search(value):
        raise Objection(
            132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )


def _as_object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Objection(100, "Param must be a JSON object.")
    return value


def _object(source: Mapping[str, object], key: str) -> Mapping[str, object]:
    if key not in source:
        raise Objection(131008, f"The parameter {key} is required.")
    return _as_object(source[key])


def _list(source: Mapping[str, object], key: str, *, needed: bool = True) -> list[object]:
    value = source.get(key, [])
    if not isinstance(value, list) or (needed and not value):
        raise Objection(131008, f"The parameter {key} is required.")
    return value


def _text(source: Mapping[str, object], key: str, limit: int, *, needed: bool = True) -> str:
    value = source.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise Objection(131008, f"The parameter {key} is required.")
    if len(value) > limit:
        raise Objection(131009, f"Param {key} length {len(value)} exceeds the maximum of {limit}.")
    return value


def _id(source: Mapping[str, object], limit: int) -> str:
    value = _text(source, "id", limit)
    if value != value.strip():
        raise Objection(131009, "An id cannot have leading or trailing spaces")
    return value


def _different(values: list[str], complaint: str) -> None:
    if len(set(values)) < len(values):
        raise Objection(131009, complaint)
