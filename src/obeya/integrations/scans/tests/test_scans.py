"""Pictures of orders: read into rows, given to a person, never booked; hostile ones refused with a word."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from tests.worlds import desk

from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.integrations.scans import converting, equipment, layout, pictures, tesseract
from obeya.orders import ports
from obeya.orders.reading import types
from obeya.orders.reading.tests import worlds

SAMPLES = Path(__file__).parents[1] / "samples"
ROWS = (
    ("Line", "Part No", "Description", "Qty", "Unit"),
    ("1", "HCS-0616-150-5Z", "Hex cap screw 3/8-16 x 1-1/2", "10", "box"),
    ("2", "FW-0616-Z", "Flat washer 3/8", "5", "box"),
    ("3", "HN-0813-Z", "Hex nut 1/2-13", "4", "box"),
)
COLUMNS = (60, 160, 470, 970, 1080)
LINES = [("HCS-0616-150-5Z", 10, "bx"), ("FW-0616-Z", 5, "bx"), ("HN-0813-Z", 4, "bx")]


def page(size: tuple[int, int] = (1200, 800)) -> Image.Image:
    """A printed order as it leaves the scanner."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(28)
    draw.text((60, 60), "PURCHASE ORDER No. TC-48290", font=font, fill="black")
    draw.text((60, 120), "Deliver to: Lima Branch", font=font, fill="black")
    for number, row in enumerate(ROWS):
        for left, text in zip(COLUMNS, row, strict=True):
            draw.text((left, 220 + 60 * number), text, font=font, fill="black")
    return image


def saved(image: Image.Image, form: str = "PNG", **more) -> bytes:
    out = BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def picture(data: bytes, name: str = "scan.png"):
    converted = converting.convert_picture(ports.File(data, name))
    assert not isinstance(converted, ports.NotMine)
    return list(converted)


def why(data: bytes) -> str:
    (found,) = picture(data)
    assert isinstance(found, types.Unreadable)
    return found.why


def read(attachments):
    return worlds.FASTENERS.read(worlds.message("T1", "PO attached", "email", attachments=attachments))


def test_a_crooked_scan_is_read_line_by_line_and_waits_for_a_person():
    crooked = page().rotate(-3, fillcolor="white", resample=Image.Resampling.BICUBIC)
    found = picture(saved(crooked))
    assert isinstance(found[0], types.Scanned)
    reading = read(found)
    assert worlds.lines(reading) == LINES
    assert reading.po_number == "TC-48290"
    assert reading.ship_to == "Lima Branch"
    assert not reading.auto
    assert [d.text for d in reading.doubts if d.code == "recognised"] == [
        "scan.png: read from a picture (check it against the picture)"
    ]


def test_a_page_that_lies_on_its_side_is_turned():
    assert worlds.lines(read(picture(saved(page().rotate(90, expand=True))))) == LINES


def test_a_pdf_of_pictures_is_drawn_and_read():
    data = saved(page(), "PDF", resolution=100)
    assert converting.is_pdf(ports.File(data))
    found = converting.convert_pdf(ports.File(data, "scan.pdf"))
    assert not isinstance(found, ports.NotMine)
    assert worlds.lines(read(found)) == LINES
    assert not read(found).auto


def test_a_photo_of_forty_megapixels_is_read_small():
    large = page().resize((7_300, 5_500))
    found = picture(saved(large, "JPEG", quality=60), "photo.jpg")
    assert worlds.lines(read(found)) == LINES


def test_a_picture_without_writing_says_so():
    assert why(saved(Image.new("RGB", (400, 300), "white"))) == "a picture in which no writing was found"


def test_a_picture_is_turned_as_its_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    (turned,) = pictures.of_image(saved(Image.new("RGB", (300, 200)), "JPEG", exif=exif))
    assert turned.size == (200, 300)


def test_what_is_transparent_is_white():
    (seen,) = pictures.of_image(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0))))
    assert seen.getpixel((10, 10)) == (255, 255, 255)


def test_a_picture_that_unpacks_to_gigabytes_is_refused_unopened():
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    body = b"IDAT" + zlib.compress(b"\0" * 1_000)
    data += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    assert why(data) == "the picture has more than 120 million points"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
def test_a_picture_cut_off_is_refused_with_a_word(form):
    data = saved(page(), form)
    assert converting.is_picture(ports.File(data))
    assert why(data[: len(data) // 3]) in (
        "the picture is damaged or cut off",
        "it is no picture that Obeya can open (JPEG, PNG, WebP, TIFF)",
    )


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\0", b"BM", b"GIF89a"]),
    st.binary(max_size=400),
)
def test_any_bytes_behind_a_pictures_head_are_refused_with_a_word(head, rest):
    with pytest.raises(pictures.CannotSeePicture):
        list(pictures.of_image(head + rest))


