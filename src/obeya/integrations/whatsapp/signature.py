"""Is this webhook from Meta? The signature of a delivery, and the challenge when a webhook is set up.

Meta signs the raw body with HMAC-SHA256, keyed with the app secret, in the header
X-Hub-Signature-256. Nothing may read a body before `check_signature` has accepted it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

HEADER = "X-Hub-Signature-256"

_FORM = re.compile(r"sha256=([0-9a-f]{64})", re.IGNORECASE | re.ASCII)
_CHALLENGE = re.compile(r"[A-Za-z0-9_.~-]{1,256}", re.ASCII)


class CannotTrustDelivery(Exception):
    """The delivery is not signed by Meta; the text says what is wrong with the signature."""


class CannotConfirmWebhook(Exception):
    """The request to set up the webhook is refused; the text says why."""


def sign(body: bytes, *, app_secret: str) -> str:
    """The value of HEADER that Meta would send with `body`."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def check_signature(*, body: bytes, header: str | None, app_secrets: Sequence[str]) -> int:
    """Accept a delivery signed with any of `app_secrets`; returns the index of the one that fits.

    Two secrets are in force while one is being rotated: an index above 0 says that Meta still
    signs with the older one. All are tried, in constant time. Raises CannotTrustDelivery.
    """
    if not app_secrets or not all(app_secrets):
        raise CannotTrustDelivery("No app secret is set for WhatsApp, so no delivery can be checked.")
    given = _given_digest(header)
    matches = [
        hmac.compare_digest(sign(body, app_secret=secret).removeprefix("sha256="), given)
        for secret in app_secrets
    ]
    if not any(matches):
        raise CannotTrustDelivery(
            "The signature does not fit the message: it was not signed with our app secret."
        )
    return matches.index(True)


def _given_digest(header: str | None) -> str:
    if header is None or not header.strip():
        raise CannotTrustDelivery(f"The signature is missing: there is no {HEADER} header.")
    form = _FORM.fullmatch(header.strip())
    if form is None:
        raise CannotTrustDelivery(
            "The signature is malformed: it is not “sha256=” and 64 hexadecimal digits."
        )
    return form[1].lower()


def answer_challenge(*, query: Mapping[str, str], verify_token: str) -> str:
    """The text to answer Meta's set-up request with, status 200 and as plain text.

    `query` is the request's query string. Raises CannotConfirmWebhook.
    """
    if not verify_token:
        raise CannotConfirmWebhook("No verify token is set for WhatsApp.")
    if query.get("hub.mode") != "subscribe":
        raise CannotConfirmWebhook("This is not a webhook set-up request: hub.mode is not “subscribe”.")
    if not _same(query.get("hub.verify_token", ""), verify_token):
        raise CannotConfirmWebhook("The verify token is not ours.")
    challenge = query.get("hub.challenge", "")
    if _CHALLENGE.fullmatch(challenge) is None:
        raise CannotConfirmWebhook("The challenge is missing or is not one that Meta sends.")
    return challenge


def _same(left: str, right: str) -> bool:
    """Equal, in constant time whatever the lengths; lone surrogates of a bad query are just unequal."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (left, right)]
    return hmac.compare_digest(*digests)
