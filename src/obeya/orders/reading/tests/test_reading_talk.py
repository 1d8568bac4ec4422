"""How people at work write: sets of colours, lines by number, a bare yes, names that sound like numbers."""

from datetime import date
from decimal import Decimal

import pytest

from obeya.orders.reading import reader, types
from obeya.orders.reading.tests import worlds


def _codes(reading: types.Reading) -> set[str]:
    return {doubt.code for doubt in reading.doubts}


def _company(
    rows: list[worlds.Row], history: list[types.PastOrder], customer: types.Customer, country: str = "AE"
) -> reader.Reader:
    zone = {"AE": "Asia/Dubai", "US": "America/Chicago", "IN": "Asia/Kolkata"}[country]
    company = types.Company(
        "Maker",
        country,
        "AED",
        zone,
        ("Mon", "Tue", "Wed", "Thu", "Fri"),
        ("en", "ar", "ur"),
        worlds.items(rows),
        (customer,),
        {"ctn": "ctn", "box": "box", "bx": "box", "boxes": "box"},
    )
    return worlds.reader_of((company, history))


@pytest.mark.parametrize("text", ["1.5 RYB 5 coil each", "1.5 RYB 5 set", "1.5 R Y B 5 coil each"])
def test_colour_letters_are_one_line_for_each_colour(text: str) -> None:
    read = worlds.WIRES.read(worlds.message("E1", text))
    assert {line[:2] for line in worlds.lines(read)} == {("FR-15-RED", 5), ("FR-15-YEL", 5), ("FR-15-BLU", 5)}


def test_the_poles_of_a_breaker_may_be_spelt_out() -> None:
    read = worlds.WIRES.read(worlds.message("E1", "mcb double pole 32 amp 6 nag"))
    assert worlds.lines(read) == [("MCB-32DP", 6, "pcs")]


@pytest.mark.parametrize(("total", "booked"), [(3, True), (5, False)])
def test_a_total_that_is_told_must_be_the_total(total: int, booked: bool) -> None:
    text = f"9w bulb 2 peti\n12w bulb 1 peti\ntotal {total} peti"
    assert worlds.WIRES.read(worlds.message("E1", text)).auto is booked


def test_a_place_where_goods_are_not_to_go_holds_nothing_back() -> None:
    text = "9w bulb 5 peti, godown mat bhejna Naya Ganj shop pe utarna"
    assert "condition" not in _codes(worlds.WIRES.read(worlds.message("E1", text)))
    assert "condition" in _codes(worlds.WIRES.read(worlds.message("E1", "9w bulb 5 peti mat bhejna")))


def test_what_is_sent_back_in_urdu_is_no_order_to_book() -> None:
    text = "کلوروکس 3 کارٹن واپس کرنے ہیں"
    assert not worlds.CLEANING.read(worlds.message("A1", text)).auto


_BOOKED = (
    worlds.turn("customer", "1. 9w bulb 5 peti\n2. 12w bulb 2 peti\n3. switch 6a 10 dibba"),
    worlds.turn("company", "Noted, thanks.", 2),
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "change line 2 to 4 peti, cancel line 3",
            [("LED-9", 5, "ctn"), ("LED-12", 4, "ctn")],
        ),
        (
            "make it 7 peti instead of 5, rest ok",
            [("LED-9", 7, "ctn"), ("LED-12", 2, "ctn"), ("SW-6", 10, "box")],
        ),
    ],
)
def test_lines_of_an_order_are_changed_by_number_or_by_what_stands(
    text: str, lines: list[tuple[str, int, str]]
) -> None:
    read = worlds.WIRES.read(worlds.message("E1", text, thread=_BOOKED))
    assert read.intent == "order_change"
    assert worlds.lines(read) == lines


def test_a_quantity_that_two_lines_have_says_not_which_of_them_changes() -> None:
    thread = (worlds.turn("customer", "9w bulb 5 peti\n12w bulb 5 peti"), worlds.turn("company", "ok", 2))
    read = worlds.WIRES.read(worlds.message("E1", "make it 7 peti instead of 5", thread=thread))
    assert not read.auto


