"""A thin JSON-RPC client for setting up the demo ERP: log in, call model methods, run wizards.

Only the seed uses it. The connector has its own client: it works as the integration user, over REST.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Any

import httpx


class CannotSeedErp(Exception):
    """The demo ERP refused a step of its set-up: the text is its answer."""


def encode(value: Any) -> Any:
    """A value in Tryton's JSON: decimals and dates travel as objects that name their class."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, datetime):
        raise TypeError("the seed sends dates, never moments")
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, timedelta):
        return {"__class__": "timedelta", "seconds": value.total_seconds()}
    if isinstance(value, Mapping):
        return {key: encode(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [encode(part) for part in value]
    return value


class Rpc:
    """A logged-in session. `context` goes with every call (the company belongs in it)."""

    def __init__(self, *, url: str, database: str, login: str, password: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/{database}", timeout=120, trust_env=False)
        self.context: dict[str, Any] = {}
        self._headers: dict[str, str] = {}
        user, token = self._post("common.db.login", login, {"password": password})[:2]
        session = base64.b64encode(f"{login}:{user}:{token}".encode()).decode()
        self._headers = {"Authorization": f"Session {session}"}

    def __enter__(self) -> Rpc:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def _post(self, method: str, *params: Any) -> Any:
        body = {"id": 1, "method": method, "params": encode(params)}
        answer = self._http.post("/rpc/", json=body, headers=self._headers)
        if answer.status_code != 200:
            raise CannotSeedErp(f"{method}: HTTP {answer.status_code} {answer.text[:500]}")
        result = answer.json()
        if "error" in result:
            raise CannotSeedErp(f"{method}: {str(result['error'])[:1500]}")
        return result["result"]

    def call(self, model: str, method: str, *params: Any, **context: Any) -> Any:
        """Call a method of a model, the context appended."""
        return self._post(f"model.{model}.{method}", *params, {**self.context, **context})

    def create(self, model: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Create rows in one transaction; their ids in the same order."""
        return list(self.call(model, "create", list(rows)))

    def write(self, model: str, ids: Sequence[int], values: Mapping[str, Any]) -> None:
        """Write the same values to rows."""
        self.call(model, "write", list(ids), values)

    def ids(self, model: str, domain: Sequence[Any]) -> list[int]:
        """Ids that match a domain."""
        return list(self.call(model, "search", list(domain), 0, None, None))

    def one(self, model: str, domain: Sequence[Any]) -> int:
        """The id of the first match. Raises CannotSeedErp when nothing matches."""
        found = self.ids(model, domain)
        if not found:
            raise CannotSeedErp(f"{model}: nothing matches {domain}")
        return found[0]

    def named(self, model: str, name: str) -> int:
        """The id of the row with this exact name."""
        return self.one(model, [("name", "=", name)])

    def wizard(self, name: str, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Run a wizard: the given (transition, forms by state) steps, in order."""
        session, _start, _end = self._post(f"wizard.{name}.create", self.context)
        for transition, forms in steps:
            self._post(f"wizard.{name}.execute", session, forms, transition, self.context)
        self._post(f"wizard.{name}.delete", session, self.context)
