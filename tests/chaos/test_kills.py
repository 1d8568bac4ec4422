"""Whatever process is killed at whatever moment: one order a message, one posting an outcome, nothing lost.

OBEYA_CHAOS_POINTS sets at how many moments something is killed (30), OBEYA_CHAOS_SEED which ones.
"""

import os
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from obeya.lib import postgres
from tests.chaos import rig as rigs

pytestmark = [pytest.mark.chaos, pytest.mark.erp, pytest.mark.slow]

POINTS = int(os.environ.get("OBEYA_CHAOS_POINTS", "30"))
SEED = int(os.environ.get("OBEYA_CHAOS_SEED", "1"))
LATEST_KILL_S = {"order": 1.2, "hold": 2.5}
"""So long after its beginning may a story be hit: it is over about then."""
WINDOW_S = 30
"""The shortest there is: windows of the first half of the play end about with it."""
SETTLED_WITHIN_S = 120
STOPS = 2
"""How often PostgreSQL is stopped."""
ANSWERS = {
    "planning": ("ravi", "no_effect"),
    "materials": ("imran", "not_needed"),
    "quality": ("meera", "keep_on_hold"),
}
LAST_ANSWER = ("kavita", "no_customer")


@dataclass
class Told:
    """What was set going: references by WhatsApp message id, and lots, answered in full or not."""

    orders: dict[str, str] = field(default_factory=dict)
    decided: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def told(rig):
    """Kill something at each of the points of a random play of both stories, then let all settle."""
    rig.change(f"UPDATE cases_route SET window_s = {WINDOW_S}")
    for username in ("lata", "asha", LAST_ANSWER[0], *(name for name, _ in ANSWERS.values())):
        rig.log_in(username)
    chance, told = random.Random(SEED), Told()
    lots = lots_in_store(rig)
    chance.shuffle(lots)
    with ThreadPoolExecutor(2) as pool:
        for number in range(POINTS):
            kind = "hold" if number % 3 == 1 and lots else "order"
            story = (
                pool.submit(hold, rig, told, lots.pop(), full=number % 2 == 0 or number > POINTS / 2)
                if kind == "hold"
                else pool.submit(order, rig, told, number)
            )
            threading.Event().wait(chance.uniform(0, LATEST_KILL_S[kind]))
            rig.kill(chance.choice(rigs.NAMES))
            story.result(120)
    accept_what_waits(rig)
    settle(rig)
    return told


def lots_in_store(rig):
    """Numbers of lots that lie in the store for finished goods, each of one item."""
    return sorted({at.lot for at in rig.erp.found.stock if at.location == "FG" and at.lot})


def order(rig, told, number):
    """A customer orders what they ordered before."""
    reference = f"CH/{SEED}{number:04d}"
    writers = [one for one in rig.erp.found.customers if is_writer(one)]
    customer = writers[number % len(writers)]
    line = usual(rig, customer.code)
    text = f"PO {reference}: {line.sku} {line.qty.normalize():f} {line.uom}"
    told.orders[rig.write(customer.phone, text)] = reference


def is_writer(customer):
    """Has credit for many orders, and no number in a place's name that could be taken for a quantity."""
    has_credit = customer.credit_limit - customer.receivable > 200_000
    return has_credit and not any(map(str.isdigit, "".join(customer.ship_to)))


def usual(rig, customer):
    """The smallest line that a customer ordered before."""
    lines = [line for past in rig.erp.found.history if past.customer == customer for line in past.lines]
    return min(lines, key=lambda line: line.qty * line.unit_price)


def hold(rig, told, lot, *, full):
    """An operator holds a lot, and people answer; without `full` one of them does not."""
    rig.send("lata", "/terminal?machine=IM-1", having="hold_id", lot_code=lot, reason="leak", extent="whole")
    asked = dict(
        rig.rows(
            "SELECT r.function, r.id FROM decisions_request r JOIN cases_case c"
            " ON r.subject = 'case:' || c.id WHERE c.about LIKE %s",
            f"%:{lot}",
        )
    )
    assert len(asked) == 4, asked
    for function, (username, option) in ANSWERS.items():
        decide(rig, username, asked[function], option)
    if full:
        decide(rig, LAST_ANSWER[0], asked["customer_service"], LAST_ANSWER[1])
    (told.decided if full else told.unanswered).append(lot)


