"""One Tryton company over REST. Every failure is one of three, said here and nowhere else:

`Refused`: the ERP said no and did nothing. `NotSent`: the request provably had no effect (it never left,
or it was turned away at the door). `Unclear`: it may or may not have happened (a time-out, a broken
connection, a 5xx, or the 400 without a message that Tryton gives when something inside it breaks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from obeya.integrations.tryton import wire

PAGE = 500
"""Rows asked for in one read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where the ERP is and what its places mean to us; see manifest.toml for each setting."""

    url: str
    database: str
    key: str
    company: int = 1
    timeout_s: float = 30.0
    request_limit_s: float = 120.0
    hold_location: str = "HOLD"
    line_locations: tuple[str, ...] = ()


def connection(environment: Mapping[str, str]) -> Connection | None:
    """The connection that the environment names (see manifest.toml); None where no address is set.

    Raises ValueError in plain words where a setting is missing or no number.
    """
    url = environment.get("OBEYA_TRYTON_URL", "")
    if not url:
        return None
    missing = [name for name in ("OBEYA_TRYTON_DATABASE", "OBEYA_TRYTON_KEY") if not environment.get(name)]
    if missing:
        raise ValueError(f"OBEYA_TRYTON_URL is set, but {' and '.join(missing)} is not")
    lines = environment.get("OBEYA_TRYTON_LINE_LOCATIONS", "").split(",")
    try:
        return Connection(
            url=url,
            database=environment["OBEYA_TRYTON_DATABASE"],
            key=environment["OBEYA_TRYTON_KEY"],
            company=int(environment.get("OBEYA_TRYTON_COMPANY") or 1),
            timeout_s=float(environment.get("OBEYA_TRYTON_TIMEOUT_S") or 30),
            request_limit_s=float(environment.get("OBEYA_TRYTON_REQUEST_LIMIT_S") or 120),
            hold_location=environment.get("OBEYA_TRYTON_HOLD_LOCATION") or "HOLD",
            line_locations=tuple(code.strip() for code in lines if code.strip()),
        )
    except ValueError as error:
        raise ValueError("a Tryton setting that must be a number is none") from error


class Refused(Exception):
    """The ERP refused, for good; nothing was changed."""

    def __init__(self, text: str, *, code: str = "refused", field: str = "") -> None:
        super().__init__(text)
        self.text, self.code, self.field = text, code, field


class NotSent(Exception):
    """The request had no effect: it never reached the ERP, was turned away at its door, or only read."""


class Unclear(Exception):
    """The request may or may not have been carried out."""


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Client:
    """Reads and writes records. A connection is used once: a stale one would make a write unclear."""

    def __init__(self, connection: Connection, *, transport: httpx.BaseTransport | None = None) -> None:
        """`transport` replaces the network in tests."""
        self.connection = connection
        self._http = httpx.Client(
            base_url=f"{connection.url.rstrip('/')}/{quote(connection.database, safe='')}/rest/model/",
            headers={"Authorization": f"bearer {connection.key}", "Accept-Language": "en"},
            timeout=connection.timeout_s,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
            transport=transport,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def page(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        *,
        size: int = PAGE,
        order: Sequence[tuple[str, str]] = (("id", "ASC"),),
        **context: Any,
    ) -> list[wire.Record]:
        """The first `size` records that match, with the fields (dotted paths allowed)."""
        params: list[tuple[str, str | int | float | bool | None]] = [
            ("d", wire.token(domain)),
            ("o", wire.token(order)),
            ("s", size),
            *(("f", field) for field in fields),
        ]
        try:
            answer = self._send("GET", model, params=params, context=context)
        except Unclear as error:
            raise NotSent(str(error)) from error
        if not isinstance(answer, list):
            raise NotSent(f"the ERP answered something that is no list of {model}")
        return answer

    def every(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], **context: Any
    ) -> list[wire.Record]:
        """All records that match, in the order of their ids, page after page."""
        found: list[wire.Record] = []
        last = 0
        while True:
            page = self.page(model, [["id", ">", last], domain], fields, **context)
            found += page
            if len(page) < PAGE:
                return found
            last = page[-1]["id"]

    def create(self, model: str, values: Mapping[str, Any], fields: Sequence[str] = ()) -> wire.Record:
        """Create one record in one transaction; the asked fields of it."""
        return self._record("POST", model, values, fields)

    def write(
        self, model: str, record_id: int, values: Mapping[str, Any], fields: Sequence[str] = ()
    ) -> wire.Record:
        """Write one record in one transaction; the asked fields of it afterwards."""
        return self._record("PUT", f"{model}/{record_id}", values, fields)

    def act(self, model: str, record_id: int, action: str, fields: Sequence[str] = ()) -> wire.Record:
        """Press a button of one record in one transaction; the asked fields of it afterwards."""
        return self._record("POST", f"{model}/{record_id}/{action}", {}, fields)

    def _record(
        self, method: str, path: str, values: Mapping[str, Any], fields: Sequence[str]
    ) -> wire.Record:
        asked: list[tuple[str, str | int | float | bool | None]] = [("f", field) for field in fields]
        answer = self._send(method, path, params=asked, body=values)
        if not isinstance(answer, dict):
            raise Unclear("the ERP answered something that is no record")
        return answer

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: list[tuple[str, str | int | float | bool | None]],
        body: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Any:
        headers = {"X-Tryton-Context": wire.token({"company": self.connection.company, **(context or {})})}
        payload = None if body is None else wire.encode(body)
        try:
            answer = self._http.request(method, path, params=params, json=payload, headers=headers)
        except _NEVER_LEFT as error:
            raise NotSent(f"the ERP cannot be reached at {self.connection.url}") from error
        except httpx.TimeoutException as error:
            raise Unclear(f"the ERP gave no answer within {self.connection.timeout_s:g} seconds") from error
        except httpx.TransportError as error:
            raise Unclear("the connection to the ERP broke before its answer came") from error
        return _understand(answer)


def _understand(answer: httpx.Response) -> Any:
    """The answer's content, or the failure it stands for."""
    if answer.status_code in (200, 204):
        try:
            return wire.decode(answer.text) if answer.content else {}
        except ValueError as error:
            raise Unclear("the ERP's answer cannot be read") from error
    if answer.status_code == 400:
        raise _refusal(answer)
    if answer.status_code == 401:
        raise NotSent("the ERP does not accept Obeya's key")
    if answer.status_code == 403:
        raise Refused("the ERP does not let Obeya's user do this", code="not_allowed")
    if answer.status_code == 404:
        raise Refused("the ERP does not have this record any more", code="not_found")
    if answer.status_code == 429:
        raise NotSent("the ERP is busy and asks to come back later")
    raise Unclear(f"the ERP answered {answer.status_code}")


def _refusal(answer: httpx.Response) -> Exception:
    """A refusal carries a message; a bare 400 is how Tryton's REST shows a failure inside it."""
    try:
        said = wire.decode(answer.text)
        text = f"{said['message']} {said['description']}".strip()
    except (ValueError, KeyError, TypeError):
        return Unclear("the ERP failed inside")
    if text.startswith("You are not allowed"):
        return Refused(text, code="not_allowed")
    return Refused(text)
