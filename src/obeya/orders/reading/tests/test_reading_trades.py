"""How other trades write: containers in names, quantities before fractions, questions, rough quantities."""

from obeya.orders.reading.tests import worlds


def test_a_container_that_names_the_goods_is_no_unit() -> None:
    reading = worlds.CLEANING.read(worlds.message("A2", "bleach gallon 5\ngloves large 5 ctn"))
    assert worlds.lines(reading) == [("BL-4L", 5, "ctn"), ("GLV-L", 5, "ctn")]


def test_a_quantity_before_a_fraction_is_no_mixed_number() -> None:
    reading = worlds.FASTENERS.read(worlds.message("T1", "50 3/8-16 x 1-1/2 hex cap screw gr5 zinc"))
    assert [line.qty for line in reading.lines] == [50]
    assert reading.lines[0].sku == "HCS-0616-150-5Z"


def test_a_number_denied_after_the_thing_is_taken_back() -> None:
    reading = worlds.FASTENERS.read(worlds.message("T1", "12 flat washers not 10"))
    assert [line.qty for line in reading.lines] == [12]


def test_what_is_asked_and_then_wanted_is_asked_about() -> None:
    text = "عندكم مناديل؟ ابغى ٢٠ كرتون"
    reading = worlds.CLEANING.read(worlds.message("A1", text))
    assert not reading.auto


def test_a_quantity_only_roughly_said_is_asked_about() -> None:
    reading = worlds.FASTENERS.read(worlds.message("T1", "maybe 10 boxes 3/8 flat washer zinc"))
    assert not reading.auto
    assert "ambiguous_quantity" in {doubt.code for doubt in reading.doubts}
