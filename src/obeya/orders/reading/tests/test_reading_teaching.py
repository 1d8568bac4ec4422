"""What a confirmed order teaches: the words of its own lines, and nothing that could mean another one."""

from decimal import Decimal

from obeya.orders.reading import reader, types
from obeya.orders.reading.tests import worlds


def _confirmed(
    known: reader.Reader, customer: str, text: str, lines: list[tuple[str, int, str]]
) -> dict[str, str]:
    """The aliases that confirming these lines for a text teaches, as phrase -> item."""
    past = [types.PastLine(sku, Decimal(qty), uom) for sku, qty, uom in lines]
    newer = known.confirmed(worlds.message(customer, text), past, "SO-9")
    return {alias.key: alias.sku for alias in newer.aliases}


def test_a_colour_said_between_two_quantities_teaches_nothing_of_the_other_line() -> None:
    taught = _confirmed(
        worlds.WIRES,
        "E2",
        "1.5 neela 8 zafrani 5 coil",
        [("FR-15-BLU", 8, "coil"), ("FR-15-YEL", 5, "coil")],
    )
    assert [key for key, sku in taught.items() if sku == "FR-15-YEL"] in ([], ["zafrani"])


def test_two_things_with_one_quantity_teach_neither_of_them() -> None:
    taught = _confirmed(
        worlds.CLEANING, "A2", "gloves M L 2-2 ctn", [("GLV-M", 2, "ctn"), ("GLV-L", 2, "ctn")]
    )
    assert "gloves m l" not in taught


def test_a_word_that_names_another_item_is_not_taught_as_this_one() -> None:
    lines = [("TIS-200", 2, "ctn"), ("GC-500", 5, "ctn")]
    taught = _confirmed(worlds.CLEANING, "A2", "white things 2 ctn glass cleaner 5 ctn", lines)
    assert all(sku != "TIS-200" for key, sku in taught.items() if "cleaner" in key)


def test_a_mention_that_leans_on_the_one_before_is_taught_with_its_words() -> None:
    rows = worlds.items(
        [
            ("AF-R", "Air Freshener Rose", "Air care", "", "pcs", {"ctn": 12}),
            ("AF-L", "Air Freshener Lavender", "Air care", "", "pcs", {"ctn": 12}),
            ("FC-L", "Floor Cleaner Lavender", "Floor", "", "pcs", {"ctn": 12}),
        ]
    )
    customer = types.Customer("A1", "Bright", "Dubai", "en", ())
    company = types.Company("Clean", "AE", "AED", "Asia/Dubai", ("Mon",), ("en",), rows, (customer,), {})
    taught = _confirmed(
        worlds.reader_of((company, [])),
        "A1",
        "freshener rose 4 ctn, lavender 2 ctn",
        [("AF-R", 4, "ctn"), ("AF-L", 2, "ctn")],
    )
    assert "lavender" not in taught
    assert "AF-L" in taught.values()


def test_a_word_that_told_a_thing_bought_once_from_another_is_asked_for_when_left_out() -> None:
    rows = worlds.items(
        [
            ("FW-U", "Flat Washer 1/2 USS Zinc", "Washer", "", "ea", {}),
            ("FW-S", "Flat Washer 1/2 SAE Zinc", "Washer", "", "ea", {}),
        ]
    )
    customer = types.Customer("T1", "Iron Supply", "Duluth", "en", ())
    company = types.Company(
        "Fasteners", "US", "USD", "America/Chicago", ("Mon",), ("en",), rows, (customer,), {"ea": "ea"}
    )
    past = [worlds.past("T1", 1, "SAE flat washers 1/2 1000 ea", [("FW-S", 1000, "ea")], 9)]
    known = worlds.reader_of((company, past))
    asked = known.read(worlds.message("T1", "1/2 flat washers 500 ea"))
    assert "ambiguous_item" in {doubt.code for doubt in asked.doubts}
    assert known.read(worlds.message("T1", "1/2 SAE flat washers 500 ea")).auto
