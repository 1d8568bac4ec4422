"""From the characters of an interchange to segments: X12 by what its ISA declares, EDIFACT by its UNA."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_CHARACTERS = 4_000_000
MOST_SEGMENTS = 60_000
_ISA_ELEMENTS = 16
_UNA = ":+.? '"


class CannotReadEdi(Exception):
    """The file is no electronic order that can be read; the message says why in a clerk's words."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its tag and its elements, each cut into components; of a repeated element the first."""

    tag: str
    elements: tuple[tuple[str, ...], ...]

    def get(self, element: int, component: int = 0) -> str:
        """A component, "" where the sender left it out; elements count from 1, components from 0."""
        if not 0 < element <= len(self.elements):
            return ""
        parts = self.elements[element - 1]
        return parts[component] if component < len(parts) else ""

    def whole(self, element: int) -> str:
        """All components of an element as one text."""
        return " ".join(p for p in self.elements[element - 1] if p) if element <= len(self.elements) else ""


def _body(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise CannotReadEdi(f"The file is longer than {MOST_CHARACTERS // 1_000_000} million characters.")
    return text.lstrip("\ufeff \r\n\t")


def x12(text: str) -> list[Segment]:
    """The segments of an X12 interchange. Raises CannotReadEdi where the ISA is broken or it is too long.

    The separators are where ISA puts them: the element separator is its fourth character, the component
    separator its sixteenth element, the terminator what follows. Mail that cut the ISA's trailing
    blanks does no harm, as elements are counted, not characters.
    """
    body = _body(text)
    if not body.startswith("ISA") or len(body) < 20 or body[3].isalnum() or body[3].isspace():
        raise CannotReadEdi("The X12 envelope (ISA) is broken.")
    separator = body[3]
    at = -1
    for _ in range(_ISA_ELEMENTS):
        at = body.find(separator, at + 1)
        if at < 0:
            raise CannotReadEdi("The X12 envelope (ISA) is not complete.")
    if at + 2 >= len(body):
        raise CannotReadEdi("The X12 interchange ends with its envelope.")
    component, end = body[at + 1], body[at + 2]
    if component.isalnum() or end.isalnum() or len({separator, component, end}) < 3:
        raise CannotReadEdi("The X12 envelope (ISA) declares separators that cannot be.")
    out = [_x12_segment(body[: at + 1] + "\0", separator, "\0")]
    breaks = re.compile(r"[\r\n]+")
    repeat = out[0].get(11)
    repeat = repeat if len(repeat) == 1 and not repeat.isalnum() else ""
    for piece in _bounded(body[at + 3 :].split(end)):
        clean = piece.strip() if end in "\r\n" else breaks.sub("", piece).strip()
        if clean:
            out.append(_x12_segment(clean, separator, component, repeat))
    return out


def _x12_segment(text: str, separator: str, component: str, repeat: str = "") -> Segment:
    tag, *elements = text.split(separator)
    if repeat:
        elements = [element.split(repeat)[0] for element in elements]
    return Segment(tag.strip().upper(), tuple(tuple(p.strip() for p in e.split(component)) for e in elements))


def _bounded(pieces: Sequence[str]) -> Sequence[str]:
    if len(pieces) > MOST_SEGMENTS:
        raise CannotReadEdi(f"The interchange has more than {MOST_SEGMENTS:,} segments.")
    return pieces


@dataclass(frozen=True, slots=True)
class Signs:
    """The service characters of an EDIFACT interchange."""

    component: str
    element: str
    decimal: str
    release: str
    repeat: str
    end: str


def edifact(text: str) -> tuple[list[Segment], str]:
    """The segments of an EDIFACT interchange and its decimal mark. Raises CannotReadEdi."""
    body = _body(text)
    signs = _signs(body)
    if body.startswith("UNA"):
        body = body[9:]
    segments = [_edifact_segment(piece, signs) for piece in _pieces(body, signs)]
    if len(segments) > MOST_SEGMENTS:
        raise CannotReadEdi(f"The interchange has more than {MOST_SEGMENTS:,} segments.")
    if not segments or segments[0].tag != "UNB":
        raise CannotReadEdi("The EDIFACT envelope (UNB) is missing.")
    return segments, signs.decimal


def _signs(body: str) -> Signs:
    said = _UNA
    if body.startswith("UNA"):
        if len(body) < 9:
            raise CannotReadEdi("The EDIFACT interchange ends with its UNA.")
        said = body[3:9]
    component, element, decimal, release, repeat, end = tuple(said)
    if len({component, element, end}) < 3 or any(c.isalnum() for c in (component, element, end)):
        raise CannotReadEdi("The UNA declares separators that cannot be.")
    return Signs(component, element, decimal if decimal in ".," else ".", release, repeat, end)


def _pieces(body: str, signs: Signs) -> list[str]:
    """The text cut at its terminators; a released terminator is text."""
    return [piece for part in _cut(body, signs.end, signs.release) if (piece := part.strip("\r\n\t "))]


def _cut(text: str, sign: str, release: str) -> list[str]:
    """The text cut at a sign that no release character stands before."""
    if release == " " or release not in text:
        return text.split(sign)
    held, cut = re.escape(release), re.escape(sign)
    part = re.compile(f"((?:[^{held}{cut}]++|{held}.|{held}$)*+)({cut}|$)", re.DOTALL)
    out: list[str] = []
    at = 0
    while True:
        match = part.match(text, at)
        if match is None:
            return [*out, text[at:]]
        out.append(match[1])
        if not match[2]:
            return out
        at = match.end()


def _edifact_segment(text: str, signs: Signs) -> Segment:
    parts = _cut(text, signs.element, signs.release)
    elements = tuple(
        tuple(_plain(c, signs.release) for c in _cut(_first(part, signs), signs.component, signs.release))
        for part in parts[1:]
    )
    tag = _plain(parts[0], signs.release).upper().split(signs.component)[0]
    return Segment(tag, elements)


def _first(element: str, signs: Signs) -> str:
    """The first repetition of an element."""
    return _cut(element, signs.repeat, signs.release)[0] if signs.repeat != " " else element


def _plain(text: str, release: str) -> str:
    """A component without its release characters and line breaks."""
    kept = text.replace("\r", "").replace("\n", "")
    if release != " " and release in kept:
        kept = re.sub(re.escape(release) + "(.)", r"\1", kept)
    return kept.strip()
