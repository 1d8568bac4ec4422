"""Webhook bodies become typed parts; what is strange becomes a part that says so."""

from __future__ import annotations

import importlib
import json
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from obeya.integrations.whatsapp import parts, payloads
from obeya.integrations.whatsapp.tests import samples


def _only(name: str) -> Any:
    (part,) = payloads.read_webhook(samples.body(name))
    return part


def test_a_text_says_who_wrote_when_and_what() -> None:
    part = _only("text")
    assert isinstance(part, parts.Text)
    assert part.body.startswith("Namaste, 20 carton sunflower oil 1L")
    assert part.readable_text == part.body
    assert part.sender == parts.Sender(
        wa_id="910000012345", user_id="IN.10000000000012345", profile_name="Ramesh Traders"
    )
    assert part.sender.address == "910000012345"
    assert part.sent_at == datetime(2026, 1, 1, 5, 0, 1, tzinfo=UTC)
    assert part.account == parts.Account(
        business_account_id="200000000000001",
        phone_number_id="100000000000001",
        display_phone_number="910000000001",
    )
    assert part.natural_key == part.wamid
    assert part.wamid.startswith("wamid.")


def test_an_answer_names_the_message_it_answers() -> None:
    assert _only("text_reply").reply_to.startswith("wamid.")
    assert _only("text").reply_to is None
    product = _only("text_about_product").referred_product
    assert product == parts.ReferredProduct(catalog_id="400000000000001", product_retailer_id="OIL-SUN-1L")
    assert _only("text_forwarded").forwarded
    assert not _only("text").forwarded


def test_a_person_with_a_username_is_known_by_user_id() -> None:
    sender = _only("username_only").sender
    assert sender.wa_id is None
    assert sender.address == sender.user_id == "IN.10000000000012346"
    assert sender.username == "sana.provision"


def test_files_carry_what_is_needed_to_fetch_and_check_them() -> None:
    document = _only("document")
    assert isinstance(document, parts.Media)
    assert (document.kind, document.filename) == ("document", "PO-4471.pdf")
    assert (document.mime_type, document.caption) == ("application/pdf", "Our purchase order")
    assert document.media_id.isdigit()
    assert len(document.sha256) == 44
    assert [_only(name).kind for name in ("image", "video", "sticker", "audio")] == [
        "image",
        "video",
        "sticker",
        "audio",
    ]


def test_a_spoken_note_is_told_from_a_sound_file() -> None:
    assert _only("voice").voice
    assert not _only("audio").voice
    asset = samples.value(samples.envelope("voice"))["messages"][0]["audio"]
    (old_form,) = payloads.read_webhook(
        samples.with_message(type="voice", voice={"id": asset["id"]}, text=None)
    )
    assert isinstance(old_form, parts.Media)
    assert old_form.voice


def test_a_place_and_contact_cards() -> None:
    place = _only("location")
    assert (place.latitude, place.longitude) == (Decimal("17.385044"), Decimal("78.486671"))
    assert place.readable_text == "Ramesh Traders godown, Plot 0, Example Road, Hyderabad"
    (card,) = _only("contacts").cards
    assert card.phones == (parts.ContactPhone(number="+91 00000 12399", wa_id="910000012399", kind="CELL"),)
    assert (card.name, card.emails, card.company) == (
        "Imran Driver",
        ("imran@example.com",),
        "Example Transport",
    )


def test_answers_by_tap_carry_our_own_ids() -> None:
    assert _only("button_reply").button_id == "order:confirm"
    assert _only("list_reply").row_id == "sku:OIL-SUN-1L"
    assert _only("button").payload == "reorder:last"
    assert json.loads(_only("form_reply").response_json)["quantity"] == "20"


def test_a_catalogue_order_keeps_every_digit_of_its_prices() -> None:
    order = _only("order")
    assert order.catalog_id == "400000000000001"
    assert order.readable_text == "Before noon please"
    assert order.lines == (
        parts.CatalogueLine(
            product_retailer_id="OIL-SUN-1L",
            quantity=Decimal(20),
            item_price=Decimal("1450.5"),
            currency="INR",
        ),
        parts.CatalogueLine(
            product_retailer_id="SUG-50", quantity=Decimal(5), item_price=Decimal(2105), currency="INR"
        ),
    )


