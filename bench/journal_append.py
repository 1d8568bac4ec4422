"""Journal append with one reaction, against raw single-row commits on the same database.

Ours: one event with its digest and one deferred job, one transaction each, all on one site. The job waits
in `journal_pending`, written with the event; the sealer hands it to the workers in the journal's order.
sealed_per_s is how many events a second one sealer numbers, chains and hands over afterwards.
Raw: one row with the same attributes, one INSERT each, autocommit. Both with fsync on, both with
1 and with 8 connections, in turns within one run; the worse ratio counts.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import sys
import time
import uuid
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg

from bench import world

RAW = (
    "INSERT INTO bench_raw (id, type, version, site, subject, occurred_at, recorded_at, source, actor,"
    " correlation, data) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)

START_WITHIN_S = 120.0


def raw_writer(url: str, seconds: float, ready: Barrier, out: multiprocessing.Queue[int]) -> None:
    """Insert one row a transaction until time is up."""
    from datetime import UTC, datetime

    with psycopg.connect(url, autocommit=True) as connection:
        ready.wait(START_WITHIN_S)
        done, story, end = 0, uuid.uuid4(), time.time() + seconds
        while time.time() < end:
            now = datetime.now(UTC)
            connection.execute(
                RAW,
                (
                    uuid.uuid4(),
                    "bench.counted",
                    1,
                    "PUNE",
                    f"thing:{done}",
                    now,
                    now,
                    "bench",
                    "system",
                    story,
                    f'{{"number": {done}, "quantity": "12.50"}}',
                ),
            )
            done += 1
        out.put(done)


def our_writer(url: str, seconds: float, ready: Barrier, out: multiprocessing.Queue[int]) -> None:
    """Append one event with one reaction a transaction until time is up."""
    import os

    os.environ["OBEYA_DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obeya.config.settings")
    import django

    django.setup()
    from django.db import connection

    from obeya.journal import actions, events, reactions

    @events.register("bench.counted")
    @dataclasses.dataclass(frozen=True, slots=True)
    class Counted:
        number: int
        quantity: Decimal

    reactions.on("bench.counted", task="bench.react", queue="bench")
    origin = events.Origin("bench", "system", uuid.uuid4())
    connection.ensure_connection()
    ready.wait(START_WITHIN_S)
    done, end = 0, time.time() + seconds
    while time.time() < end:
        payload = Counted(done, Decimal("12.50"))
        actions.append(actions.Draft(payload=payload, site="PUNE", subject=f"thing:{done}", origin=origin))
        done += 1
    out.put(done)


def rate(target, url: str, connections: int, seconds: float) -> float:
    """Transactions a second of `connections` processes together."""
    spawn = multiprocessing.get_context("spawn")
    out = spawn.Queue()
    ready = spawn.Barrier(connections)  # all begin when the last one is ready, however busy the machine
    workers = [spawn.Process(target=target, args=(url, seconds, ready, out)) for _ in range(connections)]
    for worker in workers:
        worker.start()
    total = sum(out.get(timeout=120) for _ in workers)
    for worker in workers:
        worker.join()
    return total / seconds


def main() -> None:
    """Measure and print."""
    args = world.arguments(__doc__ or "")
    url = world.scratch_database("bench_journal")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE bench_raw (id uuid PRIMARY KEY, type text, version smallint, site text,"
            " subject text, occurred_at timestamptz, recorded_at timestamptz, source text, actor text,"
            " correlation uuid, data jsonb)"
        )
        settings = {
            name: connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        }
    rounds, seconds = (1, 1.5) if args.quick else (3, 4.0)
    result: dict[str, object] = {}
    notes = [f"{name} = {value}" for name, value in settings.items()]
    ratios = {}
    for connections in (1, 8):
        ours, raws = [], []
        for _ in range(rounds):
            raws.append(rate(raw_writer, url, connections, seconds))
            ours.append(rate(our_writer, url, connections, seconds))
        ratios[connections] = (
            median(o / r for o, r in zip(ours, raws, strict=True)),
            median(ours),
            median(raws),
        )
        _, our_rate, raw_rate = ratios[connections]
        notes.append(f"{connections} connection(s): ours {our_rate:.0f}/s, raw {raw_rate:.0f}/s")
    from obeya.journal import actions

    began = time.perf_counter()
    sealed = actions.seal_all()
    result["sealed_per_s"] = sealed / (time.perf_counter() - began)
    worst = min(ratios.values())
    result |= {"events_per_s": worst[1], "raw_per_s": worst[2], "ratio": worst[0], **settings}
    result |= {"ratio_1": ratios[1][0], "ratio_8": ratios[8][0]}
    world.stop_server()
    world.report(args, result, notes)


if __name__ == "__main__":
    main()
