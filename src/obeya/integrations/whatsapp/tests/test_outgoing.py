"""What would break a limit of WhatsApp never leaves."""

from __future__ import annotations

from typing import Any

import pytest

from obeya.integrations.whatsapp import outgoing

TO = "+91 00000 12345"


def _compose(message: outgoing.Outgoing, **more: str) -> Any:
    return outgoing.compose(message, **{"to": TO, **more})


def _buttons(*pairs: tuple[str, str], **more: str) -> outgoing.Buttons:
    buttons = tuple(outgoing.Button(button_id=key, title=title) for key, title in pairs)
    return outgoing.Buttons(**{"body": "Shall we book it?", **more}, buttons=buttons)


def _choices(*titles: str, sections: int = 1, **more: Any) -> outgoing.Choices:
    rows = [outgoing.Row(row_id=f"row:{n}", title=title) for n, title in enumerate(titles)]
    cut = [rows[n::sections] for n in range(sections)]
    named = tuple(outgoing.Section(title=f"Part {n}", rows=tuple(part)) for n, part in enumerate(cut))
    return outgoing.Choices(**{"body": "Which one?", "open_with": "Show", "sections": named, **more})


def test_a_text_is_addressed_in_digits_and_can_answer_and_be_tracked() -> None:
    assert _compose(outgoing.Text(body="Booked"), reply_to="wamid.X", tracking="outbox:1") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "910000012345",
        "context": {"message_id": "wamid.X"},
        "biz_opaque_callback_data": "outbox:1",
        "type": "text",
        "text": {"body": "Booked", "preview_url": False},
    }


def test_a_person_without_a_number_is_addressed_by_user_id() -> None:
    composed = _compose(outgoing.Text(body="Booked"), to="IN.10000000000012346")
    assert composed["recipient"] == "IN.10000000000012346"
    assert "to" not in composed


@pytest.mark.parametrize(
    "to", ["", "12345", "0910000012345", "91-ABC", "9" * 16, "in.123", "IN.", "٩١٠٠٠٠٠١٢٣٤٥"]
)
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(outgoing.CannotComposeMessage, match="is not a phone number"):
        _compose(outgoing.Text(body="Booked"), to=to)


def test_reply_buttons_have_the_published_form() -> None:
    composed = _compose(_buttons(("a", "Yes"), ("b", "No"), header="Order 1", footer="Obeya"))
    assert composed["interactive"] == {
        "type": "button",
        "body": {"text": "Shall we book it?"},
        "header": {"type": "text", "text": "Order 1"},
        "footer": {"text": "Obeya"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "a", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "b", "title": "No"}},
            ]
        },
    }


def test_a_list_has_the_published_form() -> None:
    row = outgoing.Row(row_id="sku:1", title="Oil 1 L", description="Carton of 12")
    composed = _compose(
        outgoing.Choices(body="Which one?", open_with="Show", sections=(outgoing.Section(rows=(row,)),))
    )
    assert composed["interactive"]["type"] == "list"
    assert composed["interactive"]["action"] == {
        "button": "Show",
        "sections": [{"rows": [{"id": "sku:1", "title": "Oil 1 L", "description": "Carton of 12"}]}],
    }


def test_a_template_fills_its_variables_in_order() -> None:
    composed = _compose(
        outgoing.Template(
            name="order_booked",
            language="en_US",
            header=("SO-1",),
            body=("SO-1", "Thursday"),
            button_payloads=("order:repeat",),
        )
    )
    assert composed["template"] == {
        "name": "order_booked",
        "language": {"code": "en_US"},
        "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "SO-1"}]},
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "SO-1"}, {"type": "text", "text": "Thursday"}],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "order:repeat"}],
            },
        ],
    }
    bare = _compose(outgoing.Template(name="hello", language="en"))
    assert bare["template"] == {"name": "hello", "language": {"code": "en"}}


AT_THE_LIMIT = [
    outgoing.Text(body="x" * 4096),
    _buttons(
        ("i" * 256, "t" * 20), ("b", "No"), ("c", "Later"), body="x" * 1024, header="h" * 60, footer="f" * 60
    ),
    _choices(*(f"{n} {'t' * 22}" for n in range(10)), sections=10, open_with="o" * 20, body="x" * 1024),
]


