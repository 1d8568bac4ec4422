"""Tesseract, where the system has it: print in Devanagari, Gujarati and Arabic letters."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from PIL import Image

from obeya.integrations.scans import layout

SCRIPTS = {"Devanagari": "hin", "Gujarati": "guj", "Arabic": "ara"}
"""What tesseract calls a script, and the language pack that reads it best here."""
_PLACES = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin"
_SECONDS = 30
_SURE_SCRIPT = 1.0
_LEAST_SCORE = 0.2


def find() -> str | None:
    """Where tesseract is, or None."""
    return shutil.which("tesseract", path=_PLACES)


def languages(program: str) -> frozenset[str]:
    """The language packs that are installed."""
    return frozenset(line.strip() for line in _run(program, b"", "--list-langs").splitlines()[1:])


def _run(program: str, data: bytes, *arguments: str) -> str:
    """What tesseract says; "" where it fails or takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "page.png"
        picture.write_bytes(data)
        named = [str(picture) if argument == "PAGE" else argument for argument in arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own words; the picture is a file with a name of ours
                [program, *named],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={"OMP_THREAD_LIMIT": "1", "PATH": _PLACES},
            )
        except (subprocess.TimeoutExpired, OSError):
            return ""
    return done.stdout.decode("utf-8", errors="replace")


def script(program: str, image: Image.Image) -> str:
    """The script most of a page is in ("Devanagari"), "" where that is not certain."""
    said = _run(program, _png(image), "PAGE", "stdout", "--psm", "0")
    named = re.search(r"^Script: (\w+)", said, re.MULTILINE)
    sure = re.search(r"^Script confidence: ([\d.]+)", said, re.MULTILINE)
    return named[1] if named and sure and float(sure[1]) >= _SURE_SCRIPT else ""


def recognise(program: str, image: Image.Image, language: str) -> list[layout.Piece]:
    """The words of a page in a language, English beside it."""
    return pieces(_run(program, _png(image), "PAGE", "stdout", "-l", f"{language}+eng", "--psm", "6", "tsv"))


def fit(found: Iterable[layout.Piece], script_name: str) -> float:
    """How many letters of a script were read, weighed by how sure each piece was."""
    name = script_name.upper()
    return sum(
        piece.score * sum(1 for c in piece.text if c.isalpha() and unicodedata.name(c, "").startswith(name))
        for piece in found
    )


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def pieces(tsv: str) -> list[layout.Piece]:
    """The words of tesseract's table form, words close together on one line joined."""
    head, *lines = tsv.split("\n")
    names = head.split("\t")
    rows = (dict(zip(names, line.split("\t"), strict=False)) for line in lines)
    words = [word for row in rows if (word := _word(row)) is not None]
    return [_joined(run) for run in _runs(words)]


_Word = tuple[tuple[str, str, str], str, float, tuple[int, int, int, int]]
"""Its line (block, paragraph, line), text, score, and left, top, right, bottom."""


def _word(row: dict[str, str]) -> _Word | None:
    text = row.get("text", "").strip()
    try:
        left, top, width, height = (int(row.get(n, "")) for n in ("left", "top", "width", "height"))
        score = float(row.get("conf", "")) / 100
    except ValueError:
        return None
    if not text or score < _LEAST_SCORE:
        return None
    line = (row.get("block_num", ""), row.get("par_num", ""), row.get("line_num", ""))
    return line, text, min(score, 1.0), (left, top, left + width, top + height)


def _runs(words: Iterable[_Word]) -> list[list[_Word]]:
    """Words of one line that stand no farther apart than their height."""
    runs: list[list[_Word]] = []
    for word in words:
        if runs and runs[-1][-1][0] == word[0]:
            before, box = runs[-1][-1][3], word[3]
            gap = max(box[0] - before[2], before[0] - box[2])
            if gap < max(box[3] - box[1], before[3] - before[1]):
                runs[-1].append(word)
                continue
        runs.append([word])
    return runs


def _joined(run: list[_Word]) -> layout.Piece:
    boxes = [word[3] for word in run]
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return layout.Piece(" ".join(word[1] for word in run), min(word[2] for word in run), corners)
