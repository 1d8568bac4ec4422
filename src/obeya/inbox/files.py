"""Files on disk, each under the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadDigest(ValueError):
    """A digest is 64 hexadecimal digits."""


def path_of(digest: str) -> Path:
    """Where the file with this digest lies. Raises BadDigest."""
    if not _DIGEST.fullmatch(digest):
        raise BadDigest(digest[:80])
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest[2:4] / digest


def store(content: bytes) -> str:
    """Write `content` durably unless it is there already; returns its digest."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest
