"""Old chats and mail teach the reader customers' words: once, and only where it is clear."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.worlds import small

from obeya.cli import chat_export, main
from obeya.cli import learn as command
from obeya.journal import queries as journal
from obeya.orders import knowledge, pairing
from obeya.orders import models as orders
from obeya.orders.reading import types

ZONE = ZoneInfo("Asia/Kolkata")
WORDS = "safed dhakkan 20 peti"
ORDER = {
    "order_no": "H-1",
    "customer": "KRS01",
    "ordered_at": "2026-01-15T11:20",
    "lines": [{"sku": "CAP-28-WHT", "qty": 20, "uom": "ctn"}],
}
CHAT = (
    "14/01/2026, 9:00 am - Messages and calls are end-to-end encrypted.\n"
    "15/01/2026, 10:58 am - Mahesh Kadam: <Media omitted>\n"
    f"15/01/2026, 10:59 am - Mahesh Kadam: {WORDS}\n"
    "15/01/2026, 11:05 am - Obeya Plastics: ok\n"
)
MAIL = (
    "From someone Thu Jan 15 05:00:00 2026\n"
    "From: Orders <orders@krushnai.example>\nSubject: order\nDate: Thu, 15 Jan 2026 10:30:00 +0530\n"
    f"Content-Type: text/plain; charset=utf-8\n\n{WORDS}\n"
)


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "orders.jsonl"
    path.write_text(json.dumps(ORDER) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def chat(tmp_path):
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, encoding="utf-8")
    return path


def learn(*words, site=small.SITE):
    return main.main(("orders", "learn", "--site", site, *map(str, words)))


def stored():
    return sorted(orders.PastOrderRow.objects.values_list("order_no", "message", "channel"))


def test_a_chat_teaches_what_the_words_of_an_old_order_meant(site, history, chat, capsys):
    assert learn("--history", history, "--chats", chat) == 0
    assert stored() == [("H-1", WORDS, "whatsapp")]
    asked = types.Message(
        "M", "whatsapp", "KRS01", datetime(2026, 2, 9, 12, tzinfo=ZONE), "safed dhakkan 7 peti"
    )
    (line,) = knowledge.reader_of(site).read(asked).lines
    assert (line.sku, str(line.qty)) == ("CAP-28-WHT", "7")
    told = capsys.readouterr().out
    assert "paired with the order that followed: 1 (0 known, 1 new)" in told
    assert "Obeya Plastics: 1" in told
    (event,) = journal.list_about(f"site:{site}", types=["orders.learned_from_export"])
    assert event.data["orders"] == ["H-1"]


def test_a_second_run_changes_nothing(site, history, chat, capsys):
    learn("--history", history, "--chats", chat)
    before = stored()
    assert learn("--history", history, "--chats", chat) == 0
    assert stored() == before
    assert "(1 known, 0 new)" in capsys.readouterr().out
    assert len(journal.list_about(f"site:{site}", types=["orders.learned_from_export"])) == 1


def test_a_dry_run_tells_the_same_and_keeps_nothing(site, history, chat, capsys):
    assert learn("--history", history, "--chats", chat, "--dry-run") == 0
    assert stored() == []
    told = capsys.readouterr().out
    assert "1 new" in told
    assert "Nothing was changed" in told


def test_a_mailbox_and_a_folder_of_mails_teach_alike(site, history, tmp_path):
    (tmp_path / "old.mbox").write_text(MAIL + "\n" + MAIL, encoding="utf-8")
    assert learn("--history", history, "--mailbox", tmp_path / "old.mbox", "--dry-run") == 0
    (tmp_path / "one.eml").write_text(MAIL.split("\n", 1)[1], encoding="utf-8")
    assert learn("--history", history, "--mailbox", tmp_path) == 0
    assert [one[1].strip("\ufffd") for one in stored()] == [WORDS]


def test_a_message_that_is_kept_already_stays(site, history, chat):
    history.write_text(json.dumps(ORDER | {"message": "white caps 20"}) + "\n", encoding="utf-8")
    assert learn("--history", history, "--chats", chat) == 0
    assert [one[1] for one in stored()] == ["white caps 20"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "at least one of"),
        (("--chats", "/nowhere"), "is not there"),
        (("--mailbox", "{wrong}"), "no mbox file"),
        (("--chats", "{wrong}"), "begins as WhatsApp's export does"),
        (("--history", "{wrong}"), ".jsonl"),
        (("--chats", "{wrong}", "--site", "NOWHERE"), "NOWHERE"),
    ],
)
def test_a_mistake_is_told_in_words_and_nothing_is_learned(site, tmp_path, words, said, capsys):
    (tmp_path / "wrong.txt").write_text("nothing\n", encoding="utf-8")
    assert learn(*[word.format(wrong=tmp_path / "wrong.txt") for word in words]) == 2
    assert said in capsys.readouterr().err
    assert stored() == []


@pytest.mark.parametrize(
    ("line", "sent_at"),
    [
        ("31/12/2025, 21:41 - Asha: 20 caps", "2025-12-31T21:41:00+05:30"),
        ("12/31/25, 9:41\u202fPM - Asha: 20 caps", "2025-12-31T21:41:00+05:30"),
        ("[31/12/25, 12:05:09\u202fAM] Asha: 20 caps", "2025-12-31T00:05:09+05:30"),
        ("\u200e[31.12.25, 21:41:05] Asha: 20 caps", "2025-12-31T21:41:05+05:30"),
        ("2025-12-31, 9:41 p.m. - Asha: 20 caps", "2025-12-31T21:41:00+05:30"),
        ("٣١/١٢/٢٠٢٥, ٢١:٤١ - Asha: 20 caps", "2025-12-31T21:41:00+05:30"),
    ],
)
def test_the_dates_of_every_export_are_read(tmp_path, line, sent_at):
    path = tmp_path / "chat.txt"
    path.write_text(line + "\nand 5 lids\n", encoding="utf-8")
    (found,) = chat_export.read(path, ZONE, month_first=False)
    assert found == chat_export.Said("Asha", datetime.fromisoformat(sent_at), "20 caps\nand 5 lids")


@pytest.mark.parametrize(("month_first", "month"), [(False, 2), (True, 1)])
def test_dates_that_may_be_read_both_ways_follow_the_country(tmp_path, month_first, month):
    path = tmp_path / "chat.txt"
    path.write_text("1/2/26, 10:00 - Asha: 20 caps\n", encoding="utf-8")
    (found,) = chat_export.read(path, ZONE, month_first=month_first)
    assert found.sent_at.month == month


def test_a_chat_that_contradicts_itself_in_its_dates_is_refused(tmp_path):
    path = tmp_path / "chat.txt"
    path.write_text("31/1/26, 10:00 - A: x\n1/31/26, 10:00 - A: y\n", encoding="utf-8")
    with pytest.raises(chat_export.CannotReadChat, match="month first"):
        list(chat_export.read(path, ZONE, month_first=False))


def test_messages_of_one_customer_in_a_row_are_one_for_five_minutes():
    noon = datetime(2026, 1, 15, 12, tzinfo=ZONE)

    def said(customer, minute, text):
        return pairing.Message(customer, "whatsapp", noon + timedelta(minutes=minute), text)

    found = command.joined(
        [said("A", 0, "caps"), said("A", 5, "20"), said("A", 6, "lids"), said("B", 7, "5")]
    )
    assert [one.text for one in found] == ["caps\n20", "lids", "5"]


def test_odd_bytes_and_impossible_dates_in_an_export_do_no_harm(site, history, tmp_path, capsys):
    (tmp_path / "odd.txt").write_text(
        CHAT.replace(WORDS, f"{WORDS}\0") + "1/1/0001, 1:00 am - Mahesh Kadam: 20\n"
        "15/01/2026, 11:06 am - \x1b[31mRed\0: 20 caps\n99/99/2026, 9:00 - Nobody: 7\n",
        encoding="utf-8",
    )
    odd = b"From x\nFrom: \xff\x00<a@\xff>\nDate: Mon, 01 Jan 0101 00:00:00 +0530\n\n20\n\nFrom y\n\xff\xfe\n"
    (tmp_path / "odd.mbox").write_bytes(odd)
    files = ("--chats", tmp_path / "odd.txt", "--mailbox", tmp_path / "odd.mbox")
    assert learn("--history", history, *files) == 0
    assert [one[1].strip("\ufffd") for one in stored()] == [WORDS]
    told = capsys.readouterr().out
    assert "cannot be read: 2, ignored" in told
    assert "[31mRed: 1" in told
    assert "\x1b" not in told
