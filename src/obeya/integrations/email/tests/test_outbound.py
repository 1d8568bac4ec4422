"""What a mail server answers, and what it leaves unanswered, is translated once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from obeya.integrations.email import outbound
from obeya.integrations.email.tests import smtp_server
from obeya.outbox import channels

LETTER = channels.Letter(
    key="order:1/confirmed",
    to="Buyer@Example.com",
    title="Order SO-1\nbooked",
    body="2,5 Kartons · धन्यवाद",
    data={"url": "/orders/1"},
)


@pytest.fixture
def server(settings: Any) -> Iterator[smtp_server.SmtpServer]:
    with smtp_server.serving() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.DEFAULT_FROM_EMAIL = "Obeya Pune <obeya@plant.example>"
        settings.BASE_URL = "https://obeya.example/"
        yield running


def send(letter: channels.Letter = LETTER) -> channels.Outcome:
    return outbound.channel().send(letter)


def test_a_mail_arrives_with_its_words_and_its_link(server: smtp_server.SmtpServer) -> None:
    outcome = send()
    (mail,) = server.mails
    assert mail["Subject"] == "Order SO-1 booked"
    assert (mail["To"], mail["From"]) == ("buyer@example.com", "Obeya Pune <obeya@plant.example>")
    assert (
        mail.get_content().replace("\r\n", "\n") == "2,5 Kartons · धन्यवाद\n\nhttps://obeya.example/orders/1\n"
    )
    assert outcome == channels.Sent(mail["Message-ID"])


def test_every_try_of_a_message_has_the_same_message_id(server: smtp_server.SmtpServer) -> None:
    send()
    send()
    send(channels.Letter(key="another", to=LETTER.to, title="x", body="x"))
    first, second, other = [mail["Message-ID"] for mail in server.mails]
    assert first == second != other
    assert first.endswith("@plant.example>")


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(("answer", "temporary"), [("451 try later", True), ("550 no such mailbox", False)])
def test_a_refusal_is_final_or_passes_as_its_code_says(
    server: smtp_server.SmtpServer, verb: str, answer: str, temporary: bool
) -> None:
    server.answers[verb] = answer
    assert send() == channels.Failed(f"The mail server refused it: {answer}", temporary=temporary)
    assert server.mails == []


def test_a_line_that_breaks_after_the_mail_leaves_it_unknown(server: smtp_server.SmtpServer) -> None:
    server.answers["."] = smtp_server.HANG_UP
    outcome = send()
    assert isinstance(outcome, channels.NoAnswer)
    assert "may have been sent" in outcome.text
    assert len(server.mails) == 1


def test_a_server_that_hangs_up_at_once_passes(server: smtp_server.SmtpServer) -> None:
    server.answers["CONNECT"] = smtp_server.HANG_UP
    outcome = send()
    assert isinstance(outcome, channels.Failed)
    assert outcome.temporary


def test_a_server_that_is_down_passes(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free.getsockname()[1]
        outcome = send()
    assert outcome == channels.Failed(
        "The mail server cannot be reached (Connection refused).", temporary=True
    )


def test_a_refused_log_in_is_an_administrators_and_not_tried_often(
    server: smtp_server.SmtpServer, settings: Any
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "obeya", "wrong-secret"
    server.answers |= {"EHLO": "250-test\r\n250 AUTH PLAIN", "AUTH": "535 bad credentials"}
    outcome = send()
    assert isinstance(outcome, channels.Failed)
    assert (outcome.temporary, outcome.retry_after_s) == (True, 600.0)
    assert "535 bad credentials" in outcome.text
    assert "wrong-secret" not in outcome.text


def test_what_is_no_address_is_refused_in_plain_words() -> None:
    assert send(channels.Letter(key="k", to="not an address", title="x", body="x")) == channels.Failed(
        "'not an address' is not a mail address."
    )


def test_without_a_server_nothing_can_be_sent_and_the_channel_says_so(settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert outbound.channel().problem() == "E-mail sending is not set up."
    settings.EMAIL_HOST = "mail.example"
    assert outbound.channel().problem() == ""
