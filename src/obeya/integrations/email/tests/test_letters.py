"""A raw mail taken apart: what its sender says now, its files, and whether a person wrote it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obeya.integrations.email import letters, markup
from obeya.orders.reading import mail

SAMPLES = Path(letters.__file__).parent / "samples"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


def read(name: str, **more: tuple[str, ...]) -> letters.Letter:
    return letters.read(sample(name), **more)


def now_said(letter: letters.Letter) -> str:
    return mail.own_text(letter.text, "email")[0]


def test_a_plain_mail_says_who_wrote_what_and_when():
    letter = read("plain")
    assert (letter.sender, letter.sender_name) == ("orders@krushnai.example", "Mahesh Kadam")
    assert letter.message_id == "<plain-1@krushnai.example>"
    assert letter.sent_at == "2026-02-04T11:20:00+05:30"
    assert "2 ctn CAP-28-WHT" in letter.text
    assert "Krushnai Traders" not in now_said(letter)


def test_html_is_read_as_its_sender_saw_it_and_its_table_as_cells():
    letter = read("html_table")
    assert "alert" not in letter.text
    assert "color" not in letter.text
    assert "Please supply" in letter.text
    assert "CAP-28-WHT" not in letter.text
    (table,) = letter.tables
    assert table.rows[1] == ("CAP-28-WHT", "2", "ctn")


def test_what_is_quoted_in_html_is_marked_and_its_table_is_not_an_order():
    letter = read("html_reply")
    assert letter.tables == ()
    assert "CAP-28-RED" in letter.text
    assert "CAP-28-RED" not in now_said(letter)
    assert "3 ctn CAP-28-WHT" in now_said(letter)
    assert letter.references == ("<list-1@deccan.example>", "<list-9@deccan.example>")


def test_a_forwarded_mail_keeps_its_words():
    letter = read("forwarded")
    assert "4 ctn CAP-28-WHT" in now_said(letter)
    assert "Please arrange." in letter.text


def test_a_forward_as_apple_writes_it_keeps_its_words():
    page = markup.read(
        "<p>fyi</p><blockquote><div>Begin forwarded message:</div><p>2 ctn caps</p></blockquote>"
    )
    assert "2 ctn caps" in mail.own_text(page.text, "email")[0]


def test_a_logo_says_nothing_and_an_attachment_does():
    letter = read("attached")
    assert [(file.name, file.says_something) for file in letter.files] == [
        ("logo.png", False),
        ("po.csv", True),
    ]
    assert b"CAP-28-WHT,5,ctn" in letter.contents[1]


def test_what_was_taken_apart_in_a_child_comes_back_whole():
    letter = read("attached")
    assert letters.put_together(letters.take_apart(sample("attached"), {})) == letter


def test_lines_that_were_wrapped_for_the_journey_are_joined():
    assert "2 ctn CAP-28-WHT" in read("hindi").text
    assert read("hindi").subject == "ऑर्डर"
    assert "CAP-28-RED" not in now_said(read("hindi"))


@pytest.mark.parametrize("name", ["out_of_office", "program", "bulk", "came_back", "bounce"])
def test_a_program_is_told_from_a_person(name):
    assert read(name).automatic


def test_a_mail_from_our_own_address_is_told():
    assert read("plain").automatic == ""
    assert read("plain", own=("orders@krushnai.example",)).automatic


def test_a_report_names_the_mail_that_did_not_arrive():
    assert read("bounce").failed == ("<SENT-BY-US@deccan.example>",)


def test_a_sender_that_the_server_does_not_confirm_is_distrusted():
    assert read("distrusted").distrust
    assert read("plain").distrust == ""


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"


def test_mails_within_mails_have_an_end():
    inner = b"From: a@b.example\r\n\r\nHello 1\r\n"
    for _ in range(12):
        inner = mixed(b"Content-Type: message/rfc822\r\n\r\n" + inner).replace(b"--b", b"--b", 1)
    letter = letters.read(mixed(b"Content-Type: text/plain\r\n\r\n5 ctn"))
    assert letter.text == "5 ctn"
    assert letters.read(inner).sender == "a@b.example"


def test_html_nested_beyond_reason_ends_in_time():
    started = time.monotonic()
    source = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 50_000 + b"2 ctn"
    letter = letters.read(source)
    assert letter.sender == "a@b.example"
    assert time.monotonic() - started < 20


def test_too_many_files_and_too_long_words_are_told():
    file = b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx"
    letter = letters.read(mixed(b"Content-Type: text/plain\r\n\r\n" + b"a 1\r\n" * 20_000, *[file] * 55))
    assert len(letter.files) == letters.MOST_FILES
    assert len(letter.text) == letters.MOST_TEXT
    assert {name for name, _ in letter.notes} >= {"a.txt", "The end of the mail"}


def test_hidden_signs_that_turn_text_are_told():
    letter = letters.read(
        "From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n2\u202e ctn".encode()
    )
    assert [name for name, _ in letter.notes] == ["The text"]


KNOWN_FAILURES = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
"""The child tells of these as of a broken mail."""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(path.stem for path in SAMPLES.glob("*.eml"))))
def test_any_bytes_in_a_mail_end_as_a_letter_or_a_broken_mail(noise, name):
    content = sample(name)
    middle = len(content) // 2
    for source in (noise, content[:middle] + noise + content[middle:], noise + content):
        try:
            letter = letters.read(source)
        except KNOWN_FAILURES:
            continue
        assert len(letter.text) <= letters.MOST_TEXT
