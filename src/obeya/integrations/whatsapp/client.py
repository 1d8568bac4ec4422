"""The Graph API of the WhatsApp Cloud API: send, mark as read, fetch a file.

Every failure is one of three: `failures.TryAgainLater`, `failures.Refused`, and for a send whose
answer never came `failures.AnswerUnknown`. The token stands in no text, log line or error.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from obeya.integrations.whatsapp import failures, fields, outgoing
from obeya.lib import clock as clocks
from obeya.lib import http_body

MAX_MEDIA_BYTES = 100 * 1024 * 1024
"""The largest file the Cloud API takes."""
MEDIA_HOSTS = ("lookaside.fbsbx.com",)
"""Where Meta's file addresses point; the token is sent nowhere else."""

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_MAX_ANSWER_BYTES = 1024 * 1024
_MAX_DEPTH = 16
_MAX_WAIT_S = 24 * 3600.0
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}", re.ASCII)
_NO_SUCH_OBJECT = {33, 100}
_NOTHING_WAS_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


class CannotTakeMedia(Exception):
    """The file is not taken: too large, not the one that was sent, or from a strange address."""


@dataclass(frozen=True, slots=True)
class Sent:
    """WhatsApp has taken the message. `wa_id` is the number it goes to, where WhatsApp says so."""

    wamid: str
    wa_id: str | None


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """Where a file can be fetched for the next five minutes."""

    url: str
    mime_type: str
    sha256: bytes
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A fetched file, its digest checked; `sha256` in hexadecimal."""

    content: bytes
    mime_type: str
    sha256: str


class GraphClient:
    """One business number at the Graph API. Safe to share among threads; close it when done."""

    def __init__(
        self,
        *,
        base_url: str,
        version: str,
        token: str,
        phone_number_id: str,
        timeout_s: float = 15.0,
        clock: clocks.Clock | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if _VERSION.fullmatch(version) is None:
            raise ValueError("a Graph API version looks like v24.0")
        if _ID.fullmatch(phone_number_id) is None:
            raise ValueError("phone_number_id is not an id")
        place = httpx.URL(base_url)
        if place.scheme not in {"https", "http"} or not place.host:
            raise ValueError("base_url is not a web address")
        self._root = f"{base_url.rstrip('/')}/{version}"
        self._phone_number_id = phone_number_id
        self._media_hosts = {*MEDIA_HOSTS, place.host}
        self._media_schemes = {"https", place.scheme}
        self._clock = clock or clocks.SystemClock()
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {token}", "User-Agent": "obeya"},
            timeout=timeout_s,
            transport=transport,
            trust_env=place.host not in _LOOPBACK,  # a proxy has no business with this machine
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def send(self, message: outgoing.Outgoing, *, to: str, reply_to: str = "", tracking: str = "") -> Sent:
        """Send `message` to a number or user id.

        `reply_to` is the id of the message it answers, `tracking` a text that comes back in its
        status webhooks. Raises outgoing.CannotComposeMessage before anything is sent, and
        failures.TryAgainLater, Refused or AnswerUnknown.
        """
        payload = outgoing.compose(message, to=to, reply_to=reply_to, tracking=tracking)
        answer = self._post(payload)
        try:
            (sent,) = fields.list_objects(answer, "messages", at_most=1)
            wamid = fields.get_id(sent, "id")
            contacts = fields.list_objects(answer, "contacts")
        except (fields.CannotReadField, ValueError) as error:
            raise failures.AnswerUnknown(
                failures.NEVER_ANSWERED, details="The answer has no message id."
            ) from error
        return Sent(wamid=wamid, wa_id=fields.find_id(contacts[0], "wa_id") if contacts else None)

    def mark_as_read(self, wamid: str) -> None:
        """Show the customer that the message was read. Harmless to repeat; raises failures.GraphFailure."""
        self._post({"messaging_product": "whatsapp", "status": "read", "message_id": wamid})

    def find_media(self, media_id: str) -> MediaAddress:
        """Where the file `media_id` can be fetched. Raises CannotTakeMedia, TryAgainLater or Refused."""
        if _ID.fullmatch(media_id) is None:
            raise CannotTakeMedia("The file's id is not one of WhatsApp's.")
        answer = self._look_up(media_id)
        try:
            found = MediaAddress(
                url=fields.get_text(answer, "url"),
                mime_type=fields.find_id(answer, "mime_type") or "",
                sha256=digest_of(fields.get_text(answer, "sha256")),
                size_bytes=fields.find_code(answer, "file_size"),
            )
        except fields.CannotReadField as error:
            raise CannotTakeMedia(f"WhatsApp's word about the file cannot be read: {error}.") from error
        self._check_address(found.url)
        return found

    def fetch_media(
        self, media_id: str, *, max_bytes: int = MAX_MEDIA_BYTES, expected_sha256: str = ""
    ) -> MediaFile:
        """The file `media_id`, at most `max_bytes` long, its SHA-256 checked.

        `expected_sha256` is the digest that the message's webhook gave, in base64 or hexadecimal.
        Raises CannotTakeMedia, failures.TryAgainLater or failures.Refused.
        """
        address = self.find_media(media_id)
        if address.size_bytes is not None and address.size_bytes > max_bytes:
            raise CannotTakeMedia(_too_large(max_bytes))
        content = self._download(address.url, max_bytes=max_bytes)
        digest = hashlib.sha256(content).digest()
        if digest != address.sha256:
            raise CannotTakeMedia("The file that came is not the one WhatsApp holds: its digest differs.")
        if expected_sha256 and digest != _expected(expected_sha256):
            raise CannotTakeMedia("The file that came is not the one in the message: its digest differs.")
        return MediaFile(content=content, mime_type=address.mime_type, sha256=digest.hex())

    def _check_address(self, url: str) -> None:
        try:
            place = httpx.URL(url)  # the parser that will be used to fetch it
        except httpx.InvalidURL as error:
            raise CannotTakeMedia("The file's address cannot be read.") from error
        if place.scheme not in self._media_schemes or place.host not in self._media_hosts:
            raise CannotTakeMedia("The file's address is not one of Meta's.")

    def _post(self, payload: Mapping[str, object]) -> fields.Object:
        url = f"{self._root}/{self._phone_number_id}/messages"
        try:
            response, content = self._exchange("POST", url, json=payload)
        except _NOTHING_WAS_SENT as error:
            raise failures.TryAgainLater(failures.NOT_REACHED) from error
        except httpx.RequestError as error:
            raise failures.AnswerUnknown(failures.NEVER_ANSWERED) from error
        answer = _read(content)
        if response.is_success and answer is not None and "error" not in answer:
            return answer
        if response.is_success or (response.is_server_error and _error_of(answer) is None):
            # No word of Meta's application: a gateway gave up, and the message may be on its way.
            raise failures.AnswerUnknown(failures.NEVER_ANSWERED, http_status=response.status_code)
        raise self._failure(response, answer)

    def _look_up(self, media_id: str) -> fields.Object:
        url = f"{self._root}/{quote(media_id)}"
        try:
            response, content = self._exchange("GET", url, params={"phone_number_id": self._phone_number_id})
        except httpx.RequestError as error:
            raise failures.TryAgainLater(failures.NOT_REACHED) from error
        answer = _read(content)
        if answer is not None and "error" not in answer and response.is_success:
            return answer
        failure = self._failure(response, answer)
        if failure.code in _NO_SUCH_OBJECT:
            raise failures.Refused(failures.MEDIA, code=failure.code, http_status=failure.http_status)
        raise failure

    def _exchange(
        self,
        method: str,
        url: str,
        *,
        json: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> tuple[httpx.Response, bytes]:
        """The response and its body; a body past _MAX_ANSWER_BYTES is not one of Meta's and is cut off."""
        with self._http.stream(method, url, json=json, params=params) as response:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > _MAX_ANSWER_BYTES:
                    break
            return response, bytes(content)

    def _download(self, url: str, *, max_bytes: int) -> bytes:
        try:
            with self._http.stream("GET", url) as response:
                if response.status_code in {404, 410}:
                    raise failures.Refused(failures.MEDIA, http_status=response.status_code)
                if not response.is_success:
                    raise self._failure(response, None)
                return http_body.read(response, most=max_bytes)
        except http_body.TooLong as error:
            raise CannotTakeMedia(_too_large(max_bytes)) from error
        except httpx.RequestError as error:
            raise failures.TryAgainLater(failures.NOT_REACHED) from error

    def _failure(self, response: httpx.Response, answer: fields.Object | None) -> failures.GraphFailure:
        error = _error_of(answer) or {}
        details = fields.find_text(fields.find_object(error, "error_data"), "details")
        return failures.failure(
            code=fields.find_code(error, "code"),
            http_status=response.status_code,
            transient=fields.find_flag(error, "is_transient"),
            details=(details or fields.find_text(error, "message") or "")[:500],
            trace_id=fields.find_id(error, "fbtrace_id") or "",
            retry_after_s=_retry_after_s(response.headers, self._clock.now()),
        )


