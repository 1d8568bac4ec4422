"""Who is asked first about what customers and suppliers report; plants change the rows, not this file."""

from __future__ import annotations

from obeya.cases.rules import Route

HOUR = 3600
_TELL_THE_CUSTOMER = (
    ("tell", "Tell the customer what we do about it"),
    ("ask", "Ask the customer for more: pictures, lot, quantity"),
    ("nothing", "Nothing to tell yet"),
)

COMPLAINTS = (
    Route(
        kind="quality_complaint",
        severity=0,
        function="quality",
        question="Is the complaint justified?",
        options=(
            ("accept", "Justified: replace or credit it"),
            ("look_first", "Have the goods back first"),
            ("reject", "Not justified"),
        ),
        window_s=4 * HOUR,
    ),
    Route(
        kind="quality_complaint",
        severity=0,
        function="production",
        question="Could other goods have the same fault?",
        options=(
            ("hold", "Yes: put the lot on hold"),
            ("no_others", "No other goods are touched"),
            ("unknown", "It cannot be said yet"),
        ),
        window_s=4 * HOUR,
        required=False,
    ),
    Route(
        kind="quality_complaint",
        severity=0,
        function="customer_service",
        question="What do we tell the customer?",
        options=_TELL_THE_CUSTOMER,
        window_s=HOUR,
    ),
)

DELIVERIES = (
    Route(
        kind="delivery_failure",
        severity=0,
        function="dispatch",
        question="What becomes of this delivery?",
        options=(
            ("send", "Send what is missing"),
            ("exchange", "Fetch it back and bring the right goods"),
            ("carrier", "The carrier has to settle it"),
            ("as_ordered", "It went out as ordered"),
        ),
        window_s=HOUR,
    ),
    Route(
        kind="delivery_failure",
        severity=0,
        function="customer_service",
        question="What do we tell the customer?",
        options=_TELL_THE_CUSTOMER,
        window_s=HOUR,
    ),
    Route(
        kind="delivery_failure",
        severity=0,
        function="quality",
        question="Are the goods still fit to be sold?",
        options=(
            ("fit", "They are fit"),
            ("not_fit", "They are not: credit or replace them"),
            ("not_touched", "The goods are not in question"),
        ),
        window_s=4 * HOUR,
        required=False,
    ),
)

SUPPLIES = (
    Route(
        kind="material_shortage",
        severity=0,
        function="materials",
        question="How do we bridge the delay?",
        options=(
            ("from_stock", "What we have lasts"),
            ("other_source", "Buy it elsewhere"),
            ("expedite", "Have it sent faster"),
            ("wait", "We wait for it"),
        ),
        window_s=2 * HOUR,
    ),
    Route(
        kind="material_shortage",
        severity=0,
        function="planning",
        question="How does the plan go on without this material?",
        options=(
            ("reschedule", "Move the production orders"),
            ("other_material", "Make it from other material"),
            ("no_effect", "No order is touched"),
        ),
        window_s=2 * HOUR,
    ),
)

ALL = COMPLAINTS + DELIVERIES + SUPPLIES
