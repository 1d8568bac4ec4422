"""The files of a message on the order desk: drawn, played, opened, or said to be missing."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from PIL import Image

from obeya.inbox import actions as inbox
from obeya.inbox import fetching, previews
from obeya.inbox import queries as signals
from obeya.lib import bounded, clock
from obeya.orders import actions as orders
from obeya.orders import queries as order_queries
from tests.screens.conftest import HTMX
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

SOURCE = "files"
VOICE = b"OggS" + bytes(range(200))


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path, world):
    settings.MEDIA_ROOT = tmp_path


def picture(size=(3_000, 2_000)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


def paper(pages):
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        document.new_page(595, 842)
    document.save(out)
    return out.getvalue()


def order_with(*found):
    """An order from a message with these files, fetched or missing."""
    fetching.register(SOURCE, lambda signal: found)
    got = inbox.receive(site=small.SITE, source=SOURCE, natural_key="1", body=b"{}")
    inbox.fetch_files(signal_id=got.signal_id)
    became = orders.take_message(
        signal=signals.get_signal(got.signal_id),
        channel="whatsapp",
        sender=small.PHONE,
        sender_name="",
        text="",
        sent_at=signals.get_signal(got.signal_id).received_at,
        files=(),
    )
    return order_queries.get_order(became.became.removeprefix("order:"))


def file_of(order):
    (file,) = signals.get_signal(order.signal).files
    return file


def test_a_picture_is_drawn_small_beside_the_lines(as_user):
    order = order_with(fetching.Fetched(picture(), "image/png", "list.png"))
    asha, digest = as_user("asha"), file_of(order).digest
    assert f"/files/{digest}/sheets/1" in html_of(asha.get(f"/orders/{order.id}"))
    sheet = html_of(asha.get(f"/orders/{order.id}/files/{digest}/sheets/1"))
    assert f"/files/{digest}/pages/1" in sheet
    drawn = asha.get(f"/orders/{order.id}/files/{digest}/pages/1")
    assert drawn.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in drawn.headers["Content-Security-Policy"]
    assert max(Image.open(io.BytesIO(drawn.content)).size) == 1_600


def test_the_pages_of_a_document_can_be_turned(as_user):
    order = order_with(fetching.Fetched(paper(3), "application/pdf", "po.pdf"))
    asha, front = as_user("asha"), f"/orders/{order.id}/files/{file_of(order).digest}"
    assert "Page 1 of 3" in text_of(asha.get(f"{front}/sheets/1"))
    assert "Page 3 of 3" in text_of(asha.get(f"{front}/sheets/3"))
    assert asha.get(f"{front}/pages/4").status_code == 404
    assert "has no such page" in text_of(asha.get(f"{front}/sheets/4"))


def test_a_page_is_drawn_once(as_user, monkeypatch):
    order = order_with(fetching.Fetched(paper(1), "application/pdf", "po.pdf"))
    before = previews.page_of(file_of(order), 1)
    monkeypatch.setattr(previews.bounded, "run", lambda *_: pytest.fail("it is drawn already"))
    assert previews.page_of(file_of(order), 1) == before


def test_while_one_page_is_drawn_others_are_told_at_once_to_come_again(as_user, monkeypatch):
    """What a hostile file does: its drawing takes all the time it is given, in one thread only."""
    order = order_with(fetching.Fetched(paper(2), "application/pdf", "po.pdf"))
    asha, front = as_user("asha"), f"/orders/{order.id}/files/{file_of(order).digest}"
    seen = []

    def slow(work, content, about, limits):
        seen.extend([asha.get(f"{front}/pages/2"), asha.get(f"{front}/sheets/2")])
        raise bounded.TookTooLong

    with monkeypatch.context() as patch:
        patch.setattr(previews.bounded, "run", slow)
        assert "too long" in text_of(asha.get(f"{front}/sheets/1"))
    page, sheet = seen
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert f'hx-get="{front}/sheets/2" hx-trigger="load delay:2s"' in html_of(sheet)
    assert "Page 2 of 2" in text_of(asha.get(f"{front}/sheets/2")), "the next one is drawn again"


def test_that_a_page_cannot_be_drawn_is_remembered_for_a_day(as_user, monkeypatch):
    order = order_with(fetching.Fetched(b"%PDF-1.7 broken", "application/pdf", "po.pdf"))
    file, tries = file_of(order), []
    monkeypatch.setattr(previews.bounded, "run", lambda *_: tries.append(1) or _break())
    for _ in range(3):
        with pytest.raises(previews.NoPreview, match="damaged"):
            previews.page_of(file, 1)
    assert len(tries) == 1
    tomorrow = clock.ManualClock(datetime.now(UTC) + timedelta(days=1, minutes=1))
    monkeypatch.setattr(previews.clock, "now", tomorrow.now)
    with pytest.raises(previews.NoPreview, match="damaged"):
        previews.page_of(file, 1)
    assert len(tries) == 2


def _break():
    raise bounded.BrokeDown("as a child breaks down")


def test_what_is_broken_says_so_and_can_still_be_opened(as_user):
    order = order_with(fetching.Fetched(b"%PDF-1.7 broken", "application/pdf", "po.pdf"))
    sheet = as_user("asha").get(f"/orders/{order.id}/files/{file_of(order).digest}/sheets/1")
    assert "damaged" in text_of(sheet)
    assert f"/files/{file_of(order).digest}" in html_of(sheet)


def test_a_recording_has_a_player_that_can_jump(as_user):
    order = order_with(fetching.Fetched(VOICE, "audio/ogg", "Voice message"))
    asha, url = as_user("asha"), f"/orders/{order.id}/files/{file_of(order).digest}"
    assert "<audio" in html_of(asha.get(f"/orders/{order.id}"))
    assert asha.get(url).content == VOICE
    part = asha.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, VOICE[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(VOICE)}"
    assert asha.get(url, headers={"Range": "bytes=9999-"}).status_code == 416
    assert asha.get(url, headers={"Range": "lines=1-2"}).status_code == 200


def test_a_page_in_disguise_is_only_downloaded(as_user):
    order = order_with(fetching.Fetched(b"<html><script>alert(1)</script>", "image/png", "list.png"))
    got = as_user("asha").get(f"/orders/{order.id}/files/{file_of(order).digest}")
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"] == "attachment"


def test_a_missing_file_says_why_and_the_desk_can_ask_again(as_user):
    order = order_with(fetching.Missing("Image", "The access token is not valid any more.", again=True))
    asha = as_user("asha")
    page = asha.get(f"/orders/{order.id}")
    assert "The access token is not valid any more." in text_of(page)
    assert asha.post(f"/orders/{order.id}/files", headers=HTMX).status_code == 200
    assert "Fetch it again" not in text_of(as_user("anand").get(f"/orders/{order.id}"))


def test_a_file_that_is_gone_for_good_is_not_asked_for_again(as_user):
    order = order_with(fetching.Missing("Image", "WhatsApp does not have this file any more."))
    asha = as_user("asha")
    assert "Fetch it again" not in text_of(asha.get(f"/orders/{order.id}"))
    assert asha.post(f"/orders/{order.id}/files", headers=HTMX).status_code == 409
