"""The channel "email" of the outbox: one plain mail to one recipient by SMTP."""

from __future__ import annotations

import hashlib
import os
import re
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core import mail
from django.core.mail.backends import base, smtp

from obeya.integrations.email import automatic, tokens
from obeya.lib import contacts
from obeya.outbox import channels
from obeya.people import queries as people

NOT_SET_UP = "E-mail sending is not set up."
LOG_IN_AGAIN_AFTER_S = 600.0
"""A refused log-in is an administrator's to put right; asking more often locks accounts."""
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_MAX_SUBJECT = 200
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def channel() -> channels.Channel:
    """The channel, as the settings of this process have it. Raises ValueError with words for IT."""
    told = tokens.settings_of(os.environ)
    return EmailChannel(tokens.Source(told) if told else None)


class EmailChannel:
    """Sends through Django's mail backend, one connection a message; by token where no password is set."""

    def __init__(self, source: tokens.Source | None = None) -> None:
        self._tokens = source

    def problem(self) -> str:
        """Why nothing can be sent."""
        return "" if settings.EMAIL_HOST else NOT_SET_UP

    def address_of(self, person: people.Person) -> str:
        """The person's mail address."""
        return person.email

    def send(self, letter: channels.Letter) -> channels.Outcome:
        """Hand one mail over to the server."""
        try:
            to = contacts.email(letter.to)
        except contacts.NotAContact as error:
            return channels.Failed(f"{error}.")
        connection = mail.get_connection(fail_silently=False)
        try:
            return self._ready(connection) or _hand_over(connection, _compose(letter, to))
        finally:
            connection.close()

    def _ready(self, connection: base.BaseEmailBackend) -> channels.Failed | None:
        """Connect and log in; nothing has been sent where this fails."""
        source = None if settings.EMAIL_HOST_PASSWORD else self._tokens
        if source is None or not isinstance(connection, smtp.EmailBackend):
            return _open(connection)
        if not (settings.EMAIL_USE_TLS or settings.EMAIL_HOST in _THIS_MACHINE):
            return channels.Failed("OBEYA_SMTP_TLS must be 1 where a token logs in: anybody could read it.")
        try:
            token = source.token()
        except tokens.CannotGetToken as error:
            wait_s = LOG_IN_AGAIN_AFTER_S if error.lasting else None
            return channels.Failed(str(error), temporary=True, retry_after_s=wait_s)
        failed = _open(connection, token)
        if failed is not None and failed.retry_after_s is not None:
            source.forget()
        return failed


def _open(connection: base.BaseEmailBackend, token: str = "") -> channels.Failed | None:
    """Connect and log in; nothing has been sent where this fails."""
    try:
        connection.open()
        if token and isinstance(connection, smtp.EmailBackend) and connection.connection:
            said = [tokens.xoauth2(settings.EMAIL_HOST_USER, token)]
            connection.connection.ehlo_or_helo_if_needed()
            connection.connection.auth("XOAUTH2", lambda _asked=None: said.pop() if said else "")
    except smtplib.SMTPAuthenticationError as error:
        text = f"The mail server refuses Obeya's log-in ({_words(error)}): an administrator must see to it."
        return channels.Failed(text, temporary=True, retry_after_s=LOG_IN_AGAIN_AFTER_S)
    except (smtplib.SMTPException, OSError) as error:
        return channels.Failed(f"The mail server cannot be reached ({_words(error)}).", temporary=True)
    return None


def _compose(letter: channels.Letter, to: str) -> mail.EmailMessage:
    url = letter.data.get("url", "")
    link = f"{settings.BASE_URL.rstrip('/')}{url}" if url.startswith("/") else url
    body = f"{letter.body.rstrip()}\n\n{link}\n" if link else letter.body
    thread = _thread(letter.data.get("reply_to", ""))
    subject = " ".join(letter.title.split()) or letter.body.strip().splitlines()[0]
    return mail.EmailMessage(
        subject=subject[:_MAX_SUBJECT],
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={
            "Message-ID": _message_id(letter.key),
            "Auto-Submitted": "auto-replied" if thread else "auto-generated",
            "X-Loop": automatic.LOOP_MARK,
            **thread,
        },
    )


def _thread(reply_to: str) -> dict[str, str]:
    """The headers that put an answer into its thread: `reply_to` are Message-IDs, the answered one last."""
    ids = _MESSAGE_ID.findall(reply_to)
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)} if ids else {}


def _message_id(key: str) -> str:
    """The same for every try of the same message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _hand_over(connection: base.BaseEmailBackend, message: mail.EmailMessage) -> channels.Outcome:
    """Send on an open connection: what the server answers counts; no answer means that nobody knows."""
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        (code, text), *_ = error.recipients.values()
        return _refusal(code, text)
    except smtplib.SMTPResponseException as error:
        return _refusal(error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        return channels.Failed(f"The mail server cannot take this message ({_words(error)}).")
    except (smtplib.SMTPException, OSError) as error:
        text_ = f"The line to the mail server broke ({_words(error)}): the mail may have been sent."
        return channels.NoAnswer(text_)
    return channels.Sent(str(message.extra_headers["Message-ID"]))


def _refusal(code: int, text: bytes | str) -> channels.Failed:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = f"The mail server refused it: {code} {' '.join(said.split())[:300]}"
    return channels.Failed(words, temporary=400 <= code < 500)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {' '.join(text.split())[:200]}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)[:200] or type(error).__name__
