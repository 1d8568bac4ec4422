"""Bytes to pictures of a size that can be read: upright, bounded, one a page."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from io import BytesIO

import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

MOST_PIXELS = 120_000_000
"""A picture that says it is larger is not opened: what it unpacks to would fill the memory."""
LONGEST_SIDE = 1_600
"""Pixels; letters of an order on A4 are still some 16 high. A usual page
then takes 2 to 3 s of one core, one of 300 cells 6 to 9 s."""
SMALLEST_SIDE = 24
MOST_PAGES = 8
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")


class CannotSeePicture(Exception):
    """The picture cannot be opened; the message says why in a clerk's words."""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without Pillow's remarks on odd pictures: a person sees the picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def of_image(data: bytes) -> Iterator[Image.Image]:
    """The pages of a picture, upright, RGB, at most LONGEST_SIDE a side. Raises CannotSeePicture."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with _quiet(), Image.open(BytesIO(data), formats=_FORMATS) as image:
            yield from _pages(image)
    except UnidentifiedImageError as error:
        raise CannotSeePicture("it is no picture that Obeya can open (JPEG, PNG, WebP, TIFF)") from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise CannotSeePicture(_too_large()) from error
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError) as error:
        raise CannotSeePicture("the picture is damaged or cut off") from error


def _pages(image: Image.Image) -> Iterator[Image.Image]:
    frames = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    for number, page in enumerate(ImageSequence.Iterator(image)):
        if number >= min(frames, MOST_PAGES):
            return
        if page.width * page.height > MOST_PIXELS:
            raise CannotSeePicture(_too_large())
        if min(page.size) < SMALLEST_SIDE:
            raise CannotSeePicture("the picture is too small to be read")
        page.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        yield upright(page)


def upright(image: Image.Image) -> Image.Image:
    """The picture as it is to be looked at: turned as its camera says, on white, made smaller."""
    image.thumbnail((2 * LONGEST_SIDE, 2 * LONGEST_SIDE), Image.Resampling.BOX)
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        seen = turned.convert("RGBA")
        turned = Image.new("RGB", seen.size, "white")
        turned.paste(seen, mask=seen.getchannel("A"))
    turned = turned.convert("RGB")
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return turned


def count_frames(data: bytes) -> int:
    """How many pages a picture has: more than one only in TIFF. Raises CannotSeePicture."""
    try:
        with _quiet(), Image.open(BytesIO(data), formats=_FORMATS) as image:
            return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError) as error:
        raise CannotSeePicture("it is no picture that Obeya can open (JPEG, PNG, WebP, TIFF)") from error
    except Image.DecompressionBombError as error:
        raise CannotSeePicture(_too_large()) from error


def of_pdf(data: bytes) -> tuple[int, Iterator[Image.Image]]:
    """How many pages a PDF has, and its first pages drawn. Raises CannotSeePicture."""
    try:
        document = pypdfium2.PdfDocument(data)
        return len(document), _drawn(document)
    except pypdfium2.PdfiumError as error:
        raise CannotSeePicture("the PDF cannot be opened; it may be damaged or locked") from error


def _drawn(document: pypdfium2.PdfDocument) -> Iterator[Image.Image]:
    for number in range(min(len(document), MOST_PAGES)):
        try:
            page = document[number]
            longest = max(*page.get_size(), 1.0)
            drawn = page.render(scale=min(LONGEST_SIDE / longest, 8.0)).to_pil()
            page.close()
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
            raise CannotSeePicture(f"page {number + 1} of the PDF cannot be drawn") from error
        yield upright(drawn)


def _too_large() -> str:
    return f"the picture has more than {MOST_PIXELS // 1_000_000} million points"