def decide(rig, username, request, option):
    rig.send(username, f"/requests/{request}", having="option", option=option, rationale="Looked at the lot")


def accept_what_waits(rig):
    """What the reader did not dare to book unseen, the order desk confirms."""
    rigs.eventually(
        lambda: not count(rig, "inbox_signal WHERE state = 'received'"), within_s=60, what="all is read"
    )
    for (waiting,) in rig.rows("SELECT id FROM orders_order WHERE state = 'waiting'"):
        rig.send("asha", f"/orders/{waiting}", having="csrfmiddlewaretoken", to=f"/orders/{waiting}/confirm")


def count(rig, table_where):
    return rig.value(f"SELECT count(*) FROM {table_where}")


UNDER_WAY = {
    "signals": "inbox_signal WHERE state = 'received'",
    "orders": "orders_order WHERE state <> 'booked'",
    "postings": "outbox_posting WHERE state <> 'posted'",
    "messages": "outbox_message WHERE channel = 'whatsapp' AND state = 'queued'",
    "cases": "cases_case WHERE state = 'resolving'",
    "events": "journal_pending",
    "jobs": "procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name <> 'sync'",
    "holds": "floor_hold h JOIN cases_case c ON c.id = h.case_id"
    " WHERE h.state = 'placed' AND c.state = 'closed'",
    "windows": "decisions_request WHERE state = 'open' AND escalations < 2 AND kind <> 'order_audit'",
}
"""What is not over yet; a window that nobody answers is over here once it has climbed, an audit has a day."""


def settle(rig):
    """Wait until nothing is under way any more."""

    def under_way():
        return {name: found for name, where in UNDER_WAY.items() if (found := count(rig, where))}

    def tell():
        return [(name, rig.rows(f"SELECT * FROM {UNDER_WAY[name]}")) for name in under_way()]

    rigs.eventually(lambda: not under_way(), within_s=SETTLED_WITHIN_S, what=tell)


def test_every_process_was_killed_and_came_back(rig, told):
    assert len(rig.kills) >= POINTS
    assert set(rig.kills) == set(rigs.NAMES)
    rigs.eventually(rig.is_well, within_s=30, what="the web answers")


def test_every_message_is_one_signal_one_order_and_one_confirmed_sale(rig, told):
    assert told.orders
    signals = rig.rows("SELECT natural_key, state, became FROM inbox_signal WHERE source = 'whatsapp'")
    for wamid in told.orders:
        ((_, state, became),) = [one for one in signals if wamid in one[0]]
        assert state == "understood"
        assert became.startswith("order:")
    assert count(rig, "orders_order") == len(told.orders)
    for reference in told.orders.values():
        (sale,) = rig.erp.sales(reference)
        assert sale["state"] in ("confirmed", "processing")
        assert len(sale["lines"]) == 1


def test_every_outcome_is_posted_once_and_every_case_closed(rig, told):
    assert told.decided
    states = dict(rig.rows("SELECT split_part(about, ':', 3), state FROM cases_case"))
    assert {states[lot] for lot in told.decided} == {"closed"}
    assert len(states) == len(told.decided) + len(told.unanswered)
    for lot in told.decided:
        (found,) = {(at.sku, at.lot) for at in rig.erp.found.stock if at.lot == lot}
        kept = sum(at.qty for at in rig.erp.found.stock if at.lot == lot)
        assert rig.erp.stock(*found) == {"HOLD": kept}
    for lot in told.unanswered:
        assert states[lot] == "open"
    keys = [key for (key,) in rig.rows("SELECT key FROM outbox_posting")]
    stamped = rig.erp.stamped()
    assert len(keys) == len(told.orders) + len(told.decided)
    assert Counter(key for key in keys for stamp in stamped if key in stamp) == Counter(keys)


