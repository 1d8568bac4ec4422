"""What a file really is, by its first bytes; what a sender calls it is only a claim."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
_AT_START = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
)
_IN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_MP4_AUDIO = (b"M4A ", b"M4B ")
_SHOWN = {kind for _, kind in _AT_START} | set(_IN_RIFF.values()) | {"audio/mp4", "video/mp4"}
_PDF_WITHIN = 1024
"""Bytes: readers of PDF allow the signature that far from the beginning."""


def kind_of(content: bytes, claimed: str = "") -> str:
    """The content type of a file, in lower case and without parameters.

    Pictures, PDF and audio are believed only by their first bytes: what claims to be one and does not
    begin like one is of an unknown type, so that no browser is told to show it.
    """
    for start, kind in _AT_START:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] in _IN_RIFF:
        return _IN_RIFF[content[8:12]]
    told = claimed.split(";")[0].strip().lower()
    if content[4:8] == b"ftyp":
        return "audio/mp4" if content[8:12] in _MP4_AUDIO or told.startswith("audio/") else "video/mp4"
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return PDF
    return UNKNOWN if not told or told in _SHOWN else told