@pytest.mark.parametrize("message", AT_THE_LIMIT)
def test_a_message_at_its_limits_leaves(message: outgoing.Outgoing) -> None:
    assert _compose(message, tracking="t" * 512)["to"] == "910000012345"


PAST_THE_LIMIT: list[tuple[outgoing.Outgoing, str]] = [
    (outgoing.Text(body="x" * 4097), "The message may have 4096 characters, not 4097"),
    (outgoing.Text(body=" \n"), "The message must not be empty"),
    (_buttons(), "1 to 3 buttons, this one has 0"),
    (_buttons(("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")), "1 to 3 buttons, this one has 4"),
    (_buttons(("a", "t" * 21)), "A button's words may have 20 characters"),
    (_buttons(("a", "")), "A button's words must not be empty"),
    (_buttons(("i" * 257, "Yes")), "A button's id may have 256 characters"),
    (_buttons((" a", "Yes")), "must not begin or end with a space"),
    (_buttons(("a", "Yes"), ("a", "No")), "Two button ids are the same"),
    (_buttons(("a", "Yes"), ("b", "Yes")), "Two button words are the same"),
    (_buttons(("a", "Yes"), body="x" * 1025), "The message may have 1024 characters"),
    (_buttons(("a", "Yes"), header="h" * 61), "The header may have 60 characters"),
    (_buttons(("a", "Yes"), footer="f" * 61), "The footer may have 60 characters"),
    (_choices(*"abcdefghijk"), "at most 10 rows in all, this one has 11"),
    (_choices(*"ab", sections=11), "1 to 10 sections"),
    (_choices(*"ab", sections=3), "each with a row at least"),
    (_choices(sections=0), "1 to 10 sections"),
    (_choices("t" * 25), "A row's title may have 24 characters"),
    (_choices("a", open_with="o" * 21), "The words that open the list may have 20 characters"),
    (_choices("a", open_with=""), "must not be empty"),
    (outgoing.Template(name="Order Booked", language="en"), "small letters, digits and underscores"),
    (outgoing.Template(name="a", language="English"), "a code such as"),
    (outgoing.Template(name="a", language="en", body=("two\nlines",)), "no line breaks"),
    (outgoing.Template(name="a", language="en", body=("",)), "must not be empty"),
]


@pytest.mark.parametrize(("message", "reason"), PAST_THE_LIMIT)
def test_a_message_past_a_limit_stays(message: outgoing.Outgoing, reason: str) -> None:
    with pytest.raises(outgoing.CannotComposeMessage, match=reason):
        _compose(message)


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ((("", ("a",)), ("Two", ("b",))), "A section's title must not be empty"),
        ((("t" * 25, ("a",)),), "A section's title may have 24 characters"),
        ((("One", ("a", "a")),), "Two row ids are the same"),
        ((("One", ("i" * 201,)),), "A row's id may have 200 characters"),
    ],
)
def test_a_list_in_a_wrong_form_stays(sections: tuple[tuple[str, tuple[str, ...]], ...], reason: str) -> None:
    made = tuple(
        outgoing.Section(title=title, rows=tuple(outgoing.Row(row_id=key, title="Oil") for key in ids))
        for title, ids in sections
    )
    with pytest.raises(outgoing.CannotComposeMessage, match=reason):
        _compose(outgoing.Choices(body="Which one?", open_with="Show", sections=made))


def test_a_description_or_tracking_text_past_its_limit_stays() -> None:
    row = outgoing.Row(row_id="a", title="Oil", description="d" * 73)
    sections = (outgoing.Section(rows=(row,)),)
    with pytest.raises(outgoing.CannotComposeMessage, match="A row's description may have 72 characters"):
        _compose(outgoing.Choices(body="Which one?", open_with="Show", sections=sections))
    with pytest.raises(outgoing.CannotComposeMessage, match="The tracking text may have 512 characters"):
        _compose(outgoing.Text(body="Booked"), tracking="t" * 513)
