"""Errors as programs and people can read them: problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, errors

_log = structlog.get_logger("obeya.api")

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "No valid token",
    403: "Not yours to do",
    404: "Not found",
    405: "Not offered here",
    409: "It is not as you think",
    413: "Too large",
    422: "Something in it is wrong",
    503: "Not available at the moment",
    500: "Something broke on our side",
}
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
DOCUMENTED = {
    "responses": {
        "4XX": {"description": "Why not, for people.", "content": {MEDIA_TYPE: {"schema": SCHEMA}}},
    }
}
"""For every operation's description."""


class Refusal(Exception):
    """The request is refused with this status; the text says why, for people."""

    def __init__(self, status: int, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.status, self.field = status, field


def problem(
    status: int,
    detail: str,
    *,
    wrong: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer. `wrong` names fields with what is wrong with each."""
    told: dict[str, object] = {
        "type": f"urn:obeya:problem:{status}",
        "title": TITLES.get(status, TITLES[400]),
        "status": status,
        "detail": detail,
    }
    if wrong:
        told["errors"] = [{"field": field, "message": message} for field, message in wrong]
    return HttpResponse(
        json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def _refused(_request: HttpRequest, error: Refusal | type[Refusal]) -> HttpResponse:
    assert isinstance(error, Refusal)
    wrong = [(error.field, str(error))] if error.field else []
    return problem(error.status, str(error), wrong=wrong)


def _no_token(_request: HttpRequest, _error: object) -> HttpResponse:
    return problem(
        401,
        "Send a token as “Authorization: Bearer …”. Your IT team makes tokens.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _invalid(
    _request: HttpRequest, error: errors.ValidationError | type[errors.ValidationError]
) -> HttpResponse:
    assert isinstance(error, errors.ValidationError)
    wrong = [
        (".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), str(one["msg"]))
        for one in error.errors[:20]
    ]
    return problem(422, "; ".join(f"{field}: {text}" for field, text in wrong[:3]), wrong=wrong)


def _unreadable(_request: HttpRequest, error: errors.HttpError | type[errors.HttpError]) -> HttpResponse:
    assert isinstance(error, errors.HttpError)
    return problem(error.status_code, f"{error}. Send JSON.")


def _missing(_request: HttpRequest, _error: object) -> HttpResponse:
    return problem(404, "There is nothing here under this id, or it belongs to a site that is not yours.")


def _too_large(_request: HttpRequest, _error: object) -> HttpResponse:
    return problem(413, "The request is larger than what can be sent here.")


def _no_database(_request: HttpRequest, error: object) -> HttpResponse:
    _log.error("the database is away", error=str(error).strip()[:200])
    return problem(503, "The database does not answer. Try again.", headers={"Retry-After": "5"})


def _broken(request: HttpRequest, error: object) -> HttpResponse:
    _log.error("the API failed", method=request.method, path=request.path, exc_info=error)
    return problem(
        500, "Nothing was half done. If it happens twice, tell your IT team the time on the clock."
    )


def install(api: NinjaAPI) -> None:
    """Let every error of the API be a problem."""
    api.add_exception_handler(Exception, _broken)
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(errors.AuthenticationError, _no_token)
    api.add_exception_handler(errors.ValidationError, _invalid)
    api.add_exception_handler(errors.HttpError, _unreadable)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    api.add_exception_handler(OperationalError, _no_database)
    api.add_exception_handler(InterfaceError, _no_database)
    api.add_exception_handler(DatabaseError, _broken)
