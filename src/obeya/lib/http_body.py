"""The body of another server's answer, within a size and a time."""

from __future__ import annotations

import time

import httpx


class TooLong(Exception):
    """The body is longer than was allowed."""


class TooLate(Exception):
    """The body did not end in time: a server that sends a letter a second is late too."""


def read(response: httpx.Response, *, most: int, by: float | None = None) -> bytes:
    """The body of a streamed response, of at most `most` bytes; `by` is a moment of `time.monotonic`.

    Raises TooLong, TooLate and what httpx raises.
    """
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > most:
            raise TooLong(f"more than {most} bytes")
        if by is not None and time.monotonic() > by:
            raise TooLate("the answer did not end in time")
    return bytes(content)
