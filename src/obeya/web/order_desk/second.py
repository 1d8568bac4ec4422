"""What the second reader made of an order, as the desk reads it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from obeya.orders import second_queries
from obeya.web import shown


def facts_of(order_id: uuid.UUID) -> Iterable[shown.Fact]:
    """One fact where the second reader gave an answer; none where it failed or was not asked."""
    words = {
        "agrees": _("agrees"),
        "partly": _("agrees as far as it reads"),
        "differs": _("reads it differently"),
    }
    verdict = second_queries.verdict_of(order_id)
    if verdict in words:
        yield shown.Fact(_("A second reader"), words[verdict])
