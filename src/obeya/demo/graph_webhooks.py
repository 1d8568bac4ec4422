"""The deliveries that Meta would make to our webhook: built, signed, sent, and sent again."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx

TIMEOUT_S = 10.0
RETRY_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Meta repeats a delivery, ever more rarely, for days; the stub gives up after a minute."""


@dataclass(frozen=True, slots=True)
class Business:
    """The business number that customers write to."""

    phone_number_id: str
    display_phone_number: str
    business_account_id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery and what came of each attempt: an HTTP status, or None where no answer came."""

    wamid: str
    body: bytes
    attempts: tuple[int | None, ...] = field(default=())

    @property
    def accepted(self) -> bool:
        """Whether the webhook said 200 in the end."""
        return bool(self.attempts) and self.attempts[-1] == 200


class WebhookSender:
    """Delivers to one address, as Meta does: again until it is answered with 200."""

    def __init__(
        self,
        *,
        app_secret: str,
        sleep: Callable[[float], object],
        stopping: threading.Event,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
    ) -> None:
        self.url = ""
        self._secret = app_secret.encode()
        self._sleep = sleep
        self._stopping = stopping
        self._delays = tuple(retry_delays_s)
        self._http = httpx.Client(timeout=TIMEOUT_S, trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def deliver(self, body: bytes, *, wamid: str = "") -> Delivery:
        """Send `body`, signed; repeat after each delay until the answer is 200."""
        if not self.url:
            raise RuntimeError("the stub has no webhook address yet: set webhook_url")
        attempts = [self._attempt(body)]
        for delay in self._delays:
            if attempts[-1] == 200 or self._stopping.is_set():
                break
            self._sleep(delay)
            attempts.append(self._attempt(body))
        return Delivery(wamid=wamid, body=body, attempts=tuple(attempts))

    def _attempt(self, body: bytes) -> int | None:
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={digest}",
            "User-Agent": "facebookexternalua",
        }
        try:
            return self._http.post(self.url, content=body, headers=headers).status_code
        except httpx.RequestError:
            return None

    def confirm(self, verify_token: str, challenge: str) -> bool:
        """Whether the webhook answers the set-up request with the challenge."""
        query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
        response = self._http.get(self.url, params=query)
        return response.status_code == 200 and response.text == challenge


def message_body(business: Business, *, sender: str, name: str, message: Mapping[str, object]) -> bytes:
    """The delivery of one message from `sender`, a number in digits or a user id."""
    hidden = "." in sender
    value = {
        **_value(business),
        "contacts": [{"profile": {"name": name}, "user_id" if hidden else "wa_id": sender}],
        "messages": [{"from_user_id" if hidden else "from": sender, **message}],
    }
    return _envelope(business, value)


def status_body(
    business: Business,
    *,
    wamid: str,
    status: str,
    to: str,
    at: datetime,
    tracking: str = "",
    error: tuple[int, str, str] | None = None,
) -> bytes:
    """The delivery of one status; `error` is code, title and details."""
    told: dict[str, object] = {
        "id": wamid,
        "status": status,
        "timestamp": str(int(at.timestamp())),
        "recipient_id": to,
    }
    if tracking:
        told["biz_opaque_callback_data"] = tracking
    if error is not None:
        code, title, details = error
        told["errors"] = [
            {"code": code, "title": title, "message": title, "error_data": {"details": details}}
        ]
    return _envelope(business, {**_value(business), "statuses": [told]})


def _value(business: Business) -> dict[str, object]:
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": business.display_phone_number,
            "phone_number_id": business.phone_number_id,
        },
    }


def _envelope(business: Business, value: dict[str, object]) -> bytes:
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"id": business.business_account_id, "changes": [{"value": value, "field": "messages"}]}],
    }
    # Meta signs text with every other script escaped, and slashes too.
    return json.dumps(envelope, separators=(",", ":")).replace("/", "\\/").encode()