def test_no_window_is_lost_and_none_climbs_twice(rig, told):
    climbed = rig.rows(
        "SELECT r.id, r.state, e.number, e.escalated_at >= e.due_at, e.escalated_at > coalesce(r.closed_at,"
        " 'infinity') FROM decisions_request r LEFT JOIN decisions_escalation e ON e.request_id = r.id"
        " WHERE r.function = 'customer_service'"
    )
    still_open = {request for request, state, *_ in climbed if state == "open"}
    assert len(still_open) == len(told.unanswered)
    for request in still_open:
        assert [row[2] for row in sorted(climbed) if row[0] == request][:2] == [1, 2]
    assert all(row[3] for row in climbed if row[2])
    assert not any(row[4] for row in climbed if row[2])
    twice = (
        "SELECT count(*) FROM outbox_message WHERE key LIKE 'escalation:%' GROUP BY key HAVING count(*) > 1"
    )
    assert rig.rows(twice) == []
    missing = (
        "decisions_escalation e WHERE NOT EXISTS (SELECT FROM outbox_message m"
        " WHERE m.key = 'escalation:' || e.request_id || ':' || e.number)"
    )
    assert count(rig, missing) == 0


def test_no_customer_is_told_twice(rig, told):
    keys = Counter(message.tracking for message in rig.meta.sent)
    assert not [key for key, times in keys.items() if times > 1]
    queued = "outbox_message WHERE channel = 'whatsapp' AND key LIKE 'order:%:confirmed'"
    assert count(rig, queued) == len(told.orders)
    unsure = count(rig, f"{queued} AND state IN ('sending', 'unknown')")
    assert len(rig.meta.sent) >= len(told.orders) - unsure


def test_no_job_failed_and_the_chain_verifies(rig, told):
    assert_sound(rig)


def assert_sound(rig):
    """No reaction was lost, and the journal is whole."""
    failed = "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'"
    assert rig.rows(f"{failed} AND queue_name IN ('reactions', 'signals')") == []
    proved = rig.command("journal", "verify")
    assert proved.returncode == 0, proved.stdout + proved.stderr


def test_one_delivery_forty_times_while_processes_die_is_one_sale(rig, told):
    reference = f"CH/{SEED}-FORTY"
    body = rig.delivery("+91 00000 20101", f"PO {reference}: 1 ctn CAP-28-BLU")
    before, chance = count(rig, "inbox_signal"), random.Random(SEED)
    with ThreadPoolExecutor(8) as pool:
        for name in ("web", "worker", "tick", "web", "worker"):
            deliveries = [pool.submit(rig.meta.deliver_body, body) for _ in range(8)]
            threading.Event().wait(chance.uniform(0, 0.3))
            rig.kill(name)
            assert all(delivery.result(90).accepted for delivery in deliveries)
    accept_what_waits(rig)
    settle(rig)
    assert count(rig, "inbox_signal") == before + 1
    assert len(rig.erp.sales(reference)) == 1


def test_postgresql_stopped_and_started_is_survived_by_the_same_processes(rig, told):
    rigs.eventually(rig.is_well, within_s=30, what="the web answers")
    ticks = "config_heartbeat WHERE pid = {}"  # one that was killed just before may still be starting
    rigs.eventually(
        lambda: count(rig, ticks.format(rig.pids()["tick"])), within_s=30, what="the ticker lives"
    )
    before, numbers = rig.pids(), range(900, 900 + STOPS * 3)
    with ThreadPoolExecutor(len(numbers)) as pool:
        written = []
        for stop in range(STOPS):
            written += [pool.submit(order, rig, told, number) for number in numbers[stop * 3 : stop * 3 + 3]]
            threading.Event().wait(0.3 * (stop + 1))  # in the middle of their work
            postgres.stop(rig.home / "postgres")
            rigs.eventually(lambda: not rig.is_well(), within_s=30, what="the web says that it cannot")
            postgres.start(rig.home / "postgres")
            rigs.eventually(rig.is_well, within_s=60, what="the web answers again")
        for one in written:
            one.result(90)
    accept_what_waits(rig)
    settle(rig)
    for number in numbers:
        assert len(rig.erp.sales(f"CH/{SEED}{number:04d}")) == 1
    assert rig.pids() == before
    assert_sound(rig)
