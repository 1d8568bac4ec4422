"""From a customer's message to the confirmed order in the ERP, one order a second.

Signed webhooks go over HTTP into a real web process; real worker and ticker processes read, confirm and
post; a real Tryton books. A proxy of this benchmark's stands before Tryton and times every call.

- total: from the webhook's POST leaving until Tryton has answered the call that confirmed the order.
- ERP: the time inside the order's own calls to Tryton. The outbox has one writer, which works on one
  order after another, so an order's own calls are those within its posting attempts; the catalogue, read
  every minute at the same time, looks nothing up by codes and is told apart by that.
- overhead: total minus ERP: all that is ours, and the waiting for orders before it. The ERP's own p95
  stands beside it, so that a slow ERP cannot flatter.

Credit limits are raised, so that no order has to wait for a person; nothing else of the demo is changed.
"""

from __future__ import annotations

import base64
import itertools
import random
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]


from bench import plant as plants
from bench import world

EVERY_S = 1.0
WORDS: dict[str, tuple[str, tuple[tuple[str, int, int], ...]]] = {
    "KRS01": ("KT/{}: ", (("safed dhakkan {} peti", 8, 22), ("neela dhakkan {} peti", 2, 7))),
    "SHB01": ("SPA/{}: ", (("CAP-28-WHT {} ctn", 6, 12), ("laal zakan {} khoke", 2, 5))),
    "ANR01": ("PO AN-{}: ", (("masala jar 500 {} ctn", 10, 24), ("pouch roll {} rolls", 8, 20))),
    "SWR01": ("SD/{} ", (("dahi cup 200 {} ctn", 15, 60), ("95 mm lid {} ctn", 15, 60))),
    "MGM01": ("PO MB-{}: ", (("water cap {} cartons", 20, 60), ("white TE cap 28 mm {} ctn", 4, 12))),
    "SNJ01": ("SJP/25/{} ", (("syrup bottle 200 {} ctn", 10, 28), ("CRC cap {} ctn", 4, 10))),
    "TJM01": ("PO-{}: ", (("1L yellow {} ctn", 20, 90), ("lube cap red {} ctn", 4, 12))),
    "GRJ01": ("PO GO/{}: ", (("litre bottle {} peti", 20, 60), ("kala dhakkan 45 {} peti", 2, 5))),
    "SRV01": ("PO SHC-{}: ", (("shampoo cap {} peti", 4, 12), ("200 ml white bottle {} peti", 6, 16))),
    "NVD01": ("PO NF-{}: ", (("snack film {} rolls", 8, 40), ("liner {} rolls", 6, 12))),
}
"""How each customer gives an order's number, and what they ask for, in their own words: from, to."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was delivered; seconds since the epoch."""

    wamid: str
    text: str
    left_s: float
    answered_s: float


@dataclass(frozen=True, slots=True)
class Timed:
    """One order: seconds in all, inside the ERP, and by part of the way."""

    total_s: float
    erp_s: float
    calls: int
    parts: dict[str, float]


def texts(count: int) -> Iterator[tuple[str, str]]:
    """(customer, text) of `count` different clear orders, customers taking turns."""
    chance = random.Random(2041)
    for number in range(count):
        customer = list(WORDS)[number % len(WORDS)]
        reference, goods = WORDS[customer]
        asked = goods if number % 3 else goods[:1]
        lines = ", ".join(words.format(chance.randint(low, high)) for words, low, high in asked)
        yield customer, reference.format(4_100 + number) + lines


def send_all(plant: plants.Plant, count: int) -> list[Sent]:
    """Deliver the orders, one a second whatever becomes of those before."""
    people = {customer.code: customer for customer in plant.found.customers}

    def deliver(customer: str, text: str) -> Sent:
        digits = "".join(char for char in people[customer].phone if char.isdigit())
        left = time.time()
        delivery = plant.meta.deliver_text(digits, people[customer].contact_name, text)
        if not delivery.accepted:
            raise SystemExit(f"The webhook did not take {text!r}: {delivery.attempts}")
        return Sent(delivery.wamid, text, left, time.time())

    begin = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        sent = []
        for number, (customer, text) in enumerate(texts(count)):
            threading.Event().wait(max(0.0, begin + number * EVERY_S - time.monotonic()))
            sent.append(pool.submit(deliver, customer, text))
        return [one.result() for one in sent]


