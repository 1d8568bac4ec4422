"""A photographed order through the front door of the order desk: prepared, and left to a person."""

from __future__ import annotations

import uuid
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.worlds import small

from obeya.catalog import readers
from obeya.config import converters
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.lib import clock
from obeya.orders import actions, knowledge, queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk():
    clock.use(clock.ManualClock(small.START))
    small.create()
    converters.register()
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    knowledge.forget()
    yield
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
    clock.use(clock.SystemClock())


def photo() -> bytes:
    image = Image.new("RGB", (1000, 500), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(30)
    for number, row in enumerate((("Item code", "Qty", "Unit"), ("CAP-28-WHT", "2", "ctn"))):
        for left, text in zip((60, 500, 700), row, strict=True):
            draw.text((left, 100 + 70 * number), text, font=font, fill="black")
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def test_what_was_read_from_a_photo_is_one_tap_away_and_not_booked():
    stored = inbox.store_media(content=photo(), content_type="image/jpeg")
    got = inbox.receive(
        site=small.SITE,
        source="whatsapp",
        natural_key=str(uuid.uuid4()),
        body=b"x",
        attachments=[inbox.Attachment(stored, "photo.jpg")],
    )
    outcome = actions.take_message(
        signal=signals.get_signal(got.signal_id),
        channel="whatsapp",
        sender=small.PHONE,
        sender_name="Krushnai",
        text="",
        sent_at=clock.now(),
    )
    assert isinstance(outcome, interpreters.Understood)
    order = queries.get_order(outcome.became.removeprefix("order:"))
    assert [(line.sku, line.quantity, line.uom) for line in order.lines] == [
        ("CAP-28-WHT", Decimal(2), "ctn")
    ]
    assert order.state == "waiting"
    assert [doubt.reason for doubt in order.doubts] == [
        "photo.jpg: read from a picture (check it against the picture)"
    ]
