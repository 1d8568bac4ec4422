"""Words that choose between like items, sizes read as sizes, and quantities said once for several things."""

import dataclasses

import pytest

from obeya.orders.reading import choices, lessons, reader, types
from obeya.orders.reading.tests import worlds

COLOURS = ("Red", "Black", "Green")
PANELS = [
    ("P6R", "Suvarna LED Panel 6W Round", "LED", "Suvarna", "pcs", {}),
    ("P6S", "Suvarna LED Panel 6W Square", "LED", "Suvarna", "pcs", {}),
    ("P12R", "Suvarna LED Panel 12W Round", "LED", "Suvarna", "pcs", {}),
    ("P12S", "Suvarna LED Panel 12W Square", "LED", "Suvarna", "pcs", {}),
    *(
        (f"W{size}{colour[0]}", f"Suvarna Wire {size} sqmm {colour}", "Wire", "Suvarna", "coil", {})
        for size in ("1.5", "2.5")
        for colour in COLOURS
    ),
    ("D1", "Safa Disinfectant 1 L", "Disinfectant", "Safa", "btl", {"ctn": 12}),
    ("D4", "Safa Disinfectant 4 L", "Disinfectant", "Safa", "can", {"ctn": 4}),
    ("CH", "Safa Chilli Bulk 25 kg bag", "Spice", "Safa", "kg", {}),
]


@pytest.fixture(scope="module")
def panels() -> reader.Reader:
    company = types.Company(
        "Suvarna",
        "IN",
        "INR",
        "Asia/Kolkata",
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
        ("hi-Latn", "en"),
        worlds.items(PANELS),
        (types.Customer("S1", "Mahavir Electric", "Jaipur", "hi-Latn"),),
        {"bundle": "coil", "carton": "ctn"},
    )
    history = [
        worlds.past(
            "S1",
            1,
            "1.5 ka lal kala hara 10-10 bundle",
            [("W1.5R", 10, "coil"), ("W1.5B", 10, "coil"), ("W1.5G", 10, "coil")],
            20,
        ),
        worlds.past("S1", 2, "12 watt chokor 8\ndettol 6", [("P12S", 8, "pcs"), ("D1", 6, "btl")], 9),
    ]
    return reader.Reader(company, lessons.learn_history(history))


def _read(panels: reader.Reader, text: str) -> types.Reading:
    return panels.read(worlds.message("S1", text))


def test_a_colour_learned_beside_others_is_not_taken_for_them(panels: reader.Reader) -> None:
    read = worlds.lines(_read(panels, "1.5 lal 15 kala 15 bundle"))
    assert read == [("W1.5R", 15, "coil"), ("W1.5B", 15, "coil")]


def test_the_other_shape_is_of_what_was_named_just_before(panels: reader.Reader) -> None:
    read = worlds.lines(_read(panels, "6 watt panel gol 80 pc square 40 pc"))
    assert read == [("P6R", 80, "pcs"), ("P6S", 40, "pcs")]


def test_a_number_word_said_twice_is_so_many_of_each(panels: reader.Reader) -> None:
    read = worlds.lines(_read(panels, "2.5 ka lal kala do do bundle"))
    assert read == [("W2.5R", 2, "coil"), ("W2.5B", 2, "coil")]


def test_a_volume_that_an_item_has_as_its_size_is_no_quantity(panels: reader.Reader) -> None:
    read = worlds.lines(_read(panels, "dettol 4 litre carton"))
    assert read == [("D4", 1, "ctn")]


def test_a_weight_of_what_is_sold_loose_is_a_quantity(panels: reader.Reader) -> None:
    read = worlds.lines(_read(panels, "chilli 25 kg"))
    assert read == [("CH", 25, "kg")]


def test_a_size_times_cartons_is_so_many_cartons() -> None:
    read = worlds.CLEANING.read(worlds.message("A1", "pine floor cleaner 3 L x 4 ctn, lavender 3 L 2 ctn"))
    assert worlds.lines(read) == [("FC-PIN-3L", 4, "ctn"), ("FC-LAV-3L", 2, "ctn")]


def test_goods_sent_back_are_a_complaint_and_no_order() -> None:
    text = "پچھلی بار ٹشو کے 3 کارٹن گیلے تھے واپس کرنے ہیں"
    read = worlds.CLEANING.read(worlds.message("A1", text))
    assert read.intent == "complaint"


def test_a_packed_quantity_of_something_unknown_is_an_order_to_look_at() -> None:
    read = worlds.CLEANING.read(worlds.message("A1", "سائل قرمزي 3 كرتون"))
    assert read.intent == "order"
    assert not read.auto


def test_words_choose_where_descriptions_differ_in_nothing_else() -> None:
    items = [frozenset(text.split()) for text in ("wire red", "wire black", "tape")]
    found = choices.Choices(items, [frozenset()] * 3)
    assert found.excludes("red", 1)
    assert not found.excludes("red", 0)
    assert not found.excludes("red", 2)
    assert found.describes("red")
    assert not found.describes("tape")


def test_words_name_things_where_most_like_items_have_none_of_them() -> None:
    kinds = ("elbow", "tee", "pipe sdr", "pipe class", "ball valve", "tank seal")
    found = choices.Choices([frozenset(f"pvc {kind}".split()) for kind in kinds], [frozenset()] * 6)
    assert not found.describes("elbow")
    assert found.excludes("elbow", 1)


def test_foreign_words_in_arabic_script_are_known_by_their_sound() -> None:
    read = worlds.CLEANING.read(worlds.message("A1", "گلاس کلینر 4 کارٹن"))
    assert worlds.lines(read) == [("GC-500", 4, "ctn")]


def test_letters_stand_for_the_sizes_in_which_things_come() -> None:
    read = worlds.CLEANING.read(worlds.message("A2", "latex gloves: M 5 ctn, L 8 ctn"))
    assert worlds.lines(read) == [("GLV-M", 5, "ctn"), ("GLV-L", 8, "ctn")]


def test_half_the_name_of_a_place_is_no_place_where_goods_are_called_so() -> None:
    company, history = worlds.cleaning()
    tissues = types.Customer("A3", "Gulf Catering", "Dubai", "en", ("Central Tissue",))
    read = reader.Reader(
        dataclasses.replace(company, customers=(*company.customers, tissues)), lessons.learn_history(history)
    ).read(worlds.message("A3", "bleach gallon 2 ctn\ntissue 200 sheets 6 ctn"))
    assert worlds.lines(read) == [("BL-4L", 2, "ctn"), ("TIS-200", 6, "ctn")]
    assert read.ship_to is None
