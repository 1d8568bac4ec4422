"""States and functions in the users' words, with their icons; times in words are in `wording`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from obeya.decisions import queries as decisions
from obeya.people.queries import LABELS, Function
from obeya.web import shown

FUNCTION_ICONS = {
    Function.ORDER_DESK: "orders",
    Function.QUALITY: "quality",
    Function.PLANNING: "planning",
    Function.MATERIALS: "materials",
    Function.MAINTENANCE: "maintenance",
    Function.PRODUCTION: "production",
    Function.CUSTOMER_SERVICE: "service",
    Function.COMMERCIAL: "money",
    Function.DISPATCH: "truck",
    Function.PLANT_MANAGER: "star",
    Function.OPERATOR: "terminal",
    Function.DRIVER: "truck",
    Function.IT: "connectors",
}

_FUNCTIONS = {str(function): function for function in Function}

_CASE_KINDS = {
    "quality_hold": ("Quality hold", "hold", "hold"),
    "machine_breakdown": ("Machine stopped", "bad", "machine"),
    "material_shortage": ("Material short", "warn", "materials"),
    "delivery_failure": ("Delivery failed", "warn", "truck"),
    "quality_complaint": ("Complaint", "warn", "quality"),
}
_REQUEST_KINDS = {
    "order_doubt": ("Order", "info", "orders"),
    "posting_refused": ("Refused by ERP", "warn", "posting"),
    "order_enquiry": ("Question", "info", "message"),
    "order_audit": ("Blind audit", "info", "quality"),
    "order_change": ("Booked wrong", "bad", "orders"),
} | _CASE_KINDS
CASE_STATES: dict[str, tuple[str, shown.Tone]] = {
    "open": ("Being decided", "warn"),
    "resolving": ("On its way to ERP", "info"),
    "closed": ("Closed", "good"),
    "withdrawn": ("Withdrawn", "plain"),
}
_SEVERITIES: dict[int, tuple[str, shown.Tone]] = {1: ("Critical", "bad"), 2: ("Serious", "warn")}


def function_name(code: str) -> str:
    """The name people use for a function."""
    function = _FUNCTIONS.get(code)
    return _(LABELS[function]) if function else code.replace("_", " ")


def function_icon(code: str) -> str:
    """The drawing that stands for a function."""
    function = _FUNCTIONS.get(code)
    return FUNCTION_ICONS[function] if function else "user"


def function_names(codes: Iterable[str]) -> str:
    """Several functions in one line."""
    return ", ".join(function_name(code) for code in codes)


def _kind(code: str, known: dict[str, tuple[str, str, str]]) -> shown.Badge:
    words, tone, icon = known.get(code, (code.replace("_", " ").capitalize(), "plain", "request"))
    return shown.Badge(_(words), tone, icon)  # type: ignore[arg-type]  # the tones of the tables above


def case_kind(code: str) -> shown.Badge:
    """What kind of exception it is."""
    return _kind(code, _CASE_KINDS)


def case_state(code: str) -> shown.Badge:
    """How far an exception is."""
    words, tone = CASE_STATES[code]
    return shown.Badge(_(words), tone, "check" if code == "closed" else "")


def outcome(worked: object) -> str:
    """What came of a decision: true for worked, false for not, nothing for in part."""
    if worked is None:
        return _("it worked in part")
    return _("it worked") if worked else _("it did not work")


def severity(number: int) -> shown.Badge | None:
    """A badge for what is worse than usual."""
    if number not in _SEVERITIES:
        return None
    words, tone = _SEVERITIES[number]
    return shown.Badge(_(words), tone)


def request_kind(code: str) -> shown.Badge:
    """What a request is about: the part of its kind before the dot."""
    return _kind(code.partition(".")[0], _REQUEST_KINDS)


def request_state(request: decisions.Request | decisions.Brief, now: datetime) -> shown.Badge:
    """How far a request is."""
    if request.state == "decided":
        return shown.Badge(_("Decided"), "good", "check")
    if request.state == "withdrawn":
        return shown.Badge(_("Withdrawn"))
    if request.is_held(now):
        return shown.Badge(_("On hold"), "info", "waiting")
    if request.due_at <= now:
        return shown.Badge(_("Overdue"), "bad", "exception")
    if request.claimed_by is not None:
        return shown.Badge(_("In hand"), "info", "claim")
    return shown.Badge(_("Open"), "warn", "waiting")


def window(request: decisions.Request | decisions.Brief) -> shown.Window:
    """The time in which the answer is expected."""
    return shown.Window(request.starts_at, request.due_at)
