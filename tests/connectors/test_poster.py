"""Any ERP connector's poster makes one document from one command, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import pytest

from obeya.outbox import ports
from tests.connectors import commands, harness

pytestmark = pytest.mark.erp

NewKey = Callable[[], str]


def post(erp: harness.Harness, key: str, payload: ports.Payload) -> ports.Answer:
    return erp.poster.post(ports.Command(key=key, payload=payload))


def posted(erp: harness.Harness, key: str, payload: ports.Payload) -> ports.Posted:
    answer = post(erp, key, payload)
    assert isinstance(answer, ports.Posted), answer
    return answer


def rejected(erp: harness.Harness, key: str, payload: ports.Payload) -> ports.Rejected:
    answer = post(erp, key, payload)
    assert isinstance(answer, ports.Rejected), answer
    return answer


# Sales orders


def test_an_order_is_confirmed_and_carries_the_customers_reference(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    key, payload = new_key(), commands.order(erp_under_test, reference="MB-9002")
    assert erp_under_test.poster.find(key, payload) is None
    number = posted(erp_under_test, key, payload).erp_refs["number"]
    assert len(erp_under_test.documents(key)) == 1
    mine = erp_under_test.open_lines(number)
    assert [(row.customer_reference, row.uom, row.quantity, row.unit_price) for row in mine] == [
        ("MB-9002", "ctn", Decimal(2), Decimal(4000))
    ]
    found = erp_under_test.poster.find(key, payload)
    assert found is not None
    assert found.complete
    assert found.erp_refs["number"] == number


def test_the_same_command_again_creates_nothing(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    key, payload = new_key(), commands.order(erp_under_test)
    first = posted(erp_under_test, key, payload)
    again = post(erp_under_test, key, payload)
    assert isinstance(again, ports.Replayed)
    assert again.erp_refs["number"] == first.erp_refs["number"]
    assert len(erp_under_test.documents(key)) == 1


def test_another_payload_under_the_same_key_is_a_conflict(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    key = new_key()
    posted(erp_under_test, key, commands.order(erp_under_test, cartons=2))
    assert isinstance(post(erp_under_test, key, commands.order(erp_under_test, cartons=3)), ports.Conflict)
    assert len(erp_under_test.documents(key)) == 1


def test_over_credit_is_refused_with_the_figures(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    key = new_key()
    payload = commands.order(erp_under_test, customer="VDH01", sku="BTL-100-WHT", cartons=200)
    answer = rejected(erp_under_test, key, payload)
    assert answer.code == "credit_limit"
    assert "120000" in answer.text
    assert "150000" in answer.text
    assert answer.erp_refs["number"]
    found = erp_under_test.poster.find(key, payload)
    assert found is not None
    assert not found.complete
    assert rejected(erp_under_test, key, payload).code == "credit_limit"
    assert len(erp_under_test.documents(key)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"customer": "NOBODY"}, "unknown_customer"),
        ({"sku": "CAP-99-PNK", "uom": "pcs"}, "unknown_item"),
        ({"uom": "drum"}, "unit_not_sold"),
        ({"ship_to": "Mumbai godown"}, "unknown_ship_to"),
    ],
)
def test_what_the_erp_does_not_know_is_refused_by_name_and_nothing_is_created(
    erp_under_test: harness.Harness, new_key: NewKey, changes: dict[str, str], code: str
) -> None:
    key = new_key()
    payload = commands.order(erp_under_test, **changes)  # type: ignore[arg-type]  # names and codes
    answer = rejected(erp_under_test, key, payload)
    assert answer.code == code
    assert next(iter(changes.values())) in answer.text
    assert erp_under_test.documents(key) == []


def test_an_order_goes_to_the_named_place(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    payload = commands.order(erp_under_test, customer="SNJ01", sku="CLS-CR-28-WHT", ship_to="Waluj warehouse")
    posted(erp_under_test, new_key(), payload)


# Goods movements and holds


def test_a_movement_moves_the_lot(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    before = erp_under_test.stock("CAP-28-TE-WHT", "CTW-0519")
    posted(erp_under_test, new_key(), commands.movement(erp_under_test, 100))
    after = erp_under_test.stock("CAP-28-TE-WHT", "CTW-0519")
    assert after["FG"] == before["FG"] - 100
    assert after["WIP"] == before.get("WIP", 0) + 100


def test_more_than_there_is_does_not_move_and_leaves_nothing_behind(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    key, before = new_key(), erp_under_test.stock("CAP-28-TE-WHT", "CTW-0519")
    answer = rejected(erp_under_test, key, commands.movement(erp_under_test, 900_000))
    assert answer.code == "not_available"
    assert "CTW-0519" in answer.text
    assert erp_under_test.documents(key) == []
    assert erp_under_test.stock("CAP-28-TE-WHT", "CTW-0519") == before


def test_what_could_not_be_moved_may_be_tried_again_when_it_is_there(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    erp, key = erp_under_test, new_key()
    moved = ports.LotQuantity(sku="CLS-FT-24-BLK", quantity=Decimal(20000), lot="FTB-0212")
    back = ports.GoodsMovement(moves=(moved,), from_location="WIP", to_location="FG", posted_on=erp.today)
    assert rejected(erp, key, back).code == "not_available"
    assert rejected(erp, key, back).code == "not_available"
    there = ports.GoodsMovement(moves=(moved,), from_location="FG", to_location="WIP", posted_on=erp.today)
    posted(erp, new_key(), there)
    posted(erp, key, back)
    assert len(erp.documents(key)) == 1


def test_what_somebody_cancelled_in_the_erp_is_not_made_again(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    erp, key, payload = erp_under_test, new_key(), commands.movement(erp_under_test, 20)
    posted(erp, key, payload)
    posted(erp, new_key(), ports.Reverse(key_to_reverse=key, reason="cancelled by hand, as it were"))
    answer = post(erp, key, payload)
    assert isinstance(answer, ports.Conflict)
    assert "cancelled" in answer.text
    found = erp.poster.find(key, payload)
    assert found is not None
    assert not found.complete
    assert erp.documents(key) == []


def test_a_lot_that_does_not_exist_is_named(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    answer = rejected(erp_under_test, new_key(), commands.movement(erp_under_test, lot="NO-SUCH"))
    assert (answer.code, "NO-SUCH" in answer.text) == ("unknown_lot", True)


def test_a_held_lot_lies_in_the_hold_location_and_comes_back_when_released(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    before = erp_under_test.stock("CAP-28-BLU", "CB28-0871")
    posted(erp_under_test, new_key(), commands.lot_status(erp_under_test, "hold"))
    held = erp_under_test.stock("CAP-28-BLU", "CB28-0871")
    assert (held["HOLD"], held["FG"]) == (Decimal(5000), before["FG"] - 5000)
    posted(erp_under_test, new_key(), commands.lot_status(erp_under_test, "released"))
    assert erp_under_test.stock("CAP-28-BLU", "CB28-0871") == before


def test_a_released_lot_goes_back_to_the_places_that_are_named(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    before = erp_under_test.stock("RES-PP-CLR", "RPC-0714")

    def status(name: Literal["hold", "released"]) -> ports.LotStatus:
        moves = tuple(
            ports.LotQuantity(sku="RES-PP-CLR", quantity=Decimal(kg), lot="RPC-0714", location=place)
            for place, kg in (("RM", 7), ("LS-MOULD", 3))
        )
        return ports.LotStatus(
            sku="RES-PP-CLR", lot="RPC-0714", status=name, moves=moves, posted_on=erp_under_test.today
        )

    posted(erp_under_test, new_key(), status("hold"))
    held = erp_under_test.stock("RES-PP-CLR", "RPC-0714")
    assert (held["HOLD"], held["LS-MOULD"]) == (before.get("HOLD", 0) + 10, before["LS-MOULD"] - 3)
    posted(erp_under_test, new_key(), status("released"))
    assert erp_under_test.stock("RES-PP-CLR", "RPC-0714") == before


def test_a_scrapped_lot_leaves_stock(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    payload = commands.lot_status(erp_under_test, "hold", 500)
    posted(erp_under_test, new_key(), payload)
    posted(erp_under_test, new_key(), commands.lot_status(erp_under_test, "scrapped", 500))
    assert "HOLD" not in erp_under_test.stock("CAP-28-BLU", "CB28-0871")


def test_a_lot_is_gathered_from_several_places(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    moves = tuple(
        ports.LotQuantity(sku="RES-PP-CLR", quantity=Decimal(10), lot="RPC-0714", location=place)
        for place in ("RM", "LS-MOULD")
    )
    payload = ports.LotStatus(
        sku="RES-PP-CLR", lot="RPC-0714", status="hold", moves=moves, posted_on=erp_under_test.today
    )
    posted(erp_under_test, new_key(), payload)
    assert erp_under_test.stock("RES-PP-CLR", "RPC-0714")["HOLD"] == 20


# Production


def test_partial_confirmations_book_yield_scrap_and_consumption_and_the_final_one_closes_the_order(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    erp = erp_under_test
    order = erp.on_machine("IM-1")
    resin = erp.stock("RES-PP-IM", "RPP-2231")
    posted(erp, new_key(), commands.confirmation(erp, order.number))
    second = new_key()
    posted(erp, second, commands.confirmation(erp, order.number, 20000, scrap=0, resin_kg="42.8"))
    assert erp.stock("CAP-28-WHT", "CW28-2417") == {"FG": Decimal(30000)}
    assert erp.stock("RES-PP-IM", "RPP-2231")["LS-MOULD"] == resin["LS-MOULD"] - Decimal("64.2")
    open_order = erp.production_order(order.number)
    assert (open_order.quantity, open_order.state) == (order.quantity, "released")
    posted(erp, new_key(), ports.Reverse(key_to_reverse=second, reason="counted twice"))
    assert erp.stock("CAP-28-WHT", "CW28-2417") == {"FG": Decimal(10000)}
    assert erp.stock("RES-PP-IM", "RPP-2231")["LS-MOULD"] == resin["LS-MOULD"] - Decimal("21.4")
    assert erp.production_order(order.number).quantity == order.quantity
    posted(erp, new_key(), commands.confirmation(erp, order.number, 5000, resin_kg="10.7", final=True))
    assert erp.stock("CAP-28-WHT", "CW28-2417") == {"FG": Decimal(15000)}
    assert order.number not in {row.number for row in erp.production_orders()}
    assert rejected(erp, new_key(), commands.confirmation(erp, order.number)).code == "wrong_state"


def test_consumption_beyond_stock_is_refused_and_the_order_stays_as_it_was(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    order = erp_under_test.on_machine("BM-1")
    before = {row.number for row in erp_under_test.production_orders()}
    payload = ports.ProductionConfirmation(
        production_order=order.number,
        sku=order.sku,
        yield_quantity=Decimal(960),
        scrap_quantity=Decimal(0),
        consumed=(
            ports.LotQuantity(sku="RES-HD-BM", quantity=Decimal(90_000), lot="RHB-1102", location="LS-EXT"),
        ),
        output_lot="B1Y-0451",
        posted_on=erp_under_test.today,
        final=False,
    )
    key = new_key()
    answer = rejected(erp_under_test, key, payload)
    assert (answer.code, "RHB-1102" in answer.text) == ("not_available", True)
    assert erp_under_test.documents(key) == []
    assert erp_under_test.production_order(order.number) == order
    assert {row.number for row in erp_under_test.production_orders()} == before


def test_a_confirmation_of_another_item_or_order_is_refused(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    order = erp_under_test.on_machine("BM-1")
    other = commands.confirmation(erp_under_test, order.number)
    assert rejected(erp_under_test, new_key(), other).code == "other_item"
    nothing = commands.confirmation(erp_under_test, "MO-99999")
    assert rejected(erp_under_test, new_key(), nothing).code == "unknown_order"


def test_a_lot_that_the_erp_has_never_seen_is_made_with_the_goods(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    order = erp_under_test.on_machine("IM-2")
    payload = ports.ProductionConfirmation(
        production_order=order.number,
        sku=order.sku,
        yield_quantity=Decimal(1600),
        scrap_quantity=Decimal(0),
        consumed=(),
        output_lot="L95-0933",
        posted_on=erp_under_test.today,
        final=False,
    )
    posted(erp_under_test, new_key(), payload)
    assert erp_under_test.stock(order.sku, "L95-0933") == {"FG": Decimal(1600)}


# Deliveries


def test_an_order_is_shipped_with_the_lots_that_were_loaded_and_later_delivered(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    erp = erp_under_test
    number = posted(erp, new_key(), commands.order(erp)).erp_refs["number"]
    before = erp.stock("CAP-28-TE-BLU", "CTB-0622")
    shipped, loaded = new_key(), commands.delivery(erp, number, "shipped")
    posted(erp, shipped, loaded)
    assert isinstance(post(erp, shipped, loaded), ports.Replayed)
    assert erp.stock("CAP-28-TE-BLU", "CTB-0622")["FG"] == before["FG"] - 8000
    assert [row.open_quantity for row in erp.open_lines(number)] == [Decimal(0)]
    posted(erp, new_key(), commands.delivery(erp, number, "delivered"))
    assert isinstance(post(erp, shipped, loaded), ports.Replayed)
    assert rejected(erp, new_key(), loaded).code == "nothing_to_ship"


def test_a_part_of_an_order_may_leave_first(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    erp = erp_under_test
    number = posted(erp, new_key(), commands.order(erp)).erp_refs["number"]
    posted(erp, new_key(), commands.delivery(erp, number, "shipped", quantity=4000))
    posted(erp, new_key(), commands.delivery(erp, number, "delivered", quantity=4000))
    posted(erp, new_key(), commands.delivery(erp, number, "shipped", quantity=4000))
    posted(erp, new_key(), commands.delivery(erp, number, "delivered", quantity=4000))


def test_goods_that_nobody_ordered_do_not_ship(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    order = commands.order(erp_under_test, sku="CAP-28-TE-WHT")
    number = posted(erp_under_test, new_key(), order).erp_refs["number"]
    answer = rejected(erp_under_test, new_key(), commands.delivery(erp_under_test, number, "shipped"))
    assert answer.code == "not_ordered"


# Reversals and the line


def test_a_movement_is_reversed_by_the_erps_own_means_and_only_once(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    erp, key = erp_under_test, new_key()
    before = erp.stock("CAP-28-TE-WHT", "CTW-0519")
    posted(erp, key, commands.movement(erp, 300))
    reverse = ports.Reverse(key_to_reverse=key, reason="wrong lot")
    undo = new_key()
    assert erp.poster.find(undo, reverse) is None
    posted(erp, undo, reverse)
    assert erp.stock("CAP-28-TE-WHT", "CTW-0519") == before
    assert isinstance(post(erp, undo, reverse), ports.Replayed)
    found = erp.poster.find(undo, reverse)
    assert found is not None
    assert found.complete


def test_nothing_is_reversed_where_nothing_was_posted(
    erp_under_test: harness.Harness, new_key: NewKey
) -> None:
    reverse = ports.Reverse(key_to_reverse=new_key(), reason="never happened")
    assert rejected(erp_under_test, new_key(), reverse).code == "nothing_to_reverse"


def test_an_erp_that_is_away_has_surely_got_nothing(erp_under_test: harness.Harness, new_key: NewKey) -> None:
    _, poster = erp_under_test.connect("http://127.0.0.1:9", 1.0)
    payload = commands.order(erp_under_test)
    answer = poster.post(ports.Command(key=new_key(), payload=payload))
    assert isinstance(answer, ports.Unknown)
    assert not answer.sent
    with pytest.raises(ports.CannotAskErp):
        poster.find(new_key(), payload)
