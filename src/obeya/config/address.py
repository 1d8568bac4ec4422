"""Which hosts and origins Obeya answers to: those of its own address, and what else is listed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit


def hosts(base_url: str, listed: Sequence[str]) -> list[str]:
    """The listed hosts and the one of `base_url`, as Django's ALLOWED_HOSTS wants them."""
    own = urlsplit(base_url).hostname or ""
    own = f"[{own}]" if ":" in own else own
    return list(dict.fromkeys([*listed, own] if own else listed))


def origins(base_url: str, listed: Sequence[str]) -> list[str]:
    """The listed origins, and the one of `base_url` where it is reached by HTTPS.

    Behind a proxy a request arrives by HTTP, and its form's origin says https: that one is ours.
    """
    parts = urlsplit(base_url)
    own = [f"https://{parts.netloc.rpartition('@')[2].lower()}"] if parts.scheme == "https" else []
    return list(dict.fromkeys([*listed, *own]))
