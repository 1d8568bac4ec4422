"""Read a webhook body of the WhatsApp Cloud API into typed parts.

The envelope must be Meta's, or `CannotReadPayload` says in plain words what is wrong. Inside it
nothing fails: a kind or a form that is not known here becomes an `Unsupported` part, so that one
strange message never costs the others in the same delivery.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from obeya.integrations.whatsapp import contents, fields, parts
from obeya.lib import canonical

MAX_BODY_BYTES = 3 * 1024 * 1024
"""Meta's published limit of a webhook delivery."""
MAX_DEPTH = 24
MAX_PARTS = 5_000
"""Meta batches up to 1,000 changes in a delivery; a change may hold several messages."""

_OBJECT = "whatsapp_business_account"


class CannotReadPayload(Exception):
    """The body is not a webhook delivery of the WhatsApp Cloud API; the text says why."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of one entry, with what its parts share."""

    account: parts.Account
    value: fields.Object
    entry: fields.Object


_Found = tuple[parts.Part, fields.Object]
"""A part, and the entry or change that holds it cut down to it alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part with a delivery that holds it alone."""

    part: parts.Part
    body: bytes


def read_webhook(body: bytes) -> tuple[parts.Part, ...]:
    """The parts of a webhook delivery, in the order they stand in it.

    `body` is the raw request body, at most MAX_BODY_BYTES. Raises CannotReadPayload.
    """
    return tuple(part for part, _ in _read(body))


def take_apart(body: bytes) -> tuple[Piece, ...]:
    """Each part of a delivery with a body that holds it alone: the body itself where there is one part.

    Reading a piece gives the same part again, so a thousand messages in one delivery are stored once
    each, not a thousand times a thousand. Raises CannotReadPayload.
    """
    found = _read(body)
    if len(found) == 1:
        return (Piece(found[0][0], body),)
    return tuple(
        Piece(part, json.dumps({"object": _OBJECT, "entry": [entry]}, ensure_ascii=False).encode())
        for part, entry in found
    )


def _read(body: bytes) -> list[_Found]:
    try:
        return _read_entries(body)
    except (fields.CannotReadJson, fields.CannotReadField) as error:
        raise CannotReadPayload(f"This is not a WhatsApp delivery: {error}.") from error


def _read_entries(body: bytes) -> list[_Found]:
    if len(body) > MAX_BODY_BYTES:
        limit = MAX_BODY_BYTES // (1024 * 1024)
        raise fields.CannotReadJson(f"it is larger than {limit} MB")
    envelope = fields.object_of(fields.load(body, max_depth=MAX_DEPTH), "the body")
    if envelope.get("object") != _OBJECT:
        raise fields.CannotReadField(f"“object” is not “{_OBJECT}”")
    if "entry" not in envelope:
        raise fields.CannotReadField("“entry” is missing")
    found: list[_Found] = []
    for entry in fields.list_objects(envelope, "entry"):
        for item in _read_entry(entry):
            found.append(item)
            if len(found) > MAX_PARTS:
                raise fields.CannotReadJson(f"it holds more than {MAX_PARTS} messages")
    return found


def _read_entry(entry: fields.Object) -> Iterator[_Found]:
    changes = fields.list_objects(entry, "changes")
    if not changes:
        yield _unreadable(_account({}, entry), "entry", dict(entry), "it holds no change"), entry
    kept = _only(entry, ("id", "time"))
    for change in changes:
        for part, alone in _read_change(change, entry):
            yield part, {**kept, "changes": [dict(alone)]}


def _only(source: fields.Object, keys: Iterable[str]) -> dict[str, fields.Json]:
    return {key: source[key] for key in keys if key in source}


def _read_change(change: fields.Object, entry: fields.Object) -> list[_Found]:
    value = fields.find_object(change, "value")
    account = _account(value, entry)
    topic = fields.find_text(change, "field") or ""
    if topic != "messages":
        return [(_unknown_topic(topic, change, entry, account), change)]
    here = _Change(account=account, value=value, entry=entry)
    try:
        messages = fields.list_values(value, "messages")
        statuses = fields.list_values(value, "statuses")
        errors = fields.list_objects(value, "errors")
        contacts = fields.list_objects(value, "contacts")
    except fields.CannotReadField as error:
        return [(_unreadable(account, "change", dict(change), str(error)), change)]
    found: list[_Found] = [
        (_read_message(item, here, contacts), _alone(value, "messages", [item], contacts))
        for item in messages
    ]
    found += [(_read_status(item, here), _alone(value, "statuses", [item])) for item in statuses]
    if errors:
        found.append(
            (_account_errors(errors, here), _alone(value, "errors", fields.list_values(value, "errors")))
        )
    if not found:
        reason = "it holds no message, status or error"
        found.append((_unreadable(account, "change", dict(change), reason), change))
    return found


def _alone(
    value: fields.Object, key: str, items: list[fields.Json], contacts: Iterable[fields.Object] = ()
) -> fields.Object:
    """The change cut down to `items`, with the contact of a message that has one."""
    kept = _only(value, ("messaging_product",))
    numbers = ("display_phone_number", "phone_number_id")
    kept["metadata"] = _only(fields.find_object(value, "metadata"), numbers)
    sender = contents.contact_of(items[0], list(contacts)) if isinstance(items[0], dict) else {}
    if sender:
        kept["contacts"] = [dict(sender)]
    return {"field": "messages", "value": {**kept, key: items}}


def _account(value: fields.Object, entry: fields.Object) -> parts.Account:
    metadata = fields.find_object(value, "metadata")
    return parts.Account(
        business_account_id=fields.find_id(entry, "id") or "",
        phone_number_id=fields.find_id(metadata, "phone_number_id") or "",
        display_phone_number=fields.find_id(metadata, "display_phone_number") or "",
    )


def _unknown_topic(
    topic: str, change: fields.Object, entry: fields.Object, account: parts.Account
) -> parts.Unsupported:
    """A change about something else, kept with the entry's time: the same news may come twice in a life."""
    raw: dict[str, fields.Json] = {**change, "entry_time": entry.get("time")}
    kind = f"field:{topic[:100]}"
    return _unreadable(account, kind, raw, f"Obeya does not read “{topic[:100]}” changes")


def _unreadable(
    account: parts.Account, kind: str, raw: dict[str, fields.Json], reason: str
) -> parts.Unsupported:
    return parts.Unsupported(account=account, kind=kind, raw=raw, reason=reason)


def _read_message(
    item: fields.Json, here: _Change, contacts: list[fields.Object]
) -> parts.Message | parts.Unsupported:
    if not isinstance(item, dict):
        return _unreadable(here.account, "message", {"value": item}, "a message is not an object")
    kind = fields.find_text(item, "type") or ""
    try:
        frame = contents.frame_of(item, here.account, contacts)
        read = contents.READERS.get(kind)
        if read is None:
            raise fields.CannotReadField(_why_unknown(kind))
        return read(item, frame)
    except fields.CannotReadField as error:
        return parts.Unsupported(
            account=here.account,
            kind=(kind or "message")[:100],
            raw=item,
            reason=str(error),
            wamid=fields.find_id(item, "id"),
            sent_at=fields.find_moment(item, "timestamp"),
            sender=contents.sender_of(item, contacts),
            errors=_errors(item),
        )


def _why_unknown(kind: str) -> str:
    if not kind:
        return "the message does not say of what kind it is"
    if kind in {"unsupported", "unknown"}:
        return "WhatsApp does not hand this kind of message on"
    return f"Obeya does not know messages of the kind “{kind[:100]}”"


def _errors(source: fields.Object) -> tuple[parts.MetaError, ...]:
    value = source.get("errors")
    found = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return tuple(_error(item) for item in found[:20])


def _error(item: fields.Object) -> parts.MetaError:
    return parts.MetaError(
        code=fields.find_code(item, "code"),
        title=fields.find_text(item, "title") or "",
        message=fields.find_text(item, "message") or "",
        details=fields.find_text(fields.find_object(item, "error_data"), "details") or "",
    )


def _read_status(item: fields.Json, here: _Change) -> parts.Status | parts.Unsupported:
    if not isinstance(item, dict):
        return _unreadable(here.account, "status", {"value": item}, "a status is not an object")
    try:
        if not here.account.phone_number_id:
            raise fields.CannotReadField("“phone_number_id” is missing")
        status = fields.get_id(item, "status")
        if len(status) > 40:
            raise fields.CannotReadField("“status” is too long")
        return parts.Status(
            account=here.account,
            wamid=fields.get_id(item, "id"),
            status=status.lower(),
            at=fields.get_moment(item, "timestamp"),
            recipient=fields.find_id(item, "recipient_id") or fields.find_id(item, "recipient_user_id") or "",
            participant=fields.find_id(item, "recipient_participant_id") or "",
            tracking=fields.find_text(item, "biz_opaque_callback_data") or "",
            errors=_errors(item),
        )
    except fields.CannotReadField as error:
        return _unreadable(here.account, "status", item, str(error))


def _account_errors(errors: list[fields.Object], here: _Change) -> parts.AccountErrors:
    identity: dict[str, canonical.Json] = {
        "account": here.account.business_account_id,
        "phone_number_id": here.account.phone_number_id,
        "time": here.entry.get("time"),
        "errors": errors,
    }
    return parts.AccountErrors(
        account=here.account,
        errors=tuple(_error(item) for item in errors[:20]),
        at=fields.find_moment(here.entry, "time"),
        digest=canonical.digest(identity),
    )
