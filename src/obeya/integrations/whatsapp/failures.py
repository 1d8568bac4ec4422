"""What went wrong at Meta, translated once: can trying again help, and what can a person do?

The codes are those of the page "error codes" of the Cloud API. The same table explains an answer of
the Graph API and the errors of a status webhook.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a request failed, as far as it matters for what to do next."""

    BUSY = "busy"
    LIMIT = "limit"
    WINDOW = "window"
    RECIPIENT = "recipient"
    TEMPLATE = "template"
    TOKEN = "token"  # noqa: S105 - the name of a reason, no secret
    PERMISSION = "permission"
    REQUEST = "request"
    ACCOUNT = "account"
    MEDIA = "media"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reason of a failure, whether it passes by itself, and what to tell people."""

    reason: Reason
    temporary: bool
    advice: str


_BUSY = Verdict(Reason.BUSY, True, "WhatsApp is overloaded or down for a moment; Obeya tries again.")
_LIMIT = Verdict(Reason.LIMIT, True, "Too many messages in a short time; Obeya waits and tries again.")
_SPAM = Verdict(
    Reason.LIMIT,
    True,
    "WhatsApp holds messages back because people blocked or reported this number; see its quality rating.",
)
_WINDOW = Verdict(
    Reason.WINDOW,
    False,
    "The customer has not written for 24 hours: only an approved template can be sent now.",
)
_RECIPIENT = Verdict(Reason.RECIPIENT, False, "This message cannot reach this number on WhatsApp.")
_TEMPLATE = Verdict(
    Reason.TEMPLATE, False, "The template, its language or its values are not as approved by Meta."
)
_TOKEN = Verdict(
    Reason.TOKEN, False, "The access token is not valid any more: an administrator must set a new one."
)
_PERMISSION = Verdict(
    Reason.PERMISSION, False, "The access token may not do this: an administrator must check its permissions."
)
_REQUEST = Verdict(Reason.REQUEST, False, "WhatsApp does not accept the request as it was made.")
_ACCOUNT = Verdict(
    Reason.ACCOUNT,
    False,
    "The WhatsApp account is restricted, unpaid or not set up: see Meta's Business Manager.",
)
MEDIA = Verdict(Reason.MEDIA, False, "The file is not there any more or is of a kind WhatsApp does not take.")
_UNKNOWN = Verdict(Reason.UNKNOWN, False, "WhatsApp refused with an error that Obeya does not know.")

_VERDICTS: dict[Verdict, tuple[int, ...]] = {
    _BUSY: (1, 2, 131000, 131016, 131057, 132069, 133004, 134101),
    _LIMIT: (4, 17, 341, 613, 80007, 80008, 130429, 131056, 133016),
    _SPAM: (131048,),
    _WINDOW: (131047,),
    _RECIPIENT: (130472, 131021, 131026, 131030, 131049, 131050, 131062),
    _TEMPLATE: (132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 134102),
    _TOKEN: (0, 102, 104, 190, 463, 467),
    _PERMISSION: (3, 10, 131005),
    _REQUEST: (33, 100, 131001, 131002, 131006, 131008, 131009, 131051, 131055, 135000),
    _ACCOUNT: (368, 130497, 131031, 131037, 131042, 131045, 131063, 133000, 133005, 133010, 134011),
    MEDIA: (131052, 131053, 131060),
}

_BY_CODE = {code: verdict for verdict, codes in _VERDICTS.items() for code in codes}


def explain(code: int | None, *, http_status: int | None = None, transient: bool = False) -> Verdict:
    """What Meta's error `code` means.

    A code not known here is judged by the HTTP status, and by Meta's own word that it is transient.
    """
    known = _explain_code(code)
    if known is not None:
        return known
    if transient or (http_status is not None and http_status >= 500):
        return _BUSY
    return {429: _LIMIT, 401: _TOKEN, 403: _PERMISSION}.get(http_status or 0, _UNKNOWN)


def _explain_code(code: int | None) -> Verdict | None:
    if code is None:
        return None
    if 200 <= code <= 299:
        return _PERMISSION
    if 132000 <= code <= 132999:
        return _BY_CODE.get(code, _TEMPLATE)
    return _BY_CODE.get(code)


class GraphFailure(Exception):
    """A request to the Graph API did not do what it should; the text is fit for people.

    `code`, `http_status`, `details` and `trace_id` are Meta's, where it gave them. `retry_after_s`
    is how long Meta asks to wait, where it says so.
    """

    def __init__(
        self,
        verdict: Verdict,
        *,
        code: int | None = None,
        http_status: int | None = None,
        details: str = "",
        trace_id: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        self.verdict = verdict
        self.code = code
        self.http_status = http_status
        self.details = details
        self.trace_id = trace_id
        self.retry_after_s = retry_after_s
        number = f" (error {code})" if code is not None else ""
        super().__init__(f"{verdict.advice}{number}{f' {details}' if details else ''}")

    @property
    def reason(self) -> Reason:
        """Why, as far as it matters for what to do next."""
        return self.verdict.reason


class TryAgainLater(GraphFailure):
    """Nothing was done; the same request may succeed later."""


class Refused(GraphFailure):
    """Nothing was done, and the same request will be refused again."""


class AnswerUnknown(GraphFailure):
    """The answer never came or cannot be read: the message may have been sent.

    Do not send it again. A status webhook with the same `tracking` text settles it.
    """


NEVER_ANSWERED = Verdict(
    Reason.UNKNOWN, False, "WhatsApp did not answer: the message may have been sent, and is not sent again."
)
NOT_REACHED = Verdict(Reason.BUSY, True, "WhatsApp cannot be reached; Obeya tries again.")


def failure(
    *,
    code: int | None,
    http_status: int,
    transient: bool = False,
    details: str = "",
    trace_id: str = "",
    retry_after_s: float | None = None,
) -> TryAgainLater | Refused:
    """The exception for an error that Meta answered with."""
    verdict = explain(code, http_status=http_status, transient=transient)
    kind = TryAgainLater if verdict.temporary else Refused
    return kind(
        verdict,
        code=code,
        http_status=http_status,
        details=details,
        trace_id=trace_id,
        retry_after_s=retry_after_s,
    )
