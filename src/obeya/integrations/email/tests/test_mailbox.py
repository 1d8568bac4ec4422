"""The mailbox is read: each mail once, stored before it is marked, whatever the server does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.worlds import small

from obeya.inbox import queries as signals
from obeya.integrations.email import inbound, mailbox
from obeya.integrations.email.tests import imap_server
from obeya.lib import clock

SAMPLES = Path(mailbox.__file__).parent / "samples"


@pytest.fixture
def server():
    with imap_server.serving() as running:
        yield running


@pytest.fixture
def plant(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    small.create_site()


def settings_for(server, **more):
    told = {"password": server.password, **more}
    return mailbox.Settings("127.0.0.1", server.port, server.user, encryption="none", poll_s=5.0, **told)


def watcher(server, **more):
    return mailbox.Watcher(settings_for(server, **more))


def mail(number: int, text: str = "2 ctn CAP-28-WHT") -> bytes:
    head = f"From: a@b.example\r\nMessage-ID: <{number}@b.example>\r\nSubject: Order\r\n"
    return f"{head}Content-Type: text/plain\r\n\r\n{text}\r\n".encode()


def kept():
    return signals.list_signals(sites=[small.SITE], source=inbound.SOURCE, limit=500)


def test_a_mail_is_stored_as_it_came_and_then_marked(server, plant):
    put = server.put((SAMPLES / "plain.eml").read_bytes())
    assert watcher(server).look_once() == 1
    (signal,) = kept()
    assert inbound.raw_of(signal) == put.content
    assert signal.natural_key == "<plain-1@krushnai.example>"
    assert "\\Seen" in put.flags
    assert not any("BODY[]" in line and "PEEK" not in line for line in server.commands)


def test_each_mail_is_read_once_also_by_a_second_watcher(server, plant):
    server.put(mail(1))
    assert watcher(server).look_once() == 1
    server.put(mail(2), seen=True)  # somebody opened it before Obeya came
    assert watcher(server).look_once() == 1
    assert watcher(server).look_once() == 0
    assert len(kept()) == 2


def test_the_first_look_takes_only_what_nobody_has_seen(server, plant):
    server.put(mail(1), seen=True)
    server.put(mail(2))
    server.put(mail(3), seen=True)
    assert watcher(server).look_once() == 1
    assert watcher(server).look_once() == 0


def test_mails_that_are_numbered_anew_stay_the_same_signals(server, plant):
    server.put(mail(1))
    server.put(mail(2))
    watcher(server).look_once()
    server.renumber()
    assert watcher(server).look_once() == 0
    assert len(kept()) == 2


def test_a_mail_is_moved_where_a_folder_is_set(server, plant):
    server.folders["Done"] = []
    server.put(mail(1))
    watcher(server, done_folder="Done").look_once()
    assert (len(server.folders["INBOX"]), len(server.folders["Done"])) == (0, 1)


def test_a_line_that_breaks_before_the_mark_loses_nothing_and_doubles_nothing(server, plant):
    put = server.put(mail(1))
    server.troubles.append("UID STORE")
    with pytest.raises(mailbox.CannotReadMailbox):
        watcher(server).look_once()
    assert put.flags == set()
    assert len(kept()) == 1
    assert watcher(server).look_once() == 0
    assert put.flags == {"\\Seen"}


def test_a_mail_that_is_too_large_is_known_by_its_headers(server, plant):
    server.put(mail(1, "x" * 500), size=inbound.MOST_BYTES + 1)
    watcher(server).look_once()
    (signal,) = kept()
    assert signal.headers[inbound.TOO_LARGE] is True
    assert b"xxx" not in signal.body


def test_a_large_mail_is_kept_whole_as_a_file(server, plant):
    content = mail(1, "x" * (inbound.BODY_BYTES + 10))
    server.put(content)
    watcher(server).look_once()
    (signal,) = kept()
    assert len(signal.body) < 500
    assert inbound.raw_of(signal) == content


def test_ten_thousand_copies_of_a_mail_are_one_signal(plant):
    copies = [inbound.Raw(mail(1))] * 1_000
    assert [inbound.accept(mails=copies, site=small.SITE) for _ in range(10)] == [1] + [0] * 9
    assert len(kept()) == 1


def test_another_mail_under_a_known_message_id_is_kept_too(plant):
    first, second = inbound.Raw(mail(1, "2 ctn")), inbound.Raw(mail(1, "9 ctn"))
    assert inbound.accept(mails=[first, second, first], site=small.SITE) == 2
    assert inbound.accept(mails=[second, first], site=small.SITE) == 0
    assert len(kept()) == 2


def test_a_mail_without_an_id_is_known_by_its_content(plant):
    nameless = inbound.Raw(b"From: a@b.example\r\n\r\n2 ctn\r\n")
    assert inbound.accept(mails=[nameless, nameless], site=small.SITE) == 1
    assert kept()[0].natural_key.startswith("digest:")


def test_a_refused_log_in_is_said_plainly_and_not_tried_at_once_again(server, plant):
    with pytest.raises(mailbox.CannotReadMailbox, match="refuses the log-in") as caught:
        watcher(server, password="wrong").look_once()
    assert caught.value.wait_s >= 300


def test_a_folder_that_is_not_there_is_named(server, plant):
    with pytest.raises(mailbox.CannotReadMailbox, match="no folder Orders"):
        watcher(server, folder="Orders").look_once()


def test_a_server_out_of_reach_is_said(server, plant):
    settings = mailbox.Settings("127.0.0.1", 1, "a@b.example", "x", encryption="none")
    with pytest.raises(mailbox.CannotReadMailbox, match="cannot be reached"):
        mailbox.Watcher(settings).look_once()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("capabilities", ["IMAP4rev1 IDLE MOVE", "IMAP4rev1"])
def test_a_mail_that_comes_while_it_waits_is_read(server, settings, tmp_path, capabilities):
    settings.MEDIA_ROOT = tmp_path
    small.create_site()
    server.capabilities = capabilities
    told = settings_for(server)
    watched = mailbox.Watcher(mailbox.Settings(**{**vars_of(told), "poll_s": 0.2}))
    thread = threading.Thread(target=watched.run)
    thread.start()
    try:
        server.put(mail(1))
        assert wait_for(lambda: len(kept()) == 1)
        server.put(mail(2))
        assert wait_for(lambda: len(kept()) == 2)
        assert wait_for(lambda: signals.list_all_sources(inbound.SOURCE)[0].taken == 2)
        assert signals.list_all_sources(inbound.SOURCE)[0].problem == ""
    finally:
        watched.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


def vars_of(told):
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


def wait_for(holds):
    pause = threading.Event()
    return any(holds() or pause.wait(0.05) for _ in range(400))


def test_the_settings_come_from_the_environment(tmp_path):
    (tmp_path / "password").write_text("secret\n")
    told = {
        "OBEYA_IMAP_HOST": "mail.example",
        "OBEYA_IMAP_USER": "orders@example.com",
        "OBEYA_IMAP_PASSWORD_FILE": str(tmp_path / "password"),
    }
    found = mailbox.settings_of(told)
    assert found is not None
    assert (found.port, found.password, found.folder, found.name) == (
        993,
        "secret",
        "INBOX",
        "orders@example.com",
    )
    assert "secret" not in repr(found)
    assert mailbox.settings_of({}) is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"OBEYA_IMAP_PORT": "0"}, "not a port"),
        ({"OBEYA_IMAP_ENCRYPTION": "rot13"}, "one of"),
        ({"OBEYA_IMAP_PASSWORD_FILE": "/nowhere"}, "cannot be read"),
        ({"OBEYA_IMAP_USER": ""}, "OBEYA_IMAP_USER is missing"),
        ({"OBEYA_IMAP_POLL_S": "1"}, "from 5 to 1500"),
    ],
)
def test_a_wrong_setting_is_said_in_words(more, words):
    told = {"OBEYA_IMAP_HOST": "mail.example", "OBEYA_IMAP_USER": "a", "OBEYA_IMAP_PASSWORD": "b", **more}
    with pytest.raises(ValueError, match=words):
        mailbox.settings_of(told)


def test_the_clock_of_the_sender_does_not_count_past_now(plant):
    late = inbound.Raw(b"From: a@b.example\r\nDate: Wed, 04 Feb 2099 11:20:00 +0530\r\n\r\nx")
    inbound.accept(mails=[late], site=small.SITE)
    assert kept()[0].occurred_at <= clock.now()
