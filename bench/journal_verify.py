"""`obeya journal verify` over 1,000,000 events: how long it takes, and that it finds one flipped byte.

The world (four sites, stories of orders and holds) goes in through the journal's batch append and is kept
between runs; building it is not timed. Then the real command runs as people run it, start and all:

- over the sound journal. verify_s is the median of the runs, events_per_s follows from it; raw_read_s is
  the same rows merely fetched by a plain server-side cursor, beside each run; ratio = raw_read_s / verify_s.
- after one byte of one event's stored data was changed behind the database's back (triggers off, a place
  chosen by a fixed seed): it must name site, number in the site's chain and event, and nothing else.
- after that byte was put back: sound again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

import psycopg

from bench import world

STEP = 20_000
SEED = 7_041_776
WRITERS = ("lib/canonical.py", "journal/actions.py", "journal/events.py", "journal/rules.py")
"""What decides which bytes are stored: a kept world made by other code is built anew."""
RAW = "SELECT s.*, e.* FROM journal_seal s JOIN journal_event e ON e.id = s.event_id ORDER BY s.position"
FAULT = re.compile(r"FAULT  (site (\S+), event (\d+) \((\S+)\)): .*changed after it was written")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run of the command said."""

    took_s: float
    code: int
    proved: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Victim:
    """The event that is changed: its place, and its data as stored."""

    event: UUID
    site: str
    sequence: int
    data: str

    @property
    def place(self) -> str:
        """The place as the command should name it."""
        return f"site {self.site}, event {self.sequence} ({self.event})"


def recipe(events: int) -> str:
    """What the kept world depends on."""
    product = world.ROOT / "src" / "obeya"
    paths = [product / name for name in WRITERS] + sorted((product / "journal" / "migrations").glob("*.py"))
    paths.append(world.ROOT / "bench" / "stories.py")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    return f"{events} events by {digest}"


def build(events: int) -> None:
    """Append and seal so many events of the stories."""
    from django.db import connection

    from bench import stories
    from obeya.journal import actions

    source = islice(stories.drafts(), events)
    for _ in range(0, events, STEP):
        actions.append_many(islice(source, STEP))
        while actions.seal(limit=STEP):
            pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
    connection.close()


def verify() -> Verdict:
    """Run the command in a process of its own."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "obeya.cli", "journal", "verify"], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    told = re.match(r"(\d+) events proved", done.stdout)
    if told is None:
        raise SystemExit(f"The command failed:\n{done.stdout}\n{done.stderr}")
    faults = tuple(line for line in done.stdout.splitlines() if line.startswith("FAULT"))
    return Verdict(took, done.returncode, int(told[1]), faults)


def raw_read(url: str) -> float:
    """Seconds to fetch the rows that the command fetches, and do nothing with them."""
    began = time.perf_counter()
    with psycopg.connect(url) as connection, connection.cursor(name="raw") as cursor:
        cursor.itersize = 5_000
        for _ in cursor.execute(RAW):
            pass
    return time.perf_counter() - began


def choose(url: str, events: int, chance: random.Random) -> Victim:
    """An event at a place by chance."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT e.id, e.site, s.sequence, e.data::text FROM journal_seal s"
            " JOIN journal_event e ON e.id = s.event_id WHERE s.position = %s",
            [chance.randint(1, events)],
        ).fetchone()
    assert row is not None
    return Victim(*row)


def one_byte_off(connection: psycopg.Connection[Any], text: str, chance: random.Random) -> str:
    """`text` with the lowest bit of one byte flipped, such that the database can store exactly that."""
    places = [at for at, letter in enumerate(text) if letter.isascii() and letter.isalnum()]
    for at in chance.sample(places, len(places)):
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        with contextlib.suppress(json.JSONDecodeError):
            json.loads(changed)
            row = connection.execute("SELECT %s::jsonb::text", [changed]).fetchone()
            if row is not None and row[0] == changed:
                return changed
    raise SystemExit(f"No byte of {text!r} can be flipped.")


def overwrite(connection: psycopg.Connection[Any], victim: Victim, data: str) -> None:
    """Change an event's data as somebody could who owns the database."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE journal_event SET data = %s::jsonb WHERE id = %s", [data, victim.event])


@contextlib.contextmanager
def flipped(url: str, name: str, kept: str, victim: Victim, chance: random.Random) -> Iterator[None]:
    """One byte of the victim's data is another one; put back at the end."""
    with psycopg.connect(url, autocommit=True) as connection:
        changed = one_byte_off(connection, victim.data, chance)
        assert sum(a != b for a, b in zip(victim.data.encode(), changed.encode(), strict=True)) == 1
        world.mark(name, "")
        overwrite(connection, victim, changed)
        yield
        overwrite(connection, victim, victim.data)
        world.mark(name, kept)


def check_sound(verdict: Verdict, events: int) -> None:
    """End the benchmark unless the command proved everything."""
    if (verdict.code, verdict.proved, verdict.faults) != (0, events, ()):
        raise SystemExit(f"A sound journal was not proved: {verdict}")


def place_found(verdict: Verdict, victim: Victim) -> str:
    """The place that the command named. Ends the benchmark unless it is the only one and the right one."""
    told = [found for line in verdict.faults if (found := FAULT.match(line))]
    if verdict.code != 1 or len(verdict.faults) != 1 or len(told) != 1 or told[0][1] != victim.place:
        raise SystemExit(f"The flipped byte is at {victim.place}, but the command said: {verdict}")
    return told[0][1]


def measure(events: int) -> dict[str, object]:
    """Prove the sound journal, the damaged one and the mended one."""
    name, kept, chance = f"bench_verify_{events}", recipe(events), random.Random(SEED)
    url = world.cached_database(name, kept, lambda: build(events))
    victim = choose(url, events, chance)
    raw, sound = [raw_read(url)], [verify()]
    with flipped(url, name, kept, victim, chance):
        damaged = verify()
        place = place_found(damaged, victim)
    raw.append(raw_read(url))
    sound.append(verify())
    for verdict in sound:
        check_sound(verdict, events)
    took, read = median(one.took_s for one in sound), median(raw)
    return {
        "events": events,
        "verify_s": took,
        "events_per_s": events / took,
        "raw_read_s": read,
        "ratio": read / took,
        "found": True,
        "place": place,
        "found_s": damaged.took_s,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def main() -> None:
    """Measure and print."""
    args = world.arguments(__doc__ or "")
    try:
        result = measure(20_000 if args.quick else 1_000_000)
    finally:
        world.stop_server()
    world.report(args, result, [world.load_note()])


if __name__ == "__main__":
    main()