def test_a_catalogue_order_is_never_cut_short() -> None:
    line = {"product_retailer_id": "A", "quantity": 1}
    body = samples.with_message(type="order", order={"catalog_id": "1", "product_items": [line] * 501})
    (part,) = payloads.read_webhook(body)
    assert isinstance(part, parts.Unsupported)
    assert part.reason == "“product_items” has more than 500 entries"


def test_reactions_edits_and_deletions_name_the_message_they_change() -> None:
    original = _only("text").wamid
    assert _only("reaction").emoji == "\N{THUMBS UP SIGN}"
    assert _only("reaction_removed").emoji is None
    edit = _only("edit")
    assert edit.original_wamid == original
    assert edit.natural_key != original
    assert edit.readable_text.startswith("Namaste, 25 carton")
    assert _only("edit_caption").content.kind == "image"
    assert _only("revoke").original_wamid == original


def test_an_edit_of_an_edit_is_not_followed() -> None:
    inner = {"type": "edit", "edit": {"original_message_id": "x", "message": {}}}
    body = samples.with_message(type="edit", edit={"original_message_id": "x", "message": inner})
    (part,) = payloads.read_webhook(body)
    assert isinstance(part, parts.Unsupported)


def test_a_changed_number_or_user_id_is_told() -> None:
    assert _only("system_number").new_wa_id == "910000012350"
    notice = _only("system_user_id")
    assert (notice.previous_user_id, notice.new_user_id) == ("IN.10000000000012345", "IN.10000000000012350")


def test_what_whatsapp_does_not_hand_on_is_kept_with_its_reason() -> None:
    part = _only("unsupported")
    assert isinstance(part, parts.Unsupported)
    assert part.reason == "WhatsApp does not hand this kind of message on"
    assert part.errors[0].code == 131051
    assert part.raw["unsupported"] == {"type": "poll_creation"}
    assert part.sender is not None
    assert part.sender.wa_id == "910000012345"
    assert part.natural_key == part.wamid


def test_statuses_have_a_key_of_their_own_each() -> None:
    found = [_only(f"status_{name}") for name in ("sent", "delivered", "read")]
    assert [part.status for part in found] == ["sent", "delivered", "read"]
    assert len({part.natural_key for part in found}) == 3
    assert {part.tracking for part in found} == {"outbox:0001"}
    assert found[0].natural_key == f"{found[0].wamid}:sent"
    failed = _only("status_failed")
    assert failed.errors[0].code == 131047
    assert failed.recipient == "910000012345"


def test_errors_of_the_account_come_through() -> None:
    part = _only("errors")
    assert isinstance(part, parts.AccountErrors)
    assert part.errors[0].code == 130429
    assert part.at == datetime(2026, 1, 1, 5, 0, 30, tzinfo=UTC)
    assert part.natural_key == _only("errors").natural_key


def test_other_topics_are_kept_unread() -> None:
    part = _only("account_update")
    assert part.kind == "field:account_update"
    assert part.reason == "Obeya does not read “account_update” changes"
    assert len(part.natural_key) < 255


def test_a_batch_keeps_its_order_and_gives_each_message_its_sender() -> None:
    found = payloads.read_webhook(samples.body("batch"))
    assert [type(part).__name__ for part in found] == ["Text", "Text", "Status", "Status"]
    names = [part.sender.profile_name for part in found if isinstance(part, parts.Text)]
    assert names == ["Ramesh Traders", "Kavya Agencies"]
    assert len({part.natural_key for part in found}) == 4


def test_a_kind_of_tomorrow_is_kept_not_refused() -> None:
    (part,) = payloads.read_webhook(samples.with_message(type="hologram", hologram={"depth": 1.5}))
    assert isinstance(part, parts.Unsupported)
    assert part.kind == "hologram"
    assert part.reason == "Obeya does not know messages of the kind “hologram”"
    assert part.raw["hologram"] == {"depth": "1.5"}
    assert part.natural_key == part.wamid


