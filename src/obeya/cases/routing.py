"""The routing table that a new site starts with; plants change the rows, not this file."""

from __future__ import annotations

from obeya.cases import outside_routes
from obeya.cases.rules import Route

MINUTE = 60

STARTING_TABLE = (
    Route(
        kind="quality_hold",
        severity=0,
        function="quality",
        question="What happens to the held goods?",
        options=(
            ("release", "Release the lot"),
            ("keep_on_hold", "Keep it on hold: move it to the hold location"),
            ("scrap", "Scrap it"),
        ),
        window_s=30 * MINUTE,
    ),
    Route(
        kind="quality_hold",
        severity=0,
        function="planning",
        question="How does the plan go on without this lot?",
        options=(
            ("other_lot", "Go on with another lot"),
            ("reschedule", "Move the production orders"),
            ("no_effect", "No order is touched"),
        ),
        window_s=30 * MINUTE,
    ),
    Route(
        kind="quality_hold",
        severity=0,
        function="materials",
        question="Where does replacement material come from?",
        options=(
            ("from_stock", "Replace it from stock"),
            ("reorder", "Order it again from the supplier"),
            ("not_needed", "No replacement is needed"),
        ),
        window_s=30 * MINUTE,
    ),
    Route(
        kind="quality_hold",
        severity=0,
        function="customer_service",
        question="What do we tell the customers?",
        options=(
            ("inform", "Tell the customers concerned now"),
            ("wait", "Wait for quality's decision"),
            ("no_customer", "No customer is touched"),
        ),
        window_s=45 * MINUTE,
    ),
    *outside_routes.ALL,
)
