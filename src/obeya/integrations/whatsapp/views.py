"""The webhook that Meta calls: confirmed once, then a signed delivery at a time."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from obeya.inbox import actions as inbox
from obeya.integrations.whatsapp import inbound, payloads, signature
from obeya.people import queries as people

_log = structlog.get_logger("obeya.whatsapp")

TOO_LARGE = f"A delivery was larger than {payloads.MAX_BODY_BYTES // (1024 * 1024)} MB."
NO_SITE = (
    "No site is set for WhatsApp: set OBEYA_WHATSAPP_SITE to the code of the site that gets its messages."
)
_KEPT_HEADERS = ("User-Agent", signature.HEADER)


class _CannotAccept(Exception):
    """The delivery is turned away at the door, with an HTTP status and a sentence for IT."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest) -> HttpResponse:
    """GET confirms the webhook when it is set up at Meta; POST takes a delivery.

    200 only once everything is stored; Meta repeats a delivery for days until it is told 200. What is
    turned away (403, 401, 413, 503) is counted by reason for the health page, and nothing of it is kept.
    """
    try:
        text = _confirm(request) if request.method == "GET" else _take(request)
    except _CannotAccept as error:
        _log.warning("a delivery was turned away", reason=str(error), status=error.status)
        inbox.count_refused(source=inbound.SOURCE, reason=str(error))
        return _plain(str(error), error.status)
    return _plain(text, 200)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _confirm(request: HttpRequest) -> str:
    try:
        return signature.answer_challenge(
            query=request.GET.dict(),
            verify_token=str(settings.WHATSAPP["verify_token"]),
        )
    except signature.CannotConfirmWebhook as error:
        raise _CannotAccept(403, str(error)) from error


def _take(request: HttpRequest) -> str:
    body = _read(request)
    try:
        signature.check_signature(
            body=body,
            header=request.headers.get(signature.HEADER),
            app_secrets=list(settings.WHATSAPP["app_secrets"]),
        )
    except signature.CannotTrustDelivery as error:
        raise _CannotAccept(401, str(error)) from error
    accepted = inbound.accept(
        body=body,
        site=_site(),
        phone_number_id=str(settings.WHATSAPP["phone_number_id"]),
        headers={
            name: request.headers[name].replace("\x00", "")[:300]
            for name in _KEPT_HEADERS
            if name in request.headers
        },
    )
    return f"{accepted.fresh} new of {accepted.signals}"


def _read(request: HttpRequest) -> bytes:
    """The raw body; of one that is too large never more than a byte too much is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:20]) > payloads.MAX_BODY_BYTES:
        raise _CannotAccept(413, TOO_LARGE)
    try:
        body = request.read(payloads.MAX_BODY_BYTES + 1)
    except UnreadablePostError as error:
        raise _CannotAccept(400, "A delivery broke off before its end.") from error
    if len(body) > payloads.MAX_BODY_BYTES:
        raise _CannotAccept(413, TOO_LARGE)
    return body


def _site() -> str:
    """The site whose order desk gets the messages: the one that is set, or the only one there is."""
    known = [site.code for site in people.list_sites()]
    named = str(settings.WHATSAPP["site"])
    if named in known:
        return named
    if named or len(known) != 1:
        raise _CannotAccept(503, NO_SITE)
    return known[0]
