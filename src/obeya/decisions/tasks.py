"""Background work of decisions: refusals by the ERP become requests, their answers go back."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from obeya.decisions import actions, rules
from obeya.journal import queries as journal
from obeya.outbox import actions as outbox
from obeya.outbox import queries as postings

KIND = "posting_refused"
WINDOW_S = 30 * 60
ASKED = {
    "sales_order": "order_desk",
    "production_confirmation": "production",
    "goods_movement": "materials",
    "lot_status": "quality",
    "delivery": "dispatch",
    "reverse": "it",
}
"""Which function is asked about a refused posting of which kind."""

OPTIONS = (
    rules.Option(
        "retry", "Send it again", False, "good", "The cause is put right in ERP; Obeya asks it first."
    ),
    rules.Option("cancel", "Do not post it", True, "bad", "I settle this in ERP by hand."),
)


@app.task(name="decisions.ask_about_posting", queue="reactions")
def ask_about_posting(*, event_id: str) -> None:
    """Open a request about a posting that the ERP refused."""
    event = journal.get_event(event_id)
    posting = postings.get_posting(uuid.UUID(str(event.data["posting_id"])))
    actions.open_request(
        key=f"posting:{posting.id}:{event.id}",
        site=posting.site,
        kind=KIND,
        subject=f"posting:{posting.id}",
        function=ASKED.get(posting.kind, "it"),
        title=f"{posting.connector_title} refused a {posting.kind.replace('_', ' ')}",
        question=str(event.data["text"]),
        options=OPTIONS,
        window_s=WINDOW_S,
        context={
            "facts": [
                {"label": "ERP", "value": posting.connector_title},
                {"label": "What it said", "value": str(event.data["text"])},
                {"label": "About", "value": posting.subject},
                {"label": "Tries so far", "value": str(posting.attempts)},
            ],
            "advice": posting.what_to_do,
        },
        origin=event.origin,
        severity=2,
    )


@app.task(name="decisions.answer_posting", queue="reactions")
def answer_posting(*, event_id: str) -> None:
    """Carry out the answer to a request about a refused posting."""
    event = journal.get_event(event_id)
    if event.data["kind"] != KIND:
        return
    posting_id = uuid.UUID(event.subject.removeprefix("posting:"))
    if postings.get_posting(posting_id).state not in ("rejected", "conflict"):
        return
    if event.data["option"] == "retry":
        outbox.retry_posting(posting_id=posting_id, origin=event.origin)
    else:
        outbox.cancel_posting(posting_id=posting_id, reason=str(event.data["rationale"]), origin=event.origin)
