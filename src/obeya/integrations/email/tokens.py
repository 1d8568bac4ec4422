"""Access tokens for mail servers that want OAuth 2.0 instead of a password (SASL XOAUTH2).

A token is read from a file that another program keeps fresh, printed by a command, or fetched from the
provider's token endpoint: by the refresh token of a person's consent, or by the client's own credentials
(RFC 6749, 4.4 and 6).
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import structlog

from obeya.lib import clock, http_body

TIMEOUT_S = 20.0
MOST_ANSWER = 64 << 10
EARLY = timedelta(seconds=90)
"""A token is fetched anew so long before its end."""
USUAL_S, LONGEST_S = 3_600, 86_400
_NAME = "OBEYA_MAIL_OAUTH_"
_log = structlog.get_logger("obeya.mail_tokens")


class CannotGetToken(Exception):
    """There is no token; the text is for people. `lasting`: an administrator must see to it."""

    def __init__(self, text: str, *, lasting: bool) -> None:
        super().__init__(text)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Settings:
    """Where tokens come from: `token_file`, `command`, or else `url` with what it wants to see."""

    url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    refresh_file: Path | None = None
    token_file: Path | None = None
    command: tuple[str, ...] = ()


def settings_of(environment: Mapping[str, str]) -> Settings | None:
    """What the environment says; None where no tokens are set. Raises ValueError with words for IT."""
    told = {key.removeprefix(_NAME): value.strip() for key, value in environment.items()
            if key.startswith(_NAME)}  # fmt: skip
    if path := told.get("TOKEN_FILE"):
        return Settings(token_file=Path(path).expanduser())
    if command := told.get("TOKEN_COMMAND"):
        return Settings(command=_words(command))
    url = told.get("TOKEN_URL", "")
    if not url:
        return None
    if not url.startswith("https://"):
        raise ValueError(f"{_NAME}TOKEN_URL is an address that begins with https://.")
    if not told.get("CLIENT_ID"):
        raise ValueError(f"{_NAME}CLIENT_ID is missing: Obeya's id at the mail provider.")
    refresh = told.get("REFRESH_TOKEN_FILE", "")
    secret = _read(f"{_NAME}CLIENT_SECRET_FILE", told.get("CLIENT_SECRET_FILE", ""))
    if not (refresh or secret):
        raise ValueError(f"{_NAME}CLIENT_SECRET_FILE or {_NAME}REFRESH_TOKEN_FILE is missing.")
    return Settings(
        url, told["CLIENT_ID"], secret, told.get("SCOPE", ""), Path(refresh).expanduser() if refresh else None
    )


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise ValueError(f"{_NAME}TOKEN_COMMAND is no command ({error}).") from error


def _read(name: str, path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be read.") from error


class Source:
    """Gives a token that is good now. Several threads may share it."""

    def __init__(self, settings: Settings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._transport = transport
        self._lock = threading.Lock()
        self._token = ""
        self._until: datetime | None = None

    def token(self) -> str:
        """The token. Raises CannotGetToken."""
        if self._settings.token_file is not None:
            return _of_file(self._settings.token_file)
        if self._settings.command:
            return _of_command(self._settings.command)
        with self._lock:
            if not self._token or self._until is None or clock.now() >= self._until:
                self._token, seconds = self._fetch()
                self._until = clock.now() + timedelta(seconds=seconds) - EARLY
            return self._token

    def forget(self) -> None:
        """The server refused the token: the next one is fetched anew."""
        with self._lock:
            self._token = ""

    def _fetch(self) -> tuple[str, int]:
        told = self._settings
        form = {"client_id": told.client_id, "grant_type": "client_credentials"}
        if told.refresh_file is not None:
            form |= {"grant_type": "refresh_token", "refresh_token": _of_file(told.refresh_file)}
        if told.client_secret:
            form["client_secret"] = told.client_secret
        if told.scope:
            form["scope"] = told.scope
        answer = self._post(form)
        if told.refresh_file is not None:
            _keep(told.refresh_file, answer.get("refresh_token"), form["refresh_token"])
        token = answer.get("access_token")
        if not (isinstance(token, str) and _is_token(token)):
            raise CannotGetToken("The mail provider's log-in gave no token.", lasting=False)
        return token, _seconds(answer.get("expires_in"))

    def _post(self, form: Mapping[str, str]) -> Mapping[str, object]:
        try:
            with (
                httpx.Client(timeout=TIMEOUT_S, transport=self._transport) as http,
                http.stream("POST", self._settings.url, data=dict(form)) as answer,
            ):
                content = http_body.read(answer, most=MOST_ANSWER)
        except http_body.TooLong as error:
            text = "The mail provider's log-in answered without end."
            raise CannotGetToken(text, lasting=False) from error
        except httpx.HTTPError as error:
            raise CannotGetToken("The mail provider's log-in cannot be reached.", lasting=False) from error
        return _understood(answer.status_code, content)


def _seconds(told: object) -> int:
    """How long a token is good; some providers say it as text."""
    if isinstance(told, int) or (isinstance(told, str) and told.isascii() and told.isdecimal()):
        return min(int(told), LONGEST_S)
    return USUAL_S


def _understood(status: int, content: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    told = told if isinstance(told, dict) else {}
    if status in (400, 401, 403):
        code = told.get("error")
        word = f" ({code})" if isinstance(code, str) and code.isascii() and len(code) <= 60 else ""
        text = f"The mail provider refuses Obeya's log-in{word}: an administrator must see to it."
        raise CannotGetToken(text, lasting=True)
    if status != 200:
        raise CannotGetToken(f"The mail provider's log-in failed (error {status}).", lasting=False)
    return told


def _of_file(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotGetToken(
            f"The file with the mail token cannot be read: {path.name}.", lasting=True
        ) from error
    if not _is_token(token):
        raise CannotGetToken(f"The file with the mail token holds none: {path.name}.", lasting=True)
    return token


def _of_command(command: tuple[str, ...]) -> str:
    """What the administrator's own command prints: no shell reads it."""
    try:
        ended = subprocess.run(  # noqa: S603 - the administrator's own words, from the settings
            command, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotGetToken("The command for the mail token cannot be run.", lasting=False) from error
    token = ended.stdout[: 2 * MOST_ANSWER].decode("utf-8", "replace").strip()
    if ended.returncode or not _is_token(token):
        text = f"The command for the mail token gave none (it ended with {ended.returncode})."
        raise CannotGetToken(text, lasting=False)
    return token


def _is_token(text: str) -> bool:
    """One word of visible ASCII: nothing in it can end a line or a field of what a server is told."""
    return 0 < len(text) <= 16_384 and all("!" <= char <= "~" for char in text)


def _keep(path: Path, given: object, known: str) -> None:
    """Keep the refresh token that the provider gave instead of the old one, whole or not at all.

    Where the file cannot be written the old one stays, and the log says so: providers let it live on for a
    while.
    """
    if not (isinstance(given, str) and _is_token(given)) or given == known:
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(given)
        Path(name).replace(path)
    except OSError as error:
        _log.warning("the new refresh token cannot be kept", file=path.name, error=error.strerror)


def xoauth2(user: str, token: str) -> str:
    """What a server is told (Google's and Microsoft's SASL XOAUTH2)."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"