def digest_of(text: str) -> bytes:
    """A SHA-256 as Meta writes it, in hexadecimal or base64. Raises fields.CannotReadField."""
    try:
        digest = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise fields.CannotReadField("“sha256” is not a digest") from error
    if len(digest) != 32:
        raise fields.CannotReadField("“sha256” is not a digest")
    return digest


def _expected(text: str) -> bytes:
    try:
        return digest_of(text)
    except fields.CannotReadField as error:
        raise CannotTakeMedia("The digest in the message cannot be read.") from error


def _too_large(max_bytes: int) -> str:
    return f"The file is larger than {max_bytes / (1024 * 1024):.3g} MB."


def _read(content: bytes) -> fields.Object | None:
    if len(content) > _MAX_ANSWER_BYTES:
        return None
    try:
        return fields.object_of(fields.load(content, max_depth=_MAX_DEPTH), "the answer")
    except (fields.CannotReadJson, fields.CannotReadField):
        return None


def _error_of(answer: fields.Object | None) -> fields.Object | None:
    error = (answer or {}).get("error")
    return error if isinstance(error, dict) else None


def _retry_after_s(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds that Meta asks to wait: RFC 9110's Retry-After, as seconds or as a date."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return min(float(text), _MAX_WAIT_S)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):  # no date; or one without a zone, which cannot be compared
        return None
    return min(max(seconds, 0.0), _MAX_WAIT_S)
