"""The files of a signal are read as part of the message; what cannot be read waits for a person."""

import pytest
from django.db import connection
from tests.worlds import desk, small

from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.lib import bounded, ids
from obeya.orders import actions, attaching, converting, models, ports
from obeya.orders.reading import types
from obeya.orders.tests import paper

pytestmark = pytest.mark.django_db
LIMITS = bounded.Limits(cpu_s=5, wall_s=20.0)


@pytest.fixture(autouse=True)
def _desk():
    ports.register_converter("paper", takes=paper.is_paper, convert=paper.read_paper, limits=LIMITS, place=1)
    ports.register_converter(
        "pencil", takes=paper.is_paper, convert=paper.read_pencil, limits=LIMITS, place=2
    )
    with desk.standing():
        yield
    ports.unregister_converter("paper")
    ports.unregister_converter("pencil")


def take(*contents, text="PO attached", **given):
    files = [
        inbox.Attachment(inbox.store_media(content=content, content_type=""), f"po{n}.paper")
        for n, content in enumerate(contents)
    ]
    return desk.write(text, attachments=files, **given)


GOOD = b"\0PAPERItem code|Description|Qty|UOM\nCAP-28-WHT|Cap 28 white|2|ctn"


def test_an_order_in_a_file_is_booked_as_one_in_words():
    order = take(GOOD)
    assert [(line.sku, line.quantity, line.uom) for line in order.lines] == [("CAP-28-WHT", 2, "ctn")]
    assert (order.state, order.auto) == ("confirmed", True), [d.reason for d in order.doubts]


def test_a_file_that_breaks_its_converter_waits_for_a_person_beside_what_was_read():
    order = take(GOOD, b"\0PAPER!broken")
    assert order.state == "waiting"
    assert len(order.lines) == 1
    assert any("po1.paper: it is damaged" in doubt.reason for doubt in order.doubts)


def test_files_that_the_channel_leaves_out_are_not_read():
    order = take(GOOD, b"\0PAPER!broken", text="2 ctn CAP-28-WHT", files=())
    assert order.state == "confirmed"


def read_stored(content, name="po.paper"):
    digest = inbox.store_media(content=content, content_type="text/plain")
    return attaching.attachments_of([signals.File(digest, name, "text/plain", len(content))])


def test_files_are_converted_between_two_transactions(monkeypatch):
    depth = len(connection.savepoint_ids)
    seen = []
    real = converting.convert

    def noted(file):
        seen.append(len(connection.savepoint_ids))
        return real(file)

    monkeypatch.setattr(converting, "convert", noted)
    interpreters.register("raven", _raven)
    digest = inbox.store_media(content=GOOD, content_type="text/plain")
    received = inbox.receive(
        site=small.SITE,
        source="raven",
        natural_key="1",
        body=b"",
        content_type="text/plain",
        attachments=[inbox.Attachment(digest, "po.paper")],
    )
    inbox.understand(signal_id=received.signal_id)
    assert seen == [depth]
    assert models.OrderRow.objects.get(signal=received.signal_id).lines.get().quantity == 2


def _raven(signal: signals.Signal) -> interpreters.Outcome:
    return actions.take_message(
        signal=signal,
        channel="email",
        sender="a@b.example",
        sender_name="",
        text="",
        sent_at=signal.received_at,
    )


def test_inside_a_transaction_converting_is_asked_for_first_and_done_once():
    digest = inbox.store_media(content=GOOD, content_type="text/plain")
    files = [signals.File(digest, "po.paper", "text/plain", len(GOOD))]
    signal = ids.new_id()
    with interpreters.hearing(), pytest.raises(interpreters.SomethingFirst) as asked:
        attaching.of_signal(signal, files)
    asked.value.do()
    with interpreters.hearing():
        (told,) = attaching.of_signal(signal, files)
    assert isinstance(told, types.Table)
    with interpreters.hearing(), pytest.raises(interpreters.SomethingFirst):  # what was read is not kept
        attaching.of_signal(signal, files)


def test_what_was_converted_and_never_read_does_not_pile_up():
    files = [signals.File("0" * 64, "po.pdf", "application/pdf", 5)]
    for _ in range(attaching.MOST_KEPT + 5):
        with interpreters.hearing(), pytest.raises(interpreters.SomethingFirst) as asked:
            attaching.of_signal(ids.new_id(), files)
        asked.value.do()
    assert len(attaching._standing.converted) == attaching.MOST_KEPT


def test_what_one_converter_cannot_use_goes_to_the_next():
    assert read_stored(b"\0PAPER?sharp") == [types.TextPage("po.paper", "PAPER?sharp")]
    assert read_stored(b"\0PAPER?soft") == [types.Unreadable("po.paper", "the pencil is blunt")]


def test_what_nobody_reads_says_so():
    (told,) = read_stored(b"\x00\x01\x02\x03GARBAGE", "thing.bin")
    assert told == types.Unreadable("thing.bin", "Obeya cannot read this kind of file")


def test_a_file_that_is_gone_says_so():
    (told,) = attaching.attachments_of([signals.File("0" * 64, "po.pdf", "application/pdf", 5)])
    assert told == types.Unreadable("po.pdf", "the stored file is missing")


def test_the_twenty_first_file_is_said_and_not_read():
    found = attaching.attachments_of([signals.File("0" * 64, "", "", 5)] * 22)
    assert len(found) == attaching.MOST_FILES + 1
    assert found[-1].name == "2 more files"


def test_signs_that_turn_text_round_are_taken_out_and_told():
    found = converting.convert(
        ports.File("\0PAPERItem|Qty\ncap\u202e|21\u200e\x00".encode(), "a\u202efdp.exe")
    )
    assert found[0] == types.Table("afdp.exe", (("Item", "Qty"), ("cap", "21")))
    assert isinstance(found[1], types.Unreadable)
    assert "hidden signs" in found[1].why


def test_a_file_too_large_is_not_opened():
    (told,) = converting.convert(ports.File(b"\0PAPER" + b" " * converting.MOST_BYTES, "big"))
    assert told == types.Unreadable("big", "it is larger than 30 MB")
