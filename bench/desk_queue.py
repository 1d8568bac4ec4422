"""The order desk with 10,000 orders in its queue, against the same desk with 100.

A few orders come in by the front door; they are then copied row by row in the database (the world is kept
between runs; building it is not timed). Each page is asked through the whole of Django without the socket,
nothing shared between requests. Target: every p95 below 100 ms at 10,000 orders. `ratio_*` is the median
at 10,000 over that at 100, both taken in this run, each in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

from bench import world

MANY, FEW = 10_000, 100
PAGES = {
    "list": "/orders",
    "filtered": "/orders?show=waiting&channel=whatsapp&doubt=item&age=3600",
    "searched": "/orders?q=screw+cap",
    "rare": "/orders?q=urgent77",
    "order": "/orders/{order}",
}
TEXTS = ("5 ctn 28 mm screw cap", "20 ctn CAP-28-WHT", "Please send 2 ctn CAP-28-WHT", "10 box cap")
COPY = """
DO $$
DECLARE o uuid; s uuid; source orders_order%ROWTYPE; r record; fresh uuid; line bigint; n integer;
BEGIN
  FOR n IN 1..{copies} LOOP
    SELECT * INTO source FROM orders_order
      WHERE reply_to LIKE 'first-%' ORDER BY id OFFSET n % {first} LIMIT 1;
    o := gen_random_uuid(); s := gen_random_uuid();
    INSERT INTO inbox_signal SELECT (jsonb_populate_record(i, jsonb_build_object('id', s, 'natural_key', s,
      'became', 'order:' || o))).* FROM inbox_signal i WHERE id = source.signal;
    INSERT INTO orders_order SELECT (jsonb_populate_record(source, jsonb_build_object('id', o, 'signal', s,
      'reply_to', 'copy', 'number', 'OB-2026-' || lpad((500000 + n)::text, 6, '0'),
      'text', source.text || ' urgent' || n % 500,
      'received_at', source.received_at - n * interval '11 seconds'))).*;
    FOR r IN SELECT * FROM orders_line WHERE order_id = source.id LOOP
      INSERT INTO orders_line SELECT (jsonb_populate_record(l, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('orders_line', 'id')), 'order_id', o))).*
        FROM orders_line l WHERE l.id = r.id;
    END LOOP;
    FOR r IN SELECT * FROM orders_doubt WHERE order_id = source.id LOOP
      fresh := gen_random_uuid();
      INSERT INTO decisions_request SELECT (jsonb_populate_record(q, jsonb_build_object('id', fresh,
        'key', fresh, 'subject', 'order:' || o))).* FROM decisions_request q WHERE q.id = r.request_id;
      SELECT c.id INTO line FROM orders_line c JOIN orders_line p ON p.position = c.position
        WHERE c.order_id = o AND p.id = r.line_id;
      INSERT INTO orders_doubt (request_id, order_id, line_id, kind, reason, settled_at)
        VALUES (fresh, o, line, r.kind, r.reason, r.settled_at);
    END LOOP;
  END LOOP;
END $$
"""


def recipe() -> str:
    """What the kept world depends on: its texts, and how this program and the tables make it."""
    migrations = sorted((world.ROOT / "src" / "obeya").glob("*/migrations/*.py"))
    paths = [Path(__file__), *migrations]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def build(orders: int) -> None:
    """The small plant, a few orders by the front door, the rest as copies of those that wait."""
    from django.db import connection
    from tests.worlds import small

    from obeya.inbox import actions as inbox
    from obeya.inbox import queries as signals
    from obeya.lib import clock
    from obeya.orders import actions

    small.create()
    for number, text in enumerate(TEXTS):
        key = f"first-{number}"
        got = inbox.receive(site=small.SITE, source="whatsapp", natural_key=key, body=text.encode())
        actions.take_message(
            signal=signals.get_signal(got.signal_id),
            channel="whatsapp",
            sender=small.PHONE,
            sender_name="Mahesh Kadam",
            text=text,
            sent_at=clock.now(),
            reply_to=key,
        )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET reply_to = '' WHERE state <> 'waiting'")
        cursor.execute("SELECT count(*) FROM orders_order WHERE reply_to LIKE 'first-%'")
        first = cursor.fetchone()[0]
        filled = COPY.replace("{copies}", str(orders - len(TEXTS))).replace("{first}", str(first))
        cursor.execute(filled)
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def measure(orders: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page, the pages in turn."""
    world.cached_database(f"desk_queue_{orders}", recipe(), lambda: build(orders))
    from django.contrib.auth import get_user_model
    from django.test import Client
    from tests.worlds import small

    from obeya.orders import queries

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(get_user_model().objects.get(username="asha"))
    (row,) = queries.list_orders(sites=[small.SITE], states=["waiting"], limit=1)
    took: dict[str, list[float]] = {name: [] for name in PAGES}
    for round_ in range(rounds + 2):
        for name, path in PAGES.items():
            began = time.perf_counter()
            answer = client.get(path.replace("{order}", str(row.id)))
            spent = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")
            if round_ >= 2:
                took[name].append(spent)
    return took


def alone(orders: int, rounds: int) -> dict[str, list[float]]:
    """The same in a process of its own: one process has one database."""
    words = [sys.executable, __file__, "--orders", str(orders), "--rounds", str(rounds)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    told: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return told


def figures(many: dict[str, list[float]], few: dict[str, list[float]]) -> dict[str, object]:
    """p50 and p95 of each page at the long queue, and the ratio of the medians."""
    told: dict[str, object] = {}
    for name in PAGES:
        told[f"{name}_p50_ms"] = round(world.percentile(many[name], 0.5), 1)
        told[f"{name}_p95_ms"] = round(world.percentile(many[name], 0.95), 1)
        told[f"ratio_{name}"] = round(world.percentile(many[name], 0.5) / world.percentile(few[name], 0.5), 2)
    told["p95_ms"] = max(round(world.percentile(many[name], 0.95), 1) for name in PAGES)
    return told


def main() -> None:
    """Measure both desks and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON and nothing else")
    parser.add_argument("--quick", action="store_true", help="a shorter queue and few rounds")
    parser.add_argument("--orders", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=40, help="how often each page is asked")
    args = parser.parse_args()
    if args.orders:
        print(json.dumps(measure(args.orders, args.rounds)))
        return
    many, rounds = (1_000, 5) if args.quick else (MANY, args.rounds)
    few = alone(FEW, rounds)
    result: dict[str, object] = {"orders": many, **figures(alone(many, rounds), few)}
    world.report(args, result, [world.load_note()])


if __name__ == "__main__":
    main()
