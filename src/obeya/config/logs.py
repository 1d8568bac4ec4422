"""One form for every line in the log, ours and the libraries': for people at a console, or JSON for machines.

`OBEYA_LOG_FORMAT` says which (`console`, `json`), `OBEYA_LOG_LEVEL` from which level on. A line carries the
process it comes from and, where they are known, the request, the job, the event with its story
(`correlation`) and the site. What customers and people write does not belong into a log, nor does a secret:
lines are made of ids, and what slips in through an error's text is taken out here.
"""

from __future__ import annotations

import logging.config
import os
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

CONSOLE, JSON = "console", "json"
HIDDEN = "***"
SHORTEST_SECRET = 8
"""Shorter values are not looked for: they would be found inside words."""
MOST_TEXT = 4_000
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|(?<![A-Z])KEY(?![A-Z])|DATABASE_URL")
_TELLING = re.compile(r"secret|token|password|authorization|cookie|(?:^|_)(?:key|body|text|message)$")
"""Names of values that are never logged: secrets, and what somebody wrote."""
_DETAIL = re.compile(r"^(DETAIL|CONTEXT):.*?(?=\n\n(?:The above|During handling)|\Z)", re.M | re.S)
"""PostgreSQL's detail of a refusal shows the row, a customer's words among it."""
_INPUT = re.compile(r"input_value=.*?, input_type=", re.S)
"""So does pydantic's word on what does not fit."""


class CannotLog(ValueError):
    """The log's form is `console` or `json`, its level one that logging knows."""


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's LOGGING as the environment has it. Raises CannotLog."""
    form = environment.get("OBEYA_LOG_FORMAT", "") or CONSOLE
    level = (environment.get("OBEYA_LOG_LEVEL", "") or "WARNING").upper()
    if form not in (CONSOLE, JSON):
        raise CannotLog(f"OBEYA_LOG_FORMAT is {form[:20]!r}; it can be {CONSOLE} or {JSON}.")
    if level not in logging.getLevelNamesMapping():
        given = level.lower()[:20]
        raise CannotLog(f"OBEYA_LOG_LEVEL is {given!r}; it can be DEBUG, INFO, WARNING or ERROR.")
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _shared(),
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            Silence(environment),
            _renderer(form),
        ],
    }
    through = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"obeya": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "obeya"}},
        "loggers": {
            name: dict(through) for name in ("django", "django.server", "_granian", "granian.access")
        },
        "root": {"handlers": ["console"], "level": level},
    }


def apply(found: dict[str, Any]) -> None:
    """Have this process log so; twice is once. Django calls it with its LOGGING."""
    logging.config.dictConfig(found)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_process,
    ]


def _name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["process"] = os.environ.get("OBEYA_PROCESS", "obeya")
    event["pid"] = os.getpid()
    return event


def _renderer(form: str) -> Processor:
    if form == JSON:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )


class Silence:
    """Takes out of a line what must not stand in a log: secrets by value and by name, and people's words."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        named = (value for name, value in environment.items() if _SECRET_NAME.search(name))
        parts = {part.strip() for value in named for part in value.split(",")}
        found = sorted((part for part in parts if len(part) >= SHORTEST_SECRET), key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, found))) if found else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The line without them."""
        return {
            name: HIDDEN if name != "event" and _TELLING.search(name) else self._told(value)
            for name, value in event.items()
        }

    def _told(self, value: object) -> object:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        text = value if isinstance(value, str) else str(value)
        text = _INPUT.sub(f"input_value={HIDDEN}, input_type=", _DETAIL.sub(rf"\1: {HIDDEN}", text))
        text = self._secret.sub(HIDDEN, text) if self._secret else text
        return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT // 2]} ... {text[-MOST_TEXT // 2 :]}"
