"""A photographed order through the front door of the order desk: prepared, and left to a person."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.worlds import desk

from obeya.config import converters
from obeya.inbox import actions as inbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk():
    converters.register()
    with desk.standing():
        yield


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
    order = desk.write("", attachments=[inbox.Attachment(stored, "photo.jpg")])
    assert [(line.sku, line.quantity, line.uom) for line in order.lines] == [
        ("CAP-28-WHT", Decimal(2), "ctn")
    ]
    assert order.state == "waiting"
    assert [doubt.reason for doubt in order.doubts] == [
        "photo.jpg: read from a picture (check it against the picture)"
    ]
