"""Exactly one document, whichever answer is lost on the way, wherever in the sequence it is lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from obeya.outbox import ports
from tests.connectors import commands, fault_proxy, harness

pytestmark = pytest.mark.erp

NewKey = Callable[[], str]
Fault = fault_proxy.Fault
COMMITTED = (Fault.DROP_ANSWER, Fault.HALF_ANSWER, Fault.ANSWER_500)
NOT_COMMITTED = (Fault.LOSE_REQUEST, Fault.TURN_AWAY)
PATIENCE_S = 20.0


def writes(erp: harness.Harness, proxy: fault_proxy.FaultProxy) -> list[str]:
    return [line for line in proxy.seen if erp.is_write(line)]


def at_every_write(
    erp: harness.Harness,
    proxy: fault_proxy.FaultProxy,
    fault: fault_proxy.Fault,
    make: Callable[[], tuple[str, ports.Payload]],
    check: Callable[[str], None],
) -> None:
    """Post again and again, each time losing the next write, until a run has no such write any more."""
    _, poster = erp.connect(proxy.url, PATIENCE_S)
    position = 0
    while True:
        position += 1
        key, payload = make()
        proxy.arm(fault, nth=position, matching=erp.is_write)
        answer = harness.settle(poster, ports.Command(key=key, payload=payload))
        unused = proxy.disarm()
        assert isinstance(answer, ports.Posted | ports.Replayed), (position, fault, answer)
        assert len(erp.documents(key)) == 1, (position, fault)
        check(key)
        if unused:
            assert position > 2
            return


@pytest.mark.parametrize("fault", [Fault.DROP_ANSWER, Fault.ANSWER_500, Fault.LOSE_REQUEST])
def test_one_order_whichever_answer_is_lost(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey, fault: fault_proxy.Fault
) -> None:
    def check(key: str) -> None:
        assert erp_under_test.documents(key)[0]["state"] in ("confirmed", "processing")

    at_every_write(
        erp_under_test,
        proxy,
        fault,
        lambda: (new_key(), commands.order(erp_under_test, customer="KRS01", sku="CAP-28-RED", cartons=1)),
        check,
    )


def test_a_lot_moves_once_whichever_answer_is_lost(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    expected = erp_under_test.stock("CAP-28-TE-WHT", "CTW-0519")["FG"]

    def check(key: str) -> None:
        nonlocal expected
        expected -= 10
        assert erp_under_test.stock("CAP-28-TE-WHT", "CTW-0519")["FG"] == expected

    at_every_write(
        erp_under_test,
        proxy,
        Fault.DROP_ANSWER,
        lambda: (new_key(), commands.movement(erp_under_test, 10)),
        check,
    )


def test_a_lot_in_several_places_is_held_once_whichever_answer_is_lost(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    expected = erp_under_test.stock("RES-PP-CLR", "RPC-0714").get("HOLD", Decimal(0))

    def make() -> tuple[str, ports.Payload]:
        moves = tuple(
            ports.LotQuantity(sku="RES-PP-CLR", quantity=Decimal(1), lot="RPC-0714", location=place)
            for place in ("RM", "LS-MOULD")
        )
        return new_key(), ports.LotStatus(
            sku="RES-PP-CLR", lot="RPC-0714", status="hold", moves=moves, posted_on=erp_under_test.today
        )

    def check(key: str) -> None:
        nonlocal expected
        expected += 2
        assert erp_under_test.stock("RES-PP-CLR", "RPC-0714")["HOLD"] == expected

    at_every_write(erp_under_test, proxy, Fault.DROP_ANSWER, make, check)


def test_production_is_confirmed_once_whichever_answer_is_lost(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    erp = erp_under_test
    order = erp.on_machine("IM-1")
    made = erp.stock("CAP-28-WHT", "CW28-2417").get("FG", Decimal(0))

    def check(key: str) -> None:
        nonlocal made
        made += 100
        assert erp.stock("CAP-28-WHT", "CW28-2417")["FG"] == made
        assert erp.production_order(order.number).quantity == order.quantity

    at_every_write(
        erp,
        proxy,
        Fault.DROP_ANSWER,
        lambda: (new_key(), commands.confirmation(erp, order.number, 100, scrap=1, resin_kg="0.2")),
        check,
    )


def test_the_last_confirmation_closes_the_order_once_whichever_answer_is_lost(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    erp = erp_under_test
    order = erp.on_machine("IM-1")
    made = erp.stock("CAP-28-WHT", "CW28-2417").get("FG", Decimal(0))
    _, poster = erp.connect(proxy.url, PATIENCE_S)
    key = new_key()
    command = ports.Command(key=key, payload=commands.confirmation(erp, order.number, 700, final=True))
    for attempt in range(1, 20):
        proxy.arm(Fault.DROP_ANSWER, matching=erp.is_write)
        answer = poster.post(command)
        if proxy.disarm():
            break
        assert isinstance(answer, ports.Unknown), (attempt, answer)
    assert isinstance(answer, ports.Posted | ports.Replayed)
    assert erp.stock("CAP-28-WHT", "CW28-2417")["FG"] == made + 700
    assert [one["state"] for one in erp.documents(key)] == ["done"]


def test_goods_ship_and_arrive_once_whichever_answer_is_lost(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    erp = erp_under_test
    expected = erp.stock("CAP-28-TE-BLU", "CTB-0622")["FG"]
    numbers: list[str] = []

    def order_and_ship() -> tuple[str, ports.Payload]:
        answer = erp.poster.post(ports.Command(key=new_key(), payload=commands.order(erp, cartons=1)))
        assert isinstance(answer, ports.Posted)
        numbers.append(answer.erp_refs["number"])
        return new_key(), commands.delivery(erp, numbers[-1], "shipped", quantity=4000)

    def left_once(key: str) -> None:
        nonlocal expected
        expected -= 4000
        assert erp.stock("CAP-28-TE-BLU", "CTB-0622")["FG"] == expected

    at_every_write(erp, proxy, Fault.DROP_ANSWER, order_and_ship, left_once)
    waiting = iter(list(numbers))
    at_every_write(
        erp,
        proxy,
        Fault.DROP_ANSWER,
        lambda: (new_key(), commands.delivery(erp, next(waiting), "delivered", quantity=4000)),
        lambda key: None,
    )


@pytest.mark.parametrize("fault", [*COMMITTED, *NOT_COMMITTED, Fault.HOLD_ANSWER])
def test_what_is_unclear_is_said_so_and_nothing_more_is_sent(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey, fault: fault_proxy.Fault
) -> None:
    erp = erp_under_test
    _, poster = erp.connect(proxy.url, 1.0 if fault is Fault.HOLD_ANSWER else PATIENCE_S)
    key, payload = new_key(), commands.order(erp, customer="SRV01", sku="CLS-FT-24-WHT", cartons=1)
    proxy.arm(fault, matching=erp.is_write)
    answer = poster.post(ports.Command(key=key, payload=payload))
    assert isinstance(answer, ports.Unknown)
    assert answer.sent
    assert len(writes(erp, proxy)) == 1
    found = poster.find(key, payload)
    if fault in NOT_COMMITTED:
        assert found is None
        assert erp.documents(key) == []
    else:
        assert found is not None
        assert not found.complete
        assert found.step
        assert len(erp.documents(key)) == 1


@pytest.mark.parametrize("position", [1, 2, 3])
def test_one_order_when_the_erp_is_killed_while_it_books_it(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey, position: int
) -> None:
    erp = erp_under_test
    _, poster = erp.connect(proxy.url, PATIENCE_S)
    proxy.kill = erp.kill
    key, payload = new_key(), commands.order(erp, customer="SRV01", sku="CLS-FT-24-WHT", cartons=1)
    command = ports.Command(key=key, payload=payload)
    proxy.arm(Fault.KILL_ERP, nth=position, matching=erp.is_write)
    answer = poster.post(command)
    assert isinstance(answer, ports.Unknown)
    with pytest.raises(ports.CannotAskErp):
        erp.poster.find(key, payload)
    erp.revive()
    assert isinstance(harness.settle(poster, command), ports.Posted | ports.Replayed)
    assert [one["state"] in ("confirmed", "processing") for one in erp.documents(key)] == [True]


def test_an_erp_that_fails_while_it_is_asked_is_not_taken_for_an_empty_one(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    _, poster = erp_under_test.connect(proxy.url, PATIENCE_S)
    proxy.arm(Fault.ANSWER_500)
    with pytest.raises(ports.CannotAskErp):
        poster.find(new_key(), commands.order(erp_under_test))


def test_a_failed_look_before_posting_sends_nothing(
    erp_under_test: harness.Harness, proxy: fault_proxy.FaultProxy, new_key: NewKey
) -> None:
    _, poster = erp_under_test.connect(proxy.url, PATIENCE_S)
    proxy.arm(Fault.ANSWER_500)
    answer = poster.post(ports.Command(key=new_key(), payload=commands.order(erp_under_test)))
    assert isinstance(answer, ports.Unknown)
    assert not answer.sent
    assert writes(erp_under_test, proxy) == []
