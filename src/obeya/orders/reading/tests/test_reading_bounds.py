"""What holds for every text: no error, bounded time, spans inside the text, numbers accounted for."""

import re
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obeya.orders.reading import lessons, letters, reader, types
from obeya.orders.reading.tests import worlds

_PIECES = st.sampled_from(
    [
        "1.5",
        "lal",
        "10",
        "coil",
        "9w",
        "bulb",
        "peti",
        "nahi",
        "aur",
        "\n",
        ",",
        "1/2",
        "x",
        "kal",
        "5-5",
        "rate",
        "repeat",
        "هات",
        "١٠",
        "كرتون",
        "पेटी",
        "\u202e",
        "(",
        ")",
        "+",
        "@",
        "PO",
        "4/5",
        "half",
        "do",
        "🙏",
        "\x00",
        "hata",
        "=",
        "'",
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=30).map(" ".join))
def test_no_text_breaks_the_reader_and_spans_lie_inside(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert 0 <= reading.confidence <= 1
    assert all(0 <= span.start <= span.end <= len(text) for span in reading.spans)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_odd_characters_do_not_break_the_reader(text: str) -> None:
    worlds.CLEANING.read(worlds.message("A1", text))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=24).map(" ".join))
def test_what_is_booked_unasked_leaves_no_number_unaccounted(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    if not reading.auto:
        return
    covered = {at for span in reading.spans if span.role != "unread" for at in range(span.start, span.end)}
    for number in re.finditer(r"\d+", text):
        assert number.start() in covered, (number.group(), text)


def test_a_very_long_message_is_read_in_bounded_time() -> None:
    started = time.perf_counter()
    reading = worlds.WIRES.read(worlds.message("E1", "1.5 lal 10 coil kala 5 " * 3000))
    assert time.perf_counter() - started < 30
    assert not reading.auto


def test_folding_keeps_the_way_back_to_the_original() -> None:
    folded = letters.fold("½ كرتون ١٢ LAL")
    assert folded.text.startswith("1/2 كرتون 12 lal")
    assert folded.span(folded.text.index("12"), folded.text.index("12") + 2) == (8, 10)


def test_a_large_catalogue_is_looked_up_not_scanned() -> None:
    items = worlds.items(
        [
            (
                f"SKU-{n}",
                f"Widget model {n} size {n % 90} mm grade {n % 7}",
                f"C{n % 40}",
                "Acme",
                "pcs",
                {"box": 10},
            )
            for n in range(30_000)
        ]
    )
    company = types.Company("Big", "US", "USD", "UTC", ("Mon",), ("en",), items, (types.Customer("X", "X"),))
    big = reader.Reader(company, lessons.learn_history([]))
    big.read(worlds.message("X", "warm up 5"))
    text = "SKU-777 5 box\nwidget model 1234 3 box\nwidget model 4321 20 pcs"
    started = time.perf_counter()
    reading = big.read(worlds.message("X", text))
    assert time.perf_counter() - started < 3
    assert worlds.lines(reading)[0] == ("SKU-777", 5, "box")
