"""Log-in by OAuth 2.0: tokens of the provider's endpoint, and servers that take or refuse them."""

from __future__ import annotations

import base64
import json
import shlex
import sys
import urllib.parse
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from tests.worlds import small

from obeya.integrations.email import mailbox, outbound, tokens
from obeya.integrations.email.tests import imap_server, smtp_server
from obeya.lib import clock
from obeya.outbox import channels

URL = "https://login.example/oauth2/v2.0/token"


class Provider:
    """A token endpoint as RFC 6749 has it: each token is a new one."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.more: dict[str, object] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, str(request.url)) == ("POST", URL)
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.asked.append(dict(urllib.parse.parse_qsl(request.content.decode(), strict_parsing=True)))
        told = {"token_type": "Bearer", "access_token": f"t-{len(self.asked)}", "expires_in": 3600}
        return httpx.Response(200, json={**told, **self.more})


def source(provider: Callable[[httpx.Request], httpx.Response], **more: str) -> tokens.Source:
    told = tokens.settings_of(
        {"OBEYA_MAIL_OAUTH_TOKEN_URL": URL, "OBEYA_MAIL_OAUTH_CLIENT_ID": "app-1", **more}
    )
    assert told is not None
    return tokens.Source(told, transport=httpx.MockTransport(provider))


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("s-1\n")
    return str(path)


@pytest.fixture
def manual():
    by_hand = clock.ManualClock(small.START)
    before = clock.use(by_hand)
    yield by_hand
    clock.use(before)


def test_the_clients_own_credentials_fetch_a_token_that_is_used_until_shortly_before_its_end(secret, manual):
    provider = Provider()
    found = source(
        provider,
        OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret,
        OBEYA_MAIL_OAUTH_SCOPE="https://outlook.office365.com/.default",
    )
    assert [found.token(), found.token()] == ["t-1", "t-1"]
    manual.advance(timedelta(minutes=58))
    assert found.token() == "t-1"
    manual.advance(timedelta(minutes=1))
    assert found.token() == "t-2"
    assert provider.asked[0] == {
        "client_id": "app-1",
        "client_secret": "s-1",
        "grant_type": "client_credentials",
        "scope": "https://outlook.office365.com/.default",
    }


def test_a_refresh_token_is_sent_and_kept_where_the_provider_gives_another(tmp_path, secret, manual):
    kept = tmp_path / "refresh"
    kept.write_text("r-1\n")
    provider = Provider()
    provider.more = {"refresh_token": "r-2"}
    found = source(
        provider,
        OBEYA_MAIL_OAUTH_REFRESH_TOKEN_FILE=str(kept),
        OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret,
    )
    assert found.token() == "t-1"
    assert (provider.asked[0]["grant_type"], provider.asked[0]["refresh_token"]) == ("refresh_token", "r-1")
    assert kept.read_text() == "r-2"
    assert kept.stat().st_mode & 0o077 == 0
    found.forget()
    found.token()
    assert provider.asked[1]["refresh_token"] == "r-2"


def _gone(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("gone", request=request)


@pytest.mark.parametrize(
    ("answer", "words", "lasting"),
    [
        (
            lambda r: httpx.Response(400, json={"error": "invalid_grant"}),
            r"refuses .*\(invalid_grant\)",
            True,
        ),
        (lambda r: httpx.Response(401, text="<html>"), "refuses", True),
        (lambda r: httpx.Response(503), "error 503", False),
        (lambda r: httpx.Response(200, text="<html>"), "no token", False),
        (lambda r: httpx.Response(200, json={"access_token": "a\r\nQUIT"}), "no token", False),
        (lambda r: httpx.Response(200, content=b"x" * (tokens.MOST_ANSWER + 1)), "without end", False),
        (_gone, "cannot be reached", False),
    ],
)
def test_whatever_the_provider_does_is_said_plainly(secret, answer, words, lasting):
    with pytest.raises(tokens.CannotGetToken, match=words) as raised:
        source(answer, OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret).token()
    assert raised.value.lasting is lasting


def test_a_token_may_come_from_a_file_that_another_program_keeps_fresh(tmp_path):
    path = tmp_path / "token"
    told = tokens.settings_of({"OBEYA_MAIL_OAUTH_TOKEN_FILE": str(path)})
    assert told is not None
    with pytest.raises(tokens.CannotGetToken, match="cannot be read"):
        tokens.Source(told).token()
    for token in ("f-1", "f-2"):
        path.write_text(f"{token}\n")
        assert tokens.Source(told).token() == token
    path.write_text("two words")
    with pytest.raises(tokens.CannotGetToken, match="holds none"):
        tokens.Source(told).token()


def printing(code: str) -> tokens.Source:
    command = shlex.join([sys.executable, "-c", code])
    told = tokens.settings_of({"OBEYA_MAIL_OAUTH_TOKEN_COMMAND": command})
    assert told is not None
    return tokens.Source(told)


def test_a_token_may_be_printed_by_a_command():
    assert printing("print('c-1')").token() == "c-1"


@pytest.mark.parametrize("code", ["import sys; print('c-1'); sys.exit(3)", "print('two words')", "pass"])
def test_a_command_that_gives_no_token_is_said_plainly(code):
    with pytest.raises(tokens.CannotGetToken, match="gave none"):
        printing(code).token()


def test_a_command_that_is_not_there_is_said_plainly():
    told = tokens.settings_of({"OBEYA_MAIL_OAUTH_TOKEN_COMMAND": "/nowhere/token --now"})
    assert told == tokens.Settings(command=("/nowhere/token", "--now"))
    with pytest.raises(tokens.CannotGetToken, match="cannot be run"):
        tokens.Source(told).token()
    with pytest.raises(ValueError, match="is no command"):
        tokens.settings_of({"OBEYA_MAIL_OAUTH_TOKEN_COMMAND": "token 'open"})


def test_settings_that_cannot_work_are_refused_in_words(tmp_path, secret):
    told = {"OBEYA_MAIL_OAUTH_TOKEN_URL": URL, "OBEYA_MAIL_OAUTH_CLIENT_ID": "app-1"}
    assert tokens.settings_of({}) is None
    whole = tokens.settings_of({**told, "OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE": secret})
    assert "s-1" not in repr(whole)
    for wrong in (
        told,
        {**told, "OBEYA_MAIL_OAUTH_TOKEN_URL": "http://login.example"},
        {**told, "OBEYA_MAIL_OAUTH_CLIENT_ID": ""},
        {**told, "OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE": str(tmp_path / "none")},
    ):
        with pytest.raises(ValueError, match="OBEYA_MAIL_OAUTH"):
            tokens.settings_of(wrong)


def test_a_mailbox_needs_no_password_where_tokens_log_in_and_never_shows_one_unencrypted(secret):
    told = {
        "OBEYA_IMAP_HOST": "imap.example.com",
        "OBEYA_IMAP_USER": "orders@example.com",
        "OBEYA_MAIL_OAUTH_TOKEN_URL": URL,
        "OBEYA_MAIL_OAUTH_CLIENT_ID": "app-1",
        "OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE": secret,
    }
    found = mailbox.settings_of(told)
    assert found is not None
    assert found.tokens is not None
    with pytest.raises(ValueError, match="OBEYA_IMAP_ENCRYPTION cannot be none"):
        mailbox.settings_of({**told, "OBEYA_IMAP_ENCRYPTION": "none"})
    own = mailbox.settings_of({**told, "OBEYA_IMAP_PASSWORD": "p"})
    assert own is not None
    assert (own.password, own.tokens) == ("p", None)


def box(server: imap_server.ImapServer, found: tokens.Source) -> mailbox.Watcher:
    settings = mailbox.Settings(
        "127.0.0.1", server.port, server.user, "", encryption="none", poll_s=5.0, tokens=found
    )
    return mailbox.Watcher(settings)


@pytest.mark.django_db
def test_the_mailbox_is_read_by_token_and_a_refused_token_is_fetched_anew(secret):
    small.create_site()
    found = source(Provider(), OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret)
    with imap_server.serving() as server:
        server.put(b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\n\r\n2 ctn CAP-28-WHT\r\n")
        assert box(server, found).look_once() == 1
        server.token = "t-2"
        with pytest.raises(mailbox.CannotReadMailbox, match="refuses the log-in"):
            box(server, found).look_once()
        assert box(server, found).look_once() == 0
        assert server.log_ins == 3


def test_a_provider_that_gives_no_token_is_what_the_mailbox_says(secret):
    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": "invalid_client"})

    found = source(refuse, OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret)
    with imap_server.serving() as server:
        with pytest.raises(mailbox.CannotReadMailbox, match="invalid_client") as raised:
            box(server, found).look_once()
        assert raised.value.wait_s == mailbox.LOG_IN_AGAIN_AFTER_S
        assert server.log_ins == 0


@pytest.fixture
def smtp(settings):
    with smtp_server.serving() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "orders@example.com", ""
        running.answers["EHLO"] = "250-test\r\n250 AUTH XOAUTH2"
        yield running


LETTER = channels.Letter(key="order:1/confirmed", to="buyer@example.com", title="Order", body="Booked")


def test_a_mail_leaves_by_token(smtp, secret):
    found = source(Provider(), OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret)
    assert isinstance(outbound.EmailChannel(found).send(LETTER), channels.Sent)
    (said,) = smtp.log_ins
    assert said.startswith("AUTH XOAUTH2 ")
    told = base64.b64decode(said.split(" ")[2]).decode()
    assert told == "user=orders@example.com\x01auth=Bearer t-1\x01\x01"
    assert len(smtp.mails) == 1


def test_a_token_that_is_refused_at_sending_is_fetched_anew_and_nothing_is_sent(smtp, secret):
    provider = Provider()
    channel = outbound.EmailChannel(source(provider, OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret))
    smtp.answers["AUTH"] = "334 " + base64.b64encode(json.dumps({"status": "400"}).encode()).decode()
    failed = channel.send(LETTER)
    assert isinstance(failed, channels.Failed)
    assert (failed.temporary, failed.retry_after_s) == (True, outbound.LOG_IN_AGAIN_AFTER_S)
    assert "535 5.7.8 not accepted" in failed.text
    assert "t-1" not in failed.text
    assert smtp.mails == []
    del smtp.answers["AUTH"]
    assert isinstance(channel.send(LETTER), channels.Sent)
    assert len(provider.asked) == 2


def test_a_token_is_never_shown_to_another_machine_without_encryption(settings, secret):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_TLS = "smtp.example.com", "", False
    provider = Provider()
    channel = outbound.EmailChannel(source(provider, OBEYA_MAIL_OAUTH_CLIENT_SECRET_FILE=secret))
    failed = channel.send(LETTER)
    assert isinstance(failed, channels.Failed)
    assert "OBEYA_SMTP_TLS" in failed.text
    assert provider.asked == []