def test_a_scan_of_many_pages_says_what_was_left_out(monkeypatch):
    piece = layout.Piece("10 bags", 0.9, ((0, 0), (70, 0), (70, 10), (0, 10)))
    monkeypatch.setattr(converting, "_engine_pieces", lambda image: [piece])
    pages = [Image.new("1", (200, 200), 1) for _ in range(11)]
    found = picture(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert len([a for a in found if isinstance(a, types.TextPage)]) == 8
    assert [a.why for a in found if isinstance(a, types.Unreadable)] == [
        "only the first 8 of 11 pages were read"
    ]


def test_a_telephones_own_form_is_refused_with_advice():
    for kind in (b"heic", b"mif1", b"avif"):
        said = why(b"\0\0\0\x18ftyp" + kind + b"\0" * 40)
        assert "HEIC" in said
        assert "ask for JPEG" in said


@pytest.mark.django_db
def test_a_telephones_own_form_is_kept_as_it_came_and_the_desk_reads_why(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = b"\0\0\0\x18ftypheic" + b"\0" * 40
    with desk.standing():
        digest = inbox.store_media(content=content, content_type="image/heic")
        order = desk.write("2 ctn CAP-28-WHT", attachments=[inbox.Attachment(digest, "IMG_1.HEIC")])
        (file,) = signals.get_signal(order.signal).files
        reasons = " ".join(doubt.reason for doubt in desk.open_doubts(order))
    assert order.state == "waiting"
    assert "IMG_1.HEIC: a picture in HEIC or AVIF form" in reasons
    assert signals.read_media(file.digest) == content


def test_a_house_without_the_engine_says_so(monkeypatch):
    monkeypatch.setattr(equipment, "has_engine", lambda: False)
    assert why(saved(page())) == "a picture; reading pictures is not installed here (`obeya doctor`)"


def test_digits_of_another_script_are_never_trusted():
    found = tesseract.pieces((SAMPLES / "tesseract_devanagari.tsv").read_text(encoding="utf-8"))
    assert layout.has_foreign_digits(found)
    attachments = [types.Scanned("a.jpg", "check it", None, (), True), *layout.attachments("a.jpg", found)]
    reading = worlds.WIRES.read(worlds.message("E1", "", attachments=attachments))
    assert "ambiguous_quantity" in {doubt.code for doubt in reading.doubts}
    assert not reading.auto


@pytest.mark.parametrize(("name", "script"), [("devanagari", "Devanagari"), ("arabic", "Arabic")])
def test_a_page_is_known_by_the_letters_it_was_read_in(name, script):
    found = tesseract.pieces((SAMPLES / f"tesseract_{name}.tsv").read_text(encoding="utf-8"))
    fits = {one: tesseract.fit(found, one) for one in tesseract.SCRIPTS}
    assert max(fits, key=lambda one: fits[one]) == script
    assert fits[script] > 4


def test_a_page_in_another_script_goes_to_tesseract_where_it_is_installed(monkeypatch):
    tsv = (SAMPLES / "tesseract_arabic.tsv").read_text(encoding="utf-8")
    monkeypatch.setattr(converting, "_engine_pieces", lambda image: [])
    monkeypatch.setattr(tesseract, "find", lambda: "/usr/bin/tesseract")
    answers = {"--list-langs": "List of languages (2):\nara\neng\n", "0": "", "tsv": tsv}
    monkeypatch.setattr(tesseract, "_run", lambda program, data, *arguments: answers[arguments[-1]])
    found = picture(saved(page()))
    scanned = found[0]
    assert isinstance(scanned, types.Scanned)
    assert scanned.foreign_digits
    assert any("أرز بسمتي" in row for a in found if isinstance(a, types.Table) for row in a.rows)


def test_a_wrapped_description_stays_in_its_cell():
    def at(text, left, top):
        return layout.Piece(
            text, 0.9, ((left, top), (left + 90, top), (left + 90, top + 12), (left, top + 12))
        )

    pieces = [
        at("Item", 0, 0), at("Qty", 300, 0), at("Unit", 500, 0),
        at("Floor cleaner", 0, 40), at("5", 300, 40), at("ctn", 500, 40),
        at("pine 3 L", 0, 58),
        at("Glass cleaner", 0, 98), at("7", 300, 98), at("ctn", 500, 98),
        at("Bleach", 0, 138), at("8", 300, 138), at("ctn", 500, 138),
    ]  # fmt: skip
    (table,) = layout.attachments("a", pieces)
    assert isinstance(table, types.Table)
    assert table.rows[1] == ("Floor cleaner pine 3 L", "5", "ctn")
    assert table.rows[2] == ("Glass cleaner", "7", "ctn")


numbers = st.floats(-1e4, 1e4)
points = st.tuples(numbers, numbers)
anywhere = st.builds(
    layout.Piece, st.text(max_size=12), st.floats(0, 1), st.tuples(points, points, points, points)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(anywhere, max_size=12))
def test_pieces_anywhere_are_laid_out(pieces):
    layout.attachments("a", pieces)
    layout.is_sideways(pieces)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=400))
def test_whatever_tesseract_says_is_read(text):
    tesseract.pieces("level\tblock_num\tleft\ttop\twidth\theight\tconf\ttext\n" + text)
