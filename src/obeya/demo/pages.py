"""Use Obeya's pages as a browser does: log in, read a form, send it back with its hidden fields."""

from __future__ import annotations

import html.parser
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

TIMEOUT_S = 15.0


class CannotUsePage(Exception):
    """The page answered with an error, or lacks the form it should have."""


@dataclass(slots=True)
class Form:
    """A form as it stands on a page; `choices` are the values that may be chosen for a field."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class _Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values.get("action", ""))
            self.forms.append(self._form)
        if self._form is None:
            return
        name = values.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and values.get("value"):
            self._form.choices.setdefault(self._select, []).append(values["value"])
        elif tag in ("input", "button") and name:
            self._note_input(self._form, name, values)

    def _note_input(self, form: Form, name: str, values: Mapping[str, str]) -> None:
        if values.get("type") in ("radio", "checkbox", "submit"):
            form.choices.setdefault(name, []).append(values.get("value", ""))
            if "checked" in values:
                form.values[name] = values.get("value", "")
        else:
            form.values.setdefault(name, values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def forms_of(text: str) -> list[Form]:
    """The forms of a page, in order."""
    reader = _Reader()
    reader.feed(text)
    return reader.forms


class Visitor:
    """One person at one browser. Close it at the end."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=url,
            timeout=TIMEOUT_S,
            follow_redirects=True,
            trust_env=False,
            headers={"Origin": url, "User-Agent": "Obeya demo plant"},
            transport=transport,
        )

    def close(self) -> None:
        """Forget the session and let go of the connections."""
        self._http.close()

    @property
    def cookies(self) -> dict[str, str]:
        """What the site has set: the session, once somebody is logged in."""
        return dict(self._http.cookies)

    def log_in(self, username: str, password: str) -> None:
        """Log in by the log-in page. Raises CannotUsePage."""
        form = self.form("/login", having="password")
        answer = self.send(form, username=username, password=password)
        if answer.url.path.rstrip("/").endswith("/login"):
            raise CannotUsePage(f"{username} was not let in")

    def form(self, path: str, *, having: str) -> Form:
        """The form of a page that has a field `having`. Raises CannotUsePage."""
        answer = self._checked("GET", path)
        for form in forms_of(answer.text):
            if having in form.values or having in form.choices:
                form.action = str(answer.url.join(form.action or str(answer.url)))
                return form
        raise CannotUsePage(f"{path} has no form with a field {having!r}")

    def send(self, form: Form, **values: str) -> httpx.Response:
        """Send a form with what was filled in. Raises CannotUsePage."""
        return self._checked("POST", form.action, data={**form.values, **values})

    def _checked(self, method: str, path: str, data: Mapping[str, str] | None = None) -> httpx.Response:
        try:
            answer = self._http.request(method, path, data=dict(data) if data else None)
        except httpx.HTTPError as error:
            raise CannotUsePage(f"{path}: {error or type(error).__name__}") from error
        if answer.status_code >= 400:
            raise CannotUsePage(f"{path}: answered {answer.status_code}")
        return answer