STORY = """
SELECT s.natural_key, o.state, extract(epoch FROM s.received_at)::float8,
 extract(epoch FROM o.confirmed_at)::float8, extract(epoch FROM a.started_at)::float8,
 extract(epoch FROM a.ended_at)::float8, o.reading -> 'doubts', o.text
FROM inbox_signal s LEFT JOIN orders_order o ON o.signal = s.id
LEFT JOIN outbox_posting p ON p.subject = 'order:' || o.id
LEFT JOIN outbox_postingattempt a ON a.posting_id = p.id
WHERE s.natural_key = ANY(%s) ORDER BY a.started_at
"""


def is_posters(call: plants.Call) -> bool:
    """Whether the poster made this call: it writes, reads its sale, and looks things up by their codes.

    The sync of customers reads sales too: all that changed since a moment.
    """
    method, _, where = call.line.partition(" ")
    path, _, query = where.partition("?")
    domain = base64.urlsafe_b64decode(urllib.parse.parse_qs(query).get("d", [""])[0])
    own_sale = path.endswith("/sale.sale") and b"write_date" not in domain
    return method != "GET" or own_sale or b'"code", "' in domain


def own_calls(calls: Sequence[plants.Call], began_s: float, ended_s: float) -> list[plants.Call]:
    """The calls of the one writer within an attempt."""
    own = [call for call in calls if began_s <= call.began_s and call.ended_s <= ended_s and is_posters(call)]
    if any(later.began_s < call.ended_s for call, later in itertools.pairwise(own)):
        raise SystemExit("Two calls of the one writer overlap: the attribution is wrong.")
    return own


def timed(plant: plants.Plant, sent: Sequence[Sent]) -> list[Timed]:
    """Every order's times. Ends the benchmark where one was not booked."""
    calls = sorted(plant.calls, key=lambda call: call.began_s)
    windows: dict[str, list[tuple[float, ...]]] = {}
    for key, state, *moments, doubts, text in plant.ask(STORY, [one.wamid for one in sent]):
        if state != "booked":
            raise SystemExit(f"Not booked but {state}: {text!r} ({doubts})")
        windows.setdefault(key, []).append(tuple(moments))
    return [_one(one, windows[one.wamid], calls) for one in sent]


def _one(sent: Sent, attempts: list[tuple[float, ...]], calls: Sequence[plants.Call]) -> Timed:
    own = [call for attempt in attempts for call in own_calls(calls, attempt[2], attempt[3])]
    received, confirmed, began, _ = attempts[0]
    within = sum(call.took_s for call in own)
    return Timed(
        total_s=own[-1].ended_s - sent.left_s,
        erp_s=within,
        calls=len(own),
        parts={
            "webhook received": received - sent.left_s,
            "read and confirmed": confirmed - received,
            "posting picked up": began - confirmed,
            "between ERP calls": own[-1].ended_s - began - within,
        },
    )


def is_over(plant: plants.Plant, count: int) -> bool:
    """Whether all orders are booked, or one waits for a person."""
    states: dict[str, int] = dict(plant.ask("SELECT state, count(*) FROM orders_order GROUP BY state"))
    return states.get("booked", 0) + states.get("waiting", 0) + states.get("refused", 0) >= count


def main() -> None:
    """Measure and print."""
    args = world.arguments(__doc__ or "")
    count = 8 if args.quick else 200
    with plants.running("bench_orders") as plant:
        sent = send_all(plant, count)
        plant.wait(lambda: is_over(plant, count), what="every order is booked", within_s=120)
        found = timed(plant, sent)
    ms = [{"total": one.total_s * 1e3, "erp": one.erp_s * 1e3} for one in found]
    overhead = [one["total"] - one["erp"] for one in ms]
    result: dict[str, object] = {
        "orders": len(found),
        "total_p50_ms": world.percentile([one["total"] for one in ms], 0.5),
        "total_p95_ms": world.percentile([one["total"] for one in ms], 0.95),
        "erp_p50_ms": world.percentile([one["erp"] for one in ms], 0.5),
        "erp_p95_ms": world.percentile([one["erp"] for one in ms], 0.95),
        "overhead_p50_ms": world.percentile(overhead, 0.5),
        "overhead_p95_ms": world.percentile(overhead, 0.95),
        "erp_calls_per_order": mean(one.calls for one in found),
    }
    world.report(args, result, notes(found))


def notes(found: Sequence[Timed]) -> list[str]:
    """Where the overhead lies."""
    lines = [world.load_note()]
    for part in found[0].parts:
        values = [one.parts[part] * 1e3 for one in found]
        lines.append(
            f"{part:22} median {median(values):6.0f} ms, p95 {world.percentile(values, 0.95):6.0f} ms"
        )
    counts = Counter(one.calls for one in found)
    return [*lines, "orders by ERP calls: " + ", ".join(f"{n} x {c}" for c, n in sorted(counts.items()))]


if __name__ == "__main__":
    main()