def test_one_broken_message_costs_the_others_nothing() -> None:
    envelope = samples.envelope("batch")
    samples.value(envelope)["messages"][0]["text"] = {"body": 7}
    found = payloads.read_webhook(json.dumps(envelope).encode())
    assert isinstance(found[0], parts.Unsupported)
    assert found[0].reason == "“body” is missing"
    assert isinstance(found[1], parts.Text)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "“id” is missing or is not an id"),
        ({"id": "w" * 256}, "“id” is missing or is not an id"),
        ({"timestamp": "soon"}, "“timestamp” is not a moment in time"),
        ({"timestamp": "99999999999999"}, "“timestamp” is not a moment in time"),
        ({"type": None}, "the message does not say of what kind it is"),
        ({"text": []}, "“text” is not an object"),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, "the location is not on Earth"),
        ({"type": "order", "order": {"product_items": []}}, "the order has no lines"),
        (
            {"type": "order", "order": {"product_items": [{"product_retailer_id": "A", "quantity": "1e99"}]}},
            "“quantity” is not a number",
        ),
        (
            {"type": "interactive", "interactive": {"type": "payment", "payment": {}}},
            "Obeya does not know interactive answers of the kind “payment”",
        ),
    ],
)
def test_a_message_in_a_strange_form_says_what_is_strange(
    changes: dict[str, Any], reason: str | None
) -> None:
    (part,) = payloads.read_webhook(samples.with_message(**changes))
    assert isinstance(part, parts.Unsupported)
    assert part.reason == reason
    assert len(part.natural_key) <= 255


def test_the_only_contact_of_a_delivery_stands_in_for_a_missing_sender() -> None:
    (part,) = payloads.read_webhook(samples.with_message(**{"from": None, "from_user_id": None}))
    assert isinstance(part, parts.Text)
    assert part.sender.address == "IN.10000000000012345"


def test_a_message_from_nobody_is_kept() -> None:
    envelope = samples.envelope("text")
    value = samples.value(envelope)
    del value["contacts"], value["messages"][0]["from"], value["messages"][0]["from_user_id"]
    (part,) = payloads.read_webhook(json.dumps(envelope).encode())
    assert isinstance(part, parts.Unsupported)
    assert part.reason == "the message does not say who sent it"


def test_characters_that_a_database_cannot_keep_are_replaced() -> None:
    body = samples.with_message(text={"body": "20\x00 carton \ud800"})
    (part,) = payloads.read_webhook(body)
    assert isinstance(part, parts.Text)
    assert part.body == "20\N{REPLACEMENT CHARACTER} carton \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is not JSON (Expecting value, line 1)"),
        (b"{", "it is not JSON"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b"[]", "the body is not an object"),
        (b"{}", "“object” is not “whatsapp_business_account”"),
        (b'{"object": "page", "entry": []}', "“object” is not “whatsapp_business_account”"),
        (b'{"object": "whatsapp_business_account"}', "“entry” is missing"),
        (b'{"object": "whatsapp_business_account", "entry": 3}', "“entry” is not a list"),
        (b'{"object": "whatsapp_business_account", "entry": [3]}', "an entry of “entry” is not an object"),
        (b'{"object": NaN}', "it has NaN where a number should be"),
        (b'{"n": ' + b"9" * 5000 + b"}", "it has a number that is far too long"),
        (b"[" * 100_000, "it is nested deeper than 24 levels"),
        (b"[" * 30 + b"]" * 30, "it is nested deeper than 24 levels"),
        (b" " * (payloads.MAX_BODY_BYTES + 1), "it is larger than 3 MB"),
    ],
)
def test_a_body_that_is_no_delivery_is_refused_in_plain_words(body: bytes, reason: str) -> None:
    with pytest.raises(payloads.CannotReadPayload, match="This is not a WhatsApp delivery") as refused:
        payloads.read_webhook(body)
    assert reason in str(refused.value)


def test_a_delivery_of_too_many_messages_is_refused() -> None:
    envelope = samples.envelope("text")
    value = samples.value(envelope)
    value["messages"] = [{"id": "a"}] * (payloads.MAX_PARTS + 1)
    with pytest.raises(payloads.CannotReadPayload, match="more than 5000 messages"):
        payloads.read_webhook(json.dumps(envelope).encode())