def _asked(answer: str, offer: str) -> types.Reading:
    thread = (
        worlds.turn("customer", "9w bulb 20 peti hai kya stock me?"),
        worlds.turn("company", offer, 2),
    )
    return worlds.WIRES.read(worlds.message("E1", answer, thread=thread))


def test_a_bare_yes_orders_what_was_asked_about_and_offered() -> None:
    read = _asked("haan bhej do", "Ji hai 20 peti. Bhej dein?")
    assert (read.intent, worlds.lines(read)) == ("order", [("LED-9", 20, "ctn")])


@pytest.mark.parametrize(
    ("answer", "offer"),
    [
        ("haan bhej do", "Ji 15 peti hai. Bhej dein?"),
        ("nahi rehne do", "Ji hai 20 peti. Bhej dein?"),
        ("haan bhej do", "9w nahi hai, 12w chalega?"),
        ("kal batata hu", "Ji hai 20 peti. Bhej dein?"),
    ],
)
def test_a_yes_to_something_else_orders_nothing(answer: str, offer: str) -> None:
    assert not _asked(answer, offer).auto


def test_a_word_of_the_customers_own_place_is_no_number() -> None:
    rows: list[worlds.Row] = [("TIS", "Facial Tissue 200 sheets", "Paper", "", "box", {"ctn": 30})]
    customer = types.Customer("A1", "Al Reef", "Dubai", "ar", ("Deira Branch", "Satwa Branch"))
    known = _company(rows, [worlds.past("A1", 1, "tissue 5 ctn", [("TIS", 5, "ctn")], 9)], customer)
    read = known.read(worlds.message("A1", "tissue 10 ctn\nالتوصيل ديرة"))
    assert (read.auto, read.ship_to) == (True, "Deira Branch")


def test_a_word_of_the_catalogue_beside_its_neighbour_is_no_place() -> None:
    rows: list[worlds.Row] = [
        ("KR", "Kitchen Roll Twin Pack", "Paper", "", "pkt", {"ctn": 12}),
        ("MR", "Maxi Roll", "Paper", "", "pkt", {"ctn": 6}),
    ]
    customer = types.Customer("A1", "Spice Hotel", "Dubai", "en", ("Central Kitchen", "Marina"))
    past = [worlds.past("A1", 1, "kitchen roll 5 ctn", [("KR", 5, "ctn")], 9)]
    read = _company(rows, past, customer).read(worlds.message("A1", "Kitchen roll 6 ctn"))
    assert (worlds.lines(read), read.ship_to) == ([("KR", 6, "ctn")], None)


def test_extra_large_is_no_large() -> None:
    rows: list[worlds.Row] = [
        (f"GL{code}", f"Nitrile Gloves {size}", "Gloves", "", "box", {})
        for code, size in (("S", "Small"), ("M", "Medium"), ("L", "Large"), ("X", "X-Large"))
    ]
    customer = types.Customer("A1", "Spice Hotel", "Dubai", "en", ())
    known = _company(rows, [worlds.past("A1", 1, None, [("GLM", 5, "box")], 9)], customer)
    read = known.read(worlds.message("A1", "nitrile gloves: S 5, M 10, L 8 box\nextra large 2 box"))
    assert worlds.lines(read) == [("GLS", 5, "box"), ("GLM", 10, "box"), ("GLL", 8, "box"), ("GLX", 2, "box")]


def test_a_filler_word_that_is_part_of_a_name_is_read_as_one() -> None:
    rows: list[worlds.Row] = [
        ("SD", "Self Drilling Screw Hex Washer Head #10 x 3/4", "Screws", "", "ea", {"box": 100}),
        ("SM", "Sheet Metal Screw Pan Head #10 x 3/4", "Screws", "", "ea", {"box": 100}),
    ]
    customer = types.Customer("T1", "Ohio Supply", "Lima", "en", ())
    past = [worlds.past("T1", 1, "#10 x 3/4 teks 5 boxes", [("SD", 5, "box")], 9)]
    known = _company(rows, past, customer, "US")
    assert worlds.lines(known.read(worlds.message("T1", "#10 pan heads 3/4 - 20 bx"))) == [("SM", 20, "box")]


