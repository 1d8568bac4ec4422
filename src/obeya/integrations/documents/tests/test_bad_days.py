"""Documents on bad days: locked, broken, endless, swelling. Each ends soon, with a reason in plain words."""

import io
import zlib

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen import canvas

from obeya.config import converters
from obeya.integrations.documents import converting as documents
from obeya.integrations.documents import pdf
from obeya.lib import bounded
from obeya.orders import converting, ports
from obeya.orders.reading import types


def paper(*texts: str, password: str | None = None) -> bytes:
    into = io.BytesIO()
    lock = None if password is None else pdfencrypt.StandardEncryption(password, "owner")
    sheet = canvas.Canvas(into, encrypt=lock)
    for text in texts:
        sheet.drawString(50, 700, text)
        sheet.showPage()
    sheet.save()
    return into.getvalue()


def swelling(megabytes: int) -> bytes:
    """A PDF whose one page unpacks to so many megabytes of drawing commands."""
    packer = zlib.compressobj(9)
    chunk = b"BT /F1 1 Tf 1 1 Td (x) Tj ET\n" * 36_158  # about one megabyte
    stream = b"".join(packer.compress(chunk) for _ in range(megabytes)) + packer.flush()
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources " + font + b" >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + end


def convert(content: bytes, name: str = "po.pdf"):
    converters.register()
    return converting.convert(ports.File(content, name, "application/pdf"))


def test_a_pdf_with_a_password_says_so():
    assert convert(paper("Item Qty", password="secret")) == [
        types.Unreadable("po.pdf", "the PDF is protected by a password")
    ]


def test_a_pdf_that_may_be_read_without_the_password_is_read():
    (page,) = convert(paper("Item Qty", password=""))
    assert isinstance(page, types.TextPage)
    assert "Item" in page.text


@pytest.mark.parametrize("content", [paper("Item", "Qty")[:-900], paper("x")[:300], b"%PDF-1.7 nothing" * 9])
def test_a_broken_pdf_says_so(content):
    assert convert(content) == [types.Unreadable("po.pdf", "the PDF is damaged and cannot be opened")]


def test_of_a_pdf_with_thousands_of_pages_the_first_are_read_and_the_rest_is_said():
    found = convert(paper(*[f"Page {n}" for n in range(5_000)]))
    assert sum(isinstance(one, types.TextPage) for one in found) == 60
    assert found[-1] == types.Unreadable("po.pdf", "only the first 60 of 5,000 pages are read")


def test_of_a_pdf_whose_pages_take_long_those_of_the_first_seconds_are_read(monkeypatch):
    monkeypatch.setattr(pdf, "ENOUGH_S", -1.0)
    found = pdf.attachments_of(paper("Page 1", "Page 2", "Page 3"), "po.pdf")
    assert not isinstance(found, ports.NotMine)
    assert [type(one) for one in found] == [types.TextPage, types.Unreadable]
    assert found[-1] == types.Unreadable("po.pdf", "only the first 1 of 3 pages are read")


def test_a_pdf_that_swells_is_ended_and_the_next_one_is_read():
    converters.register()
    short = bounded.Limits(cpu_s=2, wall_s=10.0, memory_bytes=400 << 20)
    ports.register_converter(
        "pdf", takes=documents.is_pdf, convert=documents.convert_pdf, limits=short, place=10
    )
    (told,) = converting.convert(ports.File(swelling(200), "po.pdf"))
    assert isinstance(told, types.Unreadable)
    assert any(word in told.why for word in ("takes too long", "swells", "damaged"))
    assert isinstance(convert(paper("Item Qty"))[0], types.TextPage)


def test_the_kind_of_a_file_is_told_by_its_content_not_by_its_name():
    (page,) = convert(paper("Item Qty"), "order.xlsx")
    assert isinstance(page, types.TextPage)
    assert convert(b"2 boxes of hex nuts\nthank you", "order.pdf") == [
        types.TextPage("order.pdf", "2 boxes of hex nuts\nthank you")
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_plain_text_is_read_in_its_encoding(encoding):
    text = "Bitte 12 Stück Flanschmutter größer als M8 senden, Grüße"
    (page,) = convert(text.encode(encoding), "order.txt")
    assert isinstance(page, types.TextPage)
    assert page.text == text


def test_arabic_text_of_old_programs_is_read():
    (page,) = convert("مطلوب عشرين كرتون مناديل وخمسة قفازات".encode("cp1256"), "order.txt")
    assert isinstance(page, types.TextPage)
    assert page.text == "مطلوب عشرين كرتون مناديل وخمسة قفازات"
