"""The file of a message is fetched after Meta was answered, and kept; or the desk is told why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.worlds import small

from obeya.catalog import readers
from obeya.demo import graph_stub
from obeya.inbox import actions as inbox
from obeya.inbox import fetching, interpreters
from obeya.inbox import queries as signals
from obeya.integrations.whatsapp import inbound, media, understanding
from obeya.integrations.whatsapp.tests import samples
from obeya.journal import queries as journal
from obeya.lib import clock
from obeya.orders import knowledge
from obeya.orders import queries as orders

pytestmark = pytest.mark.django_db

KRUSHNAI = "910000020101"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
VOICE = b"OggS" + b"\1" * 60


@pytest.fixture
def stub(settings: Any, tmp_path: Any) -> Iterator[graph_stub.GraphStub]:
    clock.use(clock.ManualClock(small.START))
    small.create()
    interpreters.register(inbound.SOURCE, understanding.understand)
    fetching.register(inbound.SOURCE, media.fetch)
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    knowledge.forget()
    settings.MEDIA_ROOT = tmp_path
    with graph_stub.GraphStub(clock=clock.SystemClock()) as running:
        settings.WHATSAPP = {
            **settings.WHATSAPP,
            "access_token": running.token,
            "phone_number_id": running.business.phone_number_id,
            "base_url": running.base_url,
            "version": running.version,
        }
        yield running
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
    clock.use(clock.SystemClock())


def sends(stub: graph_stub.GraphStub, kind: str, content: bytes, mime: str, **more: object) -> signals.Signal:
    """The customer sends a file; its signal is stored, nothing else has happened yet."""
    asset = {"id": stub.put_media(content, mime), "mime_type": mime, **more}
    asset.setdefault("sha256", hashlib.sha256(content).hexdigest())
    body = samples.with_message(**{"from": KRUSHNAI, "type": kind, kind: asset, "id": f"wamid.{asset['id']}"})
    envelope = json.loads(body)
    samples.value(envelope)["messages"][0].pop("text", None)
    inbound.accept(body=json.dumps(envelope).encode(), site=small.SITE, phone_number_id="", headers={})
    found = signals.find_signal(inbound.SOURCE, f"wamid.{asset['id']}")
    assert found is not None
    return found


def handle(signal: signals.Signal, *, last: bool = True) -> signals.Signal:
    inbox.fetch_files(signal_id=signal.id, last=last)
    inbox.understand(signal_id=signal.id)
    return signals.get_signal(signal.id)


def order_of(signal: signals.Signal) -> orders.Order:
    return orders.get_order(signal.became.removeprefix("order:"))


def why(order: orders.Order) -> str:
    return " ".join(doubt.reason for doubt in order.doubts if not doubt.settled)


def test_a_picture_is_kept_with_its_message_and_a_person_looks_at_it(stub):
    signal = handle(sends(stub, "image", PNG, "image/png", caption="2 ctn CAP-28-WHT"))
    (file,) = signal.files
    assert signals.read_media(file.digest) == PNG
    assert (file.name, file.content_type) == ("Image", "image/png")
    order = order_of(signal)
    assert (order.state, order.subject) == ("waiting", "Image")


def test_a_file_keeps_the_name_that_the_customer_gave_it(stub):
    signal = handle(sends(stub, "document", b"%PDF-1.7", "application/pdf", filename="PO-4471.pdf"))
    assert [file.name for file in signal.files] == ["PO-4471.pdf"]


def test_a_recording_is_kept_to_be_played_and_is_never_booked(stub):
    signal = handle(sends(stub, "audio", VOICE, "audio/ogg; codecs=opus", voice=True))
    assert [file.content_type for file in signal.files] == ["audio/ogg"]
    assert order_of(signal).state == "waiting"


def test_what_does_not_begin_like_a_picture_is_not_called_one(stub):
    signal = handle(sends(stub, "image", b"<html><script>", "image/png"))
    assert [file.content_type for file in signal.files] == ["application/octet-stream"]


def test_a_file_that_is_not_the_one_that_was_sent_is_not_kept(stub):
    signal = handle(sends(stub, "image", PNG, "image/png", sha256="0" * 64))
    assert signal.files == ()
    assert "digest differs" in why(order_of(signal))


def test_a_file_that_is_too_large_is_not_fetched(stub, monkeypatch):
    monkeypatch.setattr(media, "MOST_BYTES", {"image": 20})
    signal = handle(sends(stub, "image", PNG, "image/png"))
    assert signal.files == ()
    assert "larger than" in why(order_of(signal))


def test_a_file_that_meta_has_no_more_is_said_plainly_and_not_asked_for_again(stub):
    signal = sends(stub, "image", PNG, "image/png")
    stub.remove_media(signal.natural_key.removeprefix("wamid."))
    signal = handle(signal)
    assert media.GONE in why(order_of(signal))
    assert [one.again for one in signal.missing] == [False]


def test_while_meta_is_down_the_message_waits_for_its_file(stub):
    signal = sends(stub, "image", PNG, "image/png")
    stub.fail_media()
    with pytest.raises(fetching.TryAgainLater):
        inbox.fetch_files(signal_id=signal.id, last=False)
    assert [file.content_type for file in handle(signal).files] == ["image/png"]


def test_a_file_that_comes_late_is_read_with_its_message_again(stub, settings):
    signal = sends(stub, "image", PNG, "image/png", caption="2 ctn CAP-28-WHT")
    settings.WHATSAPP = {**settings.WHATSAPP, "access_token": "ended"}
    signal = handle(signal)
    assert [one.again for one in signal.missing] == [True]
    assert "an administrator must set a new one" in why(order_of(signal))
    told = [event.type for event in journal.list_about(f"signal:{signal.id}")]
    assert "inbox.file_missing" in told
    with pytest.raises(fetching.TryAgainLater):
        inbox.fetch_missing(signal_id=signal.id, last=False)
    settings.WHATSAPP = {**settings.WHATSAPP, "access_token": stub.token}
    inbox.fetch_missing(signal_id=signal.id, last=False)
    found = signals.get_signal(signal.id)
    assert (found.state, len(found.files), found.missing) == ("received", 1, ())
    inbox.understand(signal_id=signal.id)
    order = order_of(signals.get_signal(signal.id))
    assert order.state == "waiting"
    assert "administrator" not in why(order)


def test_without_a_token_the_desk_is_told_what_is_missing(stub, settings):
    settings.WHATSAPP = {**settings.WHATSAPP, "access_token": ""}
    signal = handle(sends(stub, "image", PNG, "image/png"))
    assert "not set up to fetch files" in why(order_of(signal))


def test_fetching_again_changes_nothing_once_the_file_is_there(stub):
    signal = handle(sends(stub, "image", PNG, "image/png"))
    inbox.fetch_files(signal_id=signal.id)
    assert signals.get_signal(signal.id) == signal
    with pytest.raises(inbox.CannotRetrySignal):
        inbox.fetch_again(signal_id=signal.id, actor="user:asha")


def test_words_have_no_file_to_fetch(stub):
    inbound.accept(body=samples.body("text"), site=small.SITE, phone_number_id="", headers={})
    (signal,) = signals.list_signals(sites=[small.SITE])
    inbox.fetch_files(signal_id=signal.id)
    assert signals.get_signal(signal.id).files == ()