def test_a_kind_that_nobody_buys_is_not_asked_about() -> None:
    rows: list[worlds.Row] = [
        (f"P{n}{colour[0]}", f"Cover Plate {n} Module {colour}", "Plate", "", "pcs", {"box": 10})
        for n in (4, 6, 8)
        for colour in ("White", "Grey")
    ]
    customer = types.Customer("E1", "Gupta", "Kanpur", "en", ())
    past = [worlds.past("E1", n, "plate 8 module white 3 box", [("P8W", 3, "box")], 9 + n) for n in range(4)]
    known = _company(rows, past, customer, "IN")
    assert worlds.lines(known.read(worlds.message("E1", "plate 6 module 3 box"))) == [("P6W", 3, "box")]
    assert "ambiguous_item" not in _codes(known.read(worlds.message("E1", "plate 6 module 3 box")))


@pytest.mark.parametrize(
    "text",
    [
        "9w bulb 12/2 peti",
        "9w bulb 1.000 peti",
        "1 9w bulb\n2 12w bulb",
        "Ramesh: 9w bulb 6 peti\nSuresh: 12w bulb 4 peti",
        "9w bulb 5 peti hold pe rakho",
        "can you do 9w bulb 5 peti by friday",
    ],
)
def test_what_could_mean_two_things_is_asked_about(text: str) -> None:
    assert not worlds.WIRES.read(worlds.message("E1", text)).auto


def test_a_half_said_after_the_unit_is_of_that_unit() -> None:
    read = worlds.WIRES.read(worlds.message("E1", "9w bulb two peti and half"))
    assert [line.qty for line in read.lines] == [Decimal("2.5")]


def test_an_order_number_may_end_a_sentence_and_a_wanted_date_is_no_letters_date() -> None:
    text = "3/8 flat washer zinc 5 boxes. PO 45017.\nReq date: 03/12/2026"
    read = worlds.FASTENERS.read(worlds.message("T1", text, channel="email"))
    assert (read.po_number, read.requested_date) == ("45017", date(2026, 3, 12))


def test_what_an_order_by_its_number_is_to_get_is_no_new_order() -> None:
    text = "Pls add 2 ctn glass cleaner to LPO ESG-5581"
    assert not worlds.CLEANING.read(worlds.message("A1", text)).auto


def test_be_is_two_in_gujarati_and_no_number_after_should() -> None:
    thread = (
        worlds.turn("customer", "1/2-13 hex nut zinc 8 boxes"),
        worlds.turn("company", "Got it, booked.", 2),
    )
    text = "sorry, that should be 10 boxes of the 1/2-13 hex nuts not 8"
    read = worlds.FASTENERS.read(worlds.message("T1", text, channel="email", thread=thread))
    assert worlds.lines(read) == [("HN-0813-Z", 10, "bx")]


def test_yesterdays_order_is_not_wanted_tomorrow() -> None:
    thread = (worlds.turn("customer", "9w bulb 5 peti", 20), worlds.turn("company", "ok", 19))
    text = "kal wale order me 12w bulb 2 peti aur daal do"
    assert worlds.WIRES.read(worlds.message("E1", text, thread=thread)).requested_date is None


def test_an_order_may_name_boxes_and_days_in_spanish() -> None:
    text = "necesito 3/8 flat washer zinc 5 cajas para el jueves"
    read = worlds.FASTENERS.read(worlds.message("T1", text, channel="email"))
    assert (worlds.lines(read), read.requested_date) == ([("FW-0616-Z", 5, "bx")], date(2026, 2, 26))


def test_hours_are_no_quantity() -> None:
    text = "9w bulb 5 peti\ngate pass must be arranged 24 hours before"
    assert worlds.WIRES.read(worlds.message("E1", text)).auto


def test_no_size_has_thirty_parts_so_it_is_a_date() -> None:
    text = "3/8 flat washer zinc - 5 boxes; end of month is fine (3/30)"
    read = worlds.FASTENERS.read(worlds.message("T1", text, channel="email"))
    assert read.requested_date == date(2026, 3, 30)


def test_what_is_charged_for_a_quantity_is_a_question_of_price() -> None:
    read = worlds.WIRES.read(worlds.message("E1", "what do you charge for 20 coil of FR-15-RED"))
    assert (read.intent, read.auto) == ("price_query", False)