@pytest.mark.parametrize(
    ("entry", "kind", "reason"),
    [
        ({"id": "1", "messaging": [{"message": "in a form of tomorrow"}]}, "entry", "it holds no change"),
        (
            {"id": "1", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "2"}}}]},
            "change",
            "it holds no message, status or error",
        ),
    ],
)
def test_a_delivery_that_holds_nothing_known_is_still_kept(
    entry: dict[str, Any], kind: str, reason: str
) -> None:
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    (part,) = payloads.read_webhook(body)
    assert isinstance(part, parts.Unsupported)
    assert (part.kind, part.reason) == (kind, reason)
    assert part.account.business_account_id == "1"


def test_a_sender_of_too_many_digits_is_no_phone_number() -> None:
    (part,) = payloads.read_webhook(samples.with_message(**{"from": "9" * 21, "from_user_id": None}))
    assert isinstance(part, parts.Text)
    assert part.sender.wa_id is None
    assert part.sender.user_id == "9" * 21


def test_an_empty_delivery_has_no_parts() -> None:
    assert payloads.read_webhook(b'{"object": "whatsapp_business_account", "entry": []}') == ()


@pytest.mark.parametrize("name", samples.NAMES)
def test_every_sample_reads_the_same_twice(name: str) -> None:
    first, second = (payloads.read_webhook(samples.body(name)) for _ in range(2))
    assert first == second
    keys = [part.natural_key for part in first]
    assert keys == [part.natural_key for part in second]
    assert len(set(keys)) == len(keys)


def test_a_batch_is_taken_apart_into_deliveries_of_one_part_each() -> None:
    body = samples.body("batch")
    pieces = payloads.take_apart(body)
    assert tuple(piece.part for piece in pieces) == payloads.read_webhook(body)
    for piece in pieces:
        assert payloads.read_webhook(piece.body) == (piece.part,)
    first, second = (json.loads(piece.body) for piece in pieces[:2])
    assert [contact["profile"]["name"] for contact in samples.value(first)["contacts"]] == ["Ramesh Traders"]
    assert [contact["profile"]["name"] for contact in samples.value(second)["contacts"]] == ["Kavya Agencies"]


def test_a_delivery_of_one_part_stays_byte_for_byte() -> None:
    (piece,) = payloads.take_apart(samples.body("text"))
    assert piece.body == samples.body("text")


def test_a_large_batch_is_not_multiplied() -> None:
    envelope = samples.envelope("text")
    value = samples.value(envelope)
    (message,), (contact,) = value["messages"], value["contacts"]
    value["messages"] = [{**message, "id": f"wamid.{n}", "from": f"91{n:010}"} for n in range(1_000)]
    value["contacts"] = [{**contact, "wa_id": f"91{n:010}", "user_id": f"IN.{n}"} for n in range(1_000)]
    body = json.dumps(envelope).encode()
    assert sum(len(piece.body) for piece in payloads.take_apart(body)) < 2 * len(body)


@pytest.mark.parametrize("name", samples.NAMES)
def test_no_sample_but_the_named_ones_is_unsupported(name: str) -> None:
    strange = [p for p in payloads.read_webhook(samples.body(name)) if isinstance(p, parts.Unsupported)]
    assert bool(strange) == (name in {"unsupported", "account_update"})


def test_the_manifest_names_every_sample_and_explains_every_setting() -> None:
    manifest = tomllib.loads((samples.FOLDER.parent / "manifest.toml").read_text())
    assert {name for names in manifest["kinds"].values() for name in names} == set(samples.NAMES)
    for setting in manifest["settings"]:
        assert len(setting["help"]) > 30
        assert setting["required"] or "default" in setting


def test_the_manifest_names_the_settings_that_are_read() -> None:
    manifest = tomllib.loads((samples.FOLDER.parent / "manifest.toml").read_text())
    assert {setting["key"] for setting in manifest["settings"]} == set(settings.WHATSAPP)
    read = Path(str(importlib.import_module(settings.SETTINGS_MODULE).__file__)).read_text()
    for setting in manifest["settings"]:
        default = setting.get("default", "")
        assert f'("{setting["environment"]}", "{default}")' in read
