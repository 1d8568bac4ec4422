"""A speech engine behind the OpenAI-compatible transcription endpoint."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from obeya.lib import http_body
from obeya.orders import listening

MOST_ANSWER = 256 << 10
_ENDINGS = {
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/wav": "wav",
    "audio/amr": "amr",
}
"""Engines tell the format by the file's ending."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the engine is, and how it is asked."""

    url: str
    model: str = "whisper-1"
    key: str = field(default="", repr=False)
    timeout_s: float = 30.0


def settings_of(environment: Mapping[str, str]) -> Settings | None:
    """What the environment says; None where no engine is set. Raises ValueError with words for IT."""
    url = environment.get("OBEYA_VOICE_URL", "").strip()
    if not url:
        return None
    if httpx.URL(url).scheme not in ("http", "https"):
        raise ValueError("OBEYA_VOICE_URL is not a web address.")
    wait = environment.get("OBEYA_VOICE_TIMEOUT_S", "30").strip()
    if not (wait.isdecimal() and 1 <= int(wait) <= 120):
        raise ValueError("OBEYA_VOICE_TIMEOUT_S is a number of seconds from 1 to 120.")
    return Settings(url, environment.get("OBEYA_VOICE_MODEL", "whisper-1"), _key(environment), float(wait))


def _key(environment: Mapping[str, str]) -> str:
    if path := environment.get("OBEYA_VOICE_KEY_FILE", ""):
        try:
            return Path(path).expanduser().read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"OBEYA_VOICE_KEY_FILE cannot be read ({error.strerror}).") from error
    return environment.get("OBEYA_VOICE_KEY", "")


def engine() -> listening.Engine | None:
    """The engine that the environment names, if any. Raises ValueError with words for IT."""
    told = settings_of(os.environ)
    return Client(told) if told else None


class Client:
    """Asks one engine, one recording at a time."""

    def __init__(self, settings: Settings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._transport = transport

    def listen(self, recording: listening.Recording) -> str:
        """The words that were said. Raises listening.CannotListen."""
        told = self._settings
        kind = recording.content_type.split(";")[0]
        file = (f"recording.{_ENDINGS.get(kind, 'bin')}", recording.content, kind)
        form = {"model": told.model, "response_format": "json", "temperature": "0"}
        if recording.words:
            form["prompt"] = ", ".join(recording.words)
        headers = {"Authorization": f"Bearer {told.key}"} if told.key else {}
        try:
            with (
                httpx.Client(timeout=told.timeout_s, transport=self._transport) as http,
                http.stream(
                    "POST",
                    f"{told.url.rstrip('/')}/audio/transcriptions",
                    data=form,
                    files={"file": file},
                    headers=headers,
                ) as answer,
            ):
                return _words_of(answer.status_code, http_body.read(answer, most=MOST_ANSWER))
        except http_body.TooLong as error:
            raise listening.CannotListen("The speech engine answered without end.") from error
        except httpx.TimeoutException as error:
            raise listening.CannotListen("The speech engine took too long.") from error
        except httpx.HTTPError as error:
            raise listening.CannotListen("The speech engine cannot be reached.") from error


def _words_of(status: int, content: bytes) -> str:
    if status in (401, 403):
        raise listening.CannotListen("The speech engine refuses Obeya's key: IT must see to it.")
    if status != 200:
        raise listening.CannotListen(f"The speech engine could not write it down (error {status}).")
    try:
        told = json.loads(content)
    except ValueError as error:
        raise listening.CannotListen("The speech engine gave no usable answer.") from error
    text = told.get("text") if isinstance(told, dict) else None
    if not isinstance(text, str):
        raise listening.CannotListen("The speech engine gave no usable answer.")
    return " ".join(text.split())
