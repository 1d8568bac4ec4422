"""A stand-in for Meta's Graph API, for tests and the demo plant.

Fake only because Meta's servers are on the other side of the Internet: it is a real HTTP server, it
refuses what Meta's published contract refuses, with Meta's error form, and it delivers signed
webhooks, again and again until they are accepted. It can misbehave on demand.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import json
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

from obeya.demo import graph_contract, graph_http, graph_webhooks
from obeya.lib import clock as clocks

WINDOW = timedelta(hours=24)
"""How long after a customer's last message anything but a template may be sent."""


class Misbehaviour(StrEnum):
    """How the next requests to send go wrong."""

    SERVER_ERROR = "server_error"
    """500 with Meta's error form: nothing was sent."""
    GATEWAY_ERROR = "gateway_error"
    """502 with a web page: the message was sent nevertheless."""
    RATE_LIMITED = "rate_limited"
    """429 with Retry-After: nothing was sent."""
    PAIR_LIMITED = "pair_limited"
    """400 with code 131056: nothing was sent."""
    LOST_REQUEST = "lost_request"
    """The connection breaks: nothing was sent."""
    LOST_ANSWER = "lost_answer"
    """The message is sent, then the connection breaks."""
    HANG = "hang"
    """The message is sent, then nothing is said for a minute."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message the stub has taken. `to` is a number in digits or a user id."""

    wamid: str
    to: str
    kind: str
    payload: Mapping[str, object]
    at: datetime

    @property
    def text(self) -> str:
        """The words of a text or interactive message; empty for a template."""
        text = self.payload.get("text")
        interactive = self.payload.get("interactive")
        if isinstance(text, dict):
            return str(text.get("body", ""))
        if isinstance(interactive, dict):
            return str(interactive["body"]["text"])
        return ""

    @property
    def tracking(self) -> str:
        """The text that comes back in the message's statuses."""
        return str(self.payload.get("biz_opaque_callback_data", ""))


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A file the stub serves."""

    content: bytes
    mime_type: str

    @property
    def digest(self) -> bytes:
        """Its SHA-256."""
        return hashlib.sha256(self.content).digest()


class GraphStub:
    """The Graph API of one business number on 127.0.0.1; a context manager.

    `auto_statuses` are delivered by themselves after each message taken, for example
    ("sent", "delivered"). `window_by_webhook` tells a message outside the 24-hour window by a
    failed status after taking it, as Meta also does, instead of refusing the request. Ids are numbered
    from `first_serial`: a stub that is started again must not use those of its life before.
    """

    version = "v24.0"

    def __init__(
        self,
        port: int = 0,
        *,
        token: str = "stub-token",  # noqa: S107 - the stub's own token, which opens nothing else
        app_secret: str = "stub-app-secret",  # noqa: S107 - likewise
        phone_number_id: str = "100000000000001",
        display_phone_number: str = "910000000001",
        business_account_id: str = "200000000000001",
        clock: clocks.Clock | None = None,
        sleep: Callable[[float], object] | None = None,
        retry_delays_s: Sequence[float] = graph_webhooks.RETRY_DELAYS_S,
        auto_statuses: Sequence[str] = (),
        window_by_webhook: bool = False,
        first_serial: int = 1,
    ) -> None:
        self.token = token
        self.app_secret = app_secret
        self.business = graph_webhooks.Business(phone_number_id, display_phone_number, business_account_id)
        self.sent: list[SentMessage] = []
        self.read: list[str] = []
        self._clock = clock or clocks.SystemClock()
        self._auto_statuses = tuple(auto_statuses)
        self._window_by_webhook = window_by_webhook
        self._lock = threading.Lock()
        self._serial = itertools.count(first_serial)
        self._inbound_ids: set[str] = set()
        self._last_inbound: dict[str, datetime] = {}
        self._undeliverable: set[str] = set()
        self._templates: dict[graph_contract.Template, int] = {}
        self._media: dict[str, StoredMedia] = {}
        self._media_failures = 0
        self._troubles: deque[Misbehaviour] = deque()
        self._stopping = threading.Event()
        self._webhooks = graph_webhooks.WebhookSender(
            app_secret=app_secret,
            sleep=sleep or self._stopping.wait,
            stopping=self._stopping,
            retry_delays_s=retry_delays_s,
        )
        self._due: queue.Queue[Callable[[], object] | None] = queue.Queue()
        self._server = graph_http.GraphServer(port, self._answer)
        self._courier = threading.Thread(target=self._carry, name="graph-stub-courier", daemon=True)

    # -- life ------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to serve, in threads of its own."""
        self._server.start()
        self._courier.start()

    def stop(self) -> None:
        """Stop serving. Deliveries not yet made are dropped."""
        self._stopping.set()
        self._server.stop()
        self._due.put(None)
        self._courier.join(timeout=graph_webhooks.TIMEOUT_S + 1)
        self._webhooks.close()

    @property
    def base_url(self) -> str:
        """What to give a client in place of https://graph.facebook.com."""
        return self._server.url

    @property
    def webhook_url(self) -> str:
        """Where deliveries go; set it before the first."""
        return self._webhooks.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self._webhooks.url = url

    # -- what the account has --------------------------------------------------------------------

    def add_template(self, name: str, language: str, *, body_variables: int = 0) -> None:
        """Approve a template."""
        with self._lock:
            self._templates[name, language] = body_variables

    def put_media(self, content: bytes, mime_type: str) -> str:
        """Keep a file as if a customer had sent it; returns its media id."""
        with self._lock:
            media_id = str(300000000000000 + next(self._serial))
            self._media[media_id] = StoredMedia(content, mime_type)
        return media_id

    def remove_media(self, media_id: str) -> None:
        """Forget a file, as Meta does after seven days."""
        with self._lock:
            del self._media[media_id]

    def fail_media(self, *, times: int = 1) -> None:
        """Let the next `times` requests about files go wrong, as where Meta is down for a moment."""
        with self._lock:
            self._media_failures += times

    def mark_undeliverable(self, number: str) -> None:
        """Make `number` one that is not on WhatsApp."""
        with self._lock:
            self._undeliverable.add(number)

    def note_inbound(self, number: str, *, at: datetime | None = None, wamid: str = "") -> None:
        """The customer has written: opens the 24-hour window of `number`."""
        with self._lock:
            self._last_inbound[number] = at or self._clock.now()
            if wamid:
                self._inbound_ids.add(wamid)

    def misbehave(self, how: Misbehaviour, *, times: int = 1) -> None:
        """Let the next `times` requests to send go wrong."""
        with self._lock:
            self._troubles.extend([how] * times)

    def sent_to(self, address: str) -> list[SentMessage]:
        """The messages taken for one number or user id, in order."""
        with self._lock:
            return [message for message in self.sent if message.to == address]

    # -- what customers and Meta do --------------------------------------------------------------

    def new_wamid(self) -> str:
        """A message id that was not used before."""
        serial = f"{self.business.phone_number_id}:{next(self._serial):010d}"
        return "wamid." + base64.b64encode(serial.encode()).decode()

    def deliver_text(
        self, from_: str, name: str, text: str, *, wamid: str | None = None, at: datetime | None = None
    ) -> graph_webhooks.Delivery:
        """A customer writes `text`; returns when the webhook accepted it or the stub gave up.

        `from_` is a number in digits, or a user id of a person who goes by a username.
        """
        return self.deliver_message(from_, name, {"type": "text", "text": {"body": text}}, wamid=wamid, at=at)

    def deliver_media(
        self,
        from_: str,
        name: str,
        kind: str,
        content: bytes,
        mime_type: str,
        *,
        caption: str = "",
        filename: str = "",
        voice: bool = False,
        wamid: str | None = None,
        at: datetime | None = None,
    ) -> graph_webhooks.Delivery:
        """A customer sends a file: image, document, audio, video or sticker."""
        asset: dict[str, object] = {
            "id": self.put_media(content, mime_type),
            "mime_type": mime_type,
            "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        }
        extras = {"caption": caption, "filename": filename, "voice": voice}
        asset.update({key: value for key, value in extras.items() if value})
        return self.deliver_message(from_, name, {"type": kind, kind: asset}, wamid=wamid, at=at)

    def deliver_message(
        self,
        from_: str,
        name: str,
        content: Mapping[str, object],
        *,
        wamid: str | None = None,
        at: datetime | None = None,
    ) -> graph_webhooks.Delivery:
        """A customer sends `content`: the message's type, what it holds, perhaps its context."""
        wamid, at = wamid or self.new_wamid(), at or self._clock.now()
        self.note_inbound(from_, at=at, wamid=wamid)
        message = {"id": wamid, "timestamp": str(int(at.timestamp())), **content}
        body = graph_webhooks.message_body(self.business, sender=from_, name=name, message=message)
        return self._webhooks.deliver(body, wamid=wamid)

    def deliver_status(
        self, wamid: str, status: str, *, error: int | None = None, details: str = ""
    ) -> graph_webhooks.Delivery:
        """Tell what became of a message the stub took; `error` goes with the status "failed"."""
        with self._lock:
            (message,) = [message for message in self.sent if message.wamid == wamid]
        title = graph_contract.TITLES.get(error or 0, "Something went wrong")
        body = graph_webhooks.status_body(
            self.business,
            wamid=wamid,
            status=status,
            to=message.to,
            at=self._clock.now(),
            tracking=message.tracking,
            error=None if error is None else (error, title, details or title),
        )
        return self._webhooks.deliver(body, wamid=wamid)

    def deliver_body(self, body: bytes, *, wamid: str = "") -> graph_webhooks.Delivery:
        """Deliver the same bytes again, or any bytes at all, signed."""
        return self._webhooks.deliver(body, wamid=wamid)

    def confirm_webhook(self, verify_token: str) -> bool:
        """Set the webhook up, as Meta does once: whether it answers the challenge."""
        return self._webhooks.confirm(verify_token, str(1000000 + next(self._serial)))

    def wait_for_statuses(self) -> None:
        """Return when all statuses that were due by themselves are delivered."""
        self._due.join()

    def _carry(self) -> None:
        while (errand := self._due.get()) is not None:
            if not self._stopping.is_set():
                errand()
            self._due.task_done()
        self._due.task_done()

    # -- what a request gets ---------------------------------------------------------------------

    def _answer(self, request: graph_http.Request) -> graph_http.Answer:
        try:
            return self._route(request)
        except graph_contract.Objection as objection:
            return graph_http.objection_answer(objection)

    def _route(self, request: graph_http.Request) -> graph_http.Answer:
        if request.token is None:
            raise graph_contract.Objection(104, graph_contract.TITLES[104], status=401)
        if request.token != self.token:
            raise graph_contract.Objection(190, "Invalid OAuth access token", status=401)
        match request.method, request.path:
            case "POST", [self.version, number, "messages"] if number == self.business.phone_number_id:
                return self._take(request)
            case "GET", _ if self._media_is_down():
                return graph_http.REFUSING["server_error"]
            case "GET", [self.version, media_id] if media_id in self._media:
                return self._tell_media(media_id)
            case "GET", ["media", media_id] if media_id in self._media:
                media = self._media[media_id]
                return graph_http.Answer(200, media.content, media.mime_type)
        where = "".join([part for part in request.path if part != "messages"][-1:])
        raise graph_contract.Objection(
            100,
            f"Unsupported {request.method.lower()} request. Object with ID '{where}' does not exist",
            subcode=33,
        )

    def _media_is_down(self) -> bool:
        with self._lock:
            self._media_failures -= (down := self._media_failures > 0)
        return down

    def _tell_media(self, media_id: str) -> graph_http.Answer:
        media = self._media[media_id]
        return graph_http.json_answer(
            200,
            {
                "messaging_product": "whatsapp",
                "url": f"{self.base_url}/media/{media_id}",
                "mime_type": media.mime_type,
                "sha256": media.digest.hex(),
                "file_size": str(len(media.content)),
                "id": media_id,
            },
        )

    def _take(self, request: graph_http.Request) -> graph_http.Answer:
        payload = request.json()
        if payload.get("status") == "read":
            return self._take_read(payload)
        with self._lock:
            trouble = self._troubles.popleft() if self._troubles else None
        if trouble is not None and trouble in graph_http.REFUSING:
            return graph_http.REFUSING[trouble]
        message = self._accept(payload)
        if trouble is not None:
            return graph_http.SPOILING[trouble]
        contact = {"input": message.to, "wa_id": message.to}
        told = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message.wamid}]}
        return graph_http.json_answer(200, told)

    def _take_read(self, payload: Mapping[str, object]) -> graph_http.Answer:
        wamid = str(payload.get("message_id"))
        with self._lock:
            if wamid not in self._inbound_ids:
                raise graph_contract.Objection(131009, "message_id is not one of a received message")
            self.read.append(wamid)
        return graph_http.json_answer(200, {"success": True})

    def _accept(self, payload: Mapping[str, object]) -> SentMessage:
        """Take the message, record it, and let its statuses follow. Raises Objection."""
        with self._lock:
            graph_contract.check_message(payload, graph_contract.Rules(dict(self._templates)))
            to = graph_contract.address_of(payload)
            now = self._clock.now()
            late = payload.get("type") != "template" and not self._window_is_open(to, now)
            if to in self._undeliverable:
                raise graph_contract.Objection(131026, "Message Undeliverable.")
            if late and not self._window_by_webhook:
                raise graph_contract.Objection(131047, _LATE)
            copy = json.loads(json.dumps(payload))
            message = SentMessage(self.new_wamid(), to, str(payload.get("type", "text")), copy, now)
            self.sent.append(message)
        self._let_statuses_follow(message, late=late)
        return message

    def _window_is_open(self, to: str, now: datetime) -> bool:
        last = self._last_inbound.get(to)
        return last is not None and now - last < WINDOW

    def _let_statuses_follow(self, message: SentMessage, *, late: bool) -> None:
        if not self.webhook_url:
            return
        if late:
            fail = functools.partial(self.deliver_status, error=131047, details=_LATE)
            self._due.put(functools.partial(fail, message.wamid, "failed"))
            return
        for status in self._auto_statuses:
            self._due.put(functools.partial(self.deliver_status, message.wamid, status))


_LATE = (
    "Message failed to send because more than 24 hours have passed "
    "since the customer last replied to this number."
)
