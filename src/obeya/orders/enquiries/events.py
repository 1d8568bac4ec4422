"""What is told of answered questions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from obeya.journal import events


@events.register("orders.question_answered")
@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A question about an order of the customer's own was answered by itself, from ERP as read at `as_of`."""

    order: uuid.UUID
    number: str
    about: str
    language: str
    as_of: datetime
