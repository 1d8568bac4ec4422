"""What the second reader said, of one order and of a site's messages lately."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from obeya.orders import models, second_reader


@dataclass(frozen=True, slots=True)
class Health:
    """How the second reader did. `failures` are words with their counts, the most frequent first."""

    host: str
    asked: int
    agreed: int
    differed: int
    failures: tuple[tuple[str, int], ...]

    @property
    def failed(self) -> int:
        """Messages that it gave nothing usable for."""
        return sum(count for _words, count in self.failures)


def find_health(site: str, *, since: datetime) -> Health | None:
    """How the second reader of a site did since then; None where messages are given to none."""
    proposer = second_reader.find_proposer(site)
    if proposer is None:
        return None
    rows = models.OrderRow.objects.filter(site=site, received_at__gte=since, reading__has_key="second")
    told = Counter(rows.values_list("reading__second__verdict", "reading__second__failure"))
    failures = Counter[str]()
    for (verdict, failure), count in told.items():
        if verdict == "failed":
            failures[second_reader.FAILURES.get(failure, failure)] += count
    agreed = sum(count for (verdict, _), count in told.items() if verdict == "agrees")
    differed = sum(count for (verdict, _), count in told.items() if verdict == "differs")
    return Health(proposer.host, told.total(), agreed, differed, tuple(failures.most_common()))


def verdict_of(order_id: uuid.UUID) -> str:
    """agrees, partly, differs or failed; "" where it was not asked."""
    row = models.OrderRow.objects.filter(pk=order_id).only("reading").first()
    return str(row.reading.get("second", {}).get("verdict", "")) if row else ""
