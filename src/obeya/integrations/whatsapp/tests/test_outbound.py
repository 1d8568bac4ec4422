"""Messages of the outbox leave by WhatsApp, and what becomes of them is told in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from obeya.demo import graph_stub
from obeya.integrations.whatsapp import outbound, templates
from obeya.lib import clock as clocks
from obeya.outbox import channels

RAMESH = "910000012345"
LETTER = channels.Letter(key="order:1/confirmed", to=f"+{RAMESH}", title="Order SO-1", body="Booked.")
Trouble = graph_stub.Misbehaviour


@pytest.fixture
def stub(settings: Any) -> Iterator[graph_stub.GraphStub]:
    with graph_stub.GraphStub(clock=clocks.SystemClock()) as running:
        settings.WHATSAPP = {
            **settings.WHATSAPP,
            "access_token": running.token,
            "phone_number_id": running.business.phone_number_id,
            "base_url": running.base_url,
            "version": running.version,
        }
        running.note_inbound(RAMESH, wamid="wamid.ASKED")
        yield running


def test_a_text_arrives_as_an_answer_and_carries_its_key(stub: graph_stub.GraphStub) -> None:
    letter = channels.Letter(
        key=LETTER.key, to=LETTER.to, title="Order SO-1", body="Booked.", data={"reply_to": "wamid.ASKED"}
    )
    outcome = outbound.channel().send(letter)
    (message,) = stub.sent_to(RAMESH)
    assert outcome == channels.Sent(message.wamid)
    assert message.text == "*Order SO-1*\n\nBooked."
    assert message.tracking == "order:1/confirmed"
    assert message.payload["context"] == {"message_id": "wamid.ASKED"}


def test_a_message_leads_to_its_page(settings: Any) -> None:
    settings.BASE_URL = "https://obeya.example"
    letter = channels.Letter(key="k", to=RAMESH, title="", body="Please decide", data={"url": "/requests/7"})
    assert outbound.words_of(letter) == "Please decide\n\nhttps://obeya.example/requests/7"


@pytest.mark.parametrize(
    ("trouble", "sent"),
    [(Trouble.LOST_ANSWER, 1), (Trouble.LOST_REQUEST, 0), (Trouble.GATEWAY_ERROR, 1)],
)
def test_an_answer_that_never_came_is_no_failure(
    stub: graph_stub.GraphStub, trouble: graph_stub.Misbehaviour, sent: int
) -> None:
    stub.misbehave(trouble)
    assert isinstance(outbound.channel().send(LETTER), channels.NoAnswer)
    assert len(stub.sent) == sent


def test_a_limit_passes_and_says_when_to_come_back(stub: graph_stub.GraphStub) -> None:
    stub.misbehave(Trouble.RATE_LIMITED)
    outcome = outbound.channel().send(LETTER)
    assert isinstance(outcome, channels.Failed)
    assert outcome.temporary
    assert outcome.retry_after_s


def test_a_customer_who_has_been_quiet_for_a_day_is_a_final_refusal_in_plain_words(
    stub: graph_stub.GraphStub,
) -> None:
    outcome = outbound.channel().send(channels.Letter(key="k", to="910000099999", title="", body="Hello"))
    assert isinstance(outcome, channels.Failed)
    assert not outcome.temporary
    assert "24 hours" in outcome.text


def test_a_token_that_ended_is_an_administrators_and_the_message_waits(
    stub: graph_stub.GraphStub, settings: Any
) -> None:
    settings.WHATSAPP["access_token"] = "ended"
    outcome = outbound.channel().send(LETTER)
    assert isinstance(outcome, channels.Failed)
    assert (outcome.temporary, outcome.retry_after_s) == (True, 600.0)
    assert "administrator" in outcome.text


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        (channels.Letter(key="k", to="Ramesh", title="", body="Hello"), "not a phone number"),
        (channels.Letter(key="k", to=RAMESH, title="", body="x" * 5000), "4096 characters"),
    ],
)
def test_what_whatsapp_would_not_take_never_leaves(
    stub: graph_stub.GraphStub, letter: channels.Letter, words: str
) -> None:
    outcome = outbound.channel().send(letter)
    assert isinstance(outcome, channels.Failed)
    assert words in outcome.text
    assert not outcome.temporary
    assert stub.sent == []


def test_without_a_token_or_with_a_bad_address_the_channel_says_what_is_missing(settings: Any) -> None:
    settings.WHATSAPP = {**settings.WHATSAPP, "access_token": "", "phone_number_id": ""}
    assert outbound.channel().problem() == "WhatsApp sending is not set up."
    settings.WHATSAPP = {
        **settings.WHATSAPP,
        "access_token": "t",
        "phone_number_id": "1",
        "base_url": "graph.facebook.com",
    }
    assert outbound.channel().problem() == "WhatsApp sending is not set up: base_url is not a web address."


QUIET = "910000099999"
NEWS = channels.Letter(
    key="k7", to=QUIET, title="Order SO-7", body="Booked.\n2 ctn caps\t5 kg", data={"language": "hi"}
)


def with_templates(stub: graph_stub.GraphStub, settings: Any, text: str) -> channels.Outcome:
    settings.WHATSAPP = {**settings.WHATSAPP, "templates": text}
    return outbound.channel().send(NEWS)


def test_a_customer_who_has_been_quiet_gets_the_approved_template_in_the_language(
    stub: graph_stub.GraphStub, settings: Any
) -> None:
    stub.add_template("order_news", "en", body_variables=1)
    stub.add_template("order_news_hi", "hi", body_variables=1)
    outcome = with_templates(stub, settings, "en=order_news, hi=order_news_hi")
    (message,) = stub.sent_to(QUIET)
    assert outcome == channels.Sent(message.wamid)
    assert message.payload["template"] == {
        "name": "order_news_hi",
        "language": {"code": "hi"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "*Order SO-7* · Booked. · 2 ctn caps · 5 kg"}],
            }
        ],
    }
    assert message.tracking == "k7"


def test_a_customer_who_wrote_today_gets_plain_words(stub: graph_stub.GraphStub, settings: Any) -> None:
    stub.add_template("order_news", "en", body_variables=1)
    settings.WHATSAPP = {**settings.WHATSAPP, "templates": "en=order_news"}
    outbound.channel().send(LETTER)
    (message,) = stub.sent_to(RAMESH)
    assert message.text == "*Order SO-1*\n\nBooked."


def test_without_a_template_the_message_says_what_to_do(stub: graph_stub.GraphStub, settings: Any) -> None:
    outcome = with_templates(stub, settings, "")
    assert outcome == channels.Failed(outbound.NO_TEMPLATE)
    assert "OBEYA_WHATSAPP_TEMPLATES" in outbound.NO_TEMPLATE


@pytest.mark.parametrize(("approved", "variables"), [("other", 1), ("order_news", 2)])
def test_a_template_that_is_not_as_approved_is_refused_for_good_in_plain_words(
    stub: graph_stub.GraphStub, settings: Any, approved: str, variables: int
) -> None:
    stub.add_template(approved, "en", body_variables=variables)
    outcome = with_templates(stub, settings, "en=order_news")
    assert isinstance(outcome, channels.Failed)
    assert not outcome.temporary
    assert "approved by Meta" in outcome.text


def test_a_language_that_has_no_template_gets_the_nearest_or_the_first() -> None:
    known = templates.read("en_US=news,hi=samachar")
    assert templates.choose(known, "hi") == ("samachar", "hi")
    assert templates.choose(known, "en") == ("news", "en_US")
    assert templates.choose(known, "gu") == ("news", "en_US")
    assert templates.choose({}, "en") is None


def test_words_too_long_for_a_variable_are_cut_where_it_shows() -> None:
    line = templates.in_one_line("caps\n" * 900)
    assert len(line) == templates.LONGEST
    assert line.endswith("…")
    assert "\n" not in line


@pytest.mark.parametrize("text", ["order_news", "en=Order News", "english=order_news", "en="])
def test_a_setting_that_names_no_template_is_told_before_anything_is_sent(settings: Any, text: str) -> None:
    settings.WHATSAPP = {
        **settings.WHATSAPP,
        "access_token": "t",
        "phone_number_id": "1",
        "templates": text,
    }
    assert "OBEYA_WHATSAPP_TEMPLATES" in outbound.channel().problem()
