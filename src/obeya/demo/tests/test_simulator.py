"""The live plant: what it does and when, and how it uses pages."""

import itertools
import random

import httpx
import pytest

from obeya.demo import pages, plant, simulator

PAGE = """
<form action="/search"><input name="q"></form>
<form method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc"><input type="hidden" name="hold_id" value="7">
  <label><input type="radio" name="reason" value="dimension">Size</label>
  <label><input type="radio" name="reason" value="colour" checked>Colour</label>
  <select name="unit"><option value="">-</option><option value="ctn">Cartons</option></select>
  <textarea name="note"></textarea><button name="go" value="1">Hold</button>
</form>
"""


@pytest.fixture(scope="module")
def found():
    return plant.load()


def acts(found, count, seed=1, pace_s=40.0):
    return list(itertools.islice(simulator.script(found, pace_s=pace_s, chance=random.Random(seed)), count))


def test_a_message_comes_every_twenty_to_sixty_seconds(found):
    waits = [act.wait_s for act in acts(found, 100)[1:] if act.message]
    assert min(waits) >= 10  # half a pause where a hold came between
    assert max(waits) <= 60
    assert 30 < sum(waits) / len(waits) < 45


def test_the_first_message_does_not_keep_people_waiting(found):
    assert acts(found, 1)[0].wait_s <= 1


def test_now_and_then_an_operator_holds_a_lot(found):
    holds = sum(act.message is None for act in acts(found, 400))
    assert 20 <= holds <= 80


def test_clear_messages_and_others_are_mixed(found):
    kinds = [act.message.kind for act in acts(found, 120) if act.message]
    assert 0.5 < kinds.count("clear") / len(kinds) < 0.8
    assert {message.kind for message in found.messages} == set(kinds)


def test_the_same_seed_plays_the_same_plant(found):
    assert acts(found, 50, seed=3) == acts(found, 50, seed=3)
    assert acts(found, 50, seed=3) != acts(found, 50, seed=4)


def test_no_customer_orders_more_in_a_day_than_credit_bears(found):
    elapsed = 0.0
    orders: dict[str, list[float]] = {}
    for act in acts(found, 2_000):
        elapsed += act.wait_s
        if act.message and act.message.kind == "clear":
            orders.setdefault(act.message.customer, []).append(elapsed)
    assert elapsed > 4 * simulator.DAY_S
    for times in orders.values():
        most = max(sum(at - simulator.DAY_S < one <= at for one in times) for at in times)
        assert most <= simulator.MOST_A_DAY
    assert min(len(times) for times in orders.values()) > simulator.MOST_A_DAY


def test_the_same_order_comes_in_other_sizes_and_with_its_number(found):
    [message] = [one for one in found.messages if one.text == "safed dhakkan 12 peti bhej do"]
    texts = {simulator.varied(message, random.Random(seed)) for seed in range(60)}
    assert len(texts) > 50
    amounts = {int(text.split(" peti")[0].rsplit(" ", 1)[1]) for text in texts}
    assert min(amounts) == 4
    assert max(amounts) == 12
    assert 30 <= sum(text.startswith("PO-") for text in texts) < 60


def test_a_size_in_a_name_and_a_message_that_tests_something_stay_as_they_are(found):
    [message] = [one for one in found.messages if one.text.startswith("PO AN-3321")]
    assert "250 g jar" in simulator.varied(message, random.Random(1))
    assert "63 mm jar lid white 1 carton" in simulator.varied(message, random.Random(1))
    for other in (one for one in found.messages if one.kind != "clear"):
        fresh = simulator.with_fresh_reference(other.text, random.Random(1))
        assert simulator.varied(other, random.Random(1)) == fresh


def test_a_customer_never_gives_an_order_number_twice():
    chance = random.Random(1)
    texts = {simulator.with_fresh_reference("SJP/25/1002 syrup bottle 200 12 ctn", chance) for _ in range(20)}
    assert len(texts) > 15
    assert all(text.startswith("SJP/25/") and text.endswith(" syrup bottle 200 12 ctn") for text in texts)


@pytest.mark.parametrize("text", ["pandhre zakan 28 6 khoke pathva", "MOQ 5000 pcs", "cap 28 TE-BLU 20"])
def test_quantities_are_no_order_numbers(text):
    assert simulator.with_fresh_reference(text, random.Random(1)) == text


def test_a_form_is_read_with_its_hidden_fields_and_choices():
    form = pages.forms_of(PAGE)[1]
    assert form.values["hold_id"] == "7"
    assert form.values["reason"] == "colour"
    assert form.choices["reason"] == ["dimension", "colour"]
    assert form.choices["unit"] == ["ctn"]


def test_a_visitor_sends_hidden_fields_back():
    sent: dict[str, str] = {}

    def answer(request):
        if request.method == "POST":
            sent.update(item.split("=") for item in request.content.decode().split("&"))
            return httpx.Response(200)
        return httpx.Response(200, html=PAGE)

    visitor = pages.Visitor("http://obeya.example", transport=httpx.MockTransport(answer))
    visitor.send(visitor.form("/terminal", having="hold_id"), reason="dimension")
    visitor.close()
    assert sent["csrfmiddlewaretoken"] == "abc"
    assert sent["reason"] == "dimension"


@pytest.mark.parametrize("status", [404, 422, 500])
def test_a_page_that_refuses_is_told(status):
    visitor = pages.Visitor(
        "http://obeya.example", transport=httpx.MockTransport(lambda _: httpx.Response(status))
    )
    with pytest.raises(pages.CannotUsePage, match=str(status)):
        visitor.form("/login", having="password")


def test_a_line_that_breaks_is_told():
    def break_off(request):
        raise httpx.ConnectError("refused", request=request)

    visitor = pages.Visitor("http://obeya.example", transport=httpx.MockTransport(break_off))
    with pytest.raises(pages.CannotUsePage, match="refused"):
        visitor.form("/login", having="password")
