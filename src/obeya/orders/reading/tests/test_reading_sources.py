"""The same company read the same, wherever its data come from."""

from dataclasses import replace

import pytest

from obeya.orders.reading import lessons, reader
from obeya.orders.reading.tests import worlds


@pytest.mark.parametrize("text", ["bulb 5 peti", "wire 2.5 4 coil", "plate 3 dibba", "mcb 6 nag"])
def test_the_order_of_the_catalogue_changes_no_reading(text: str) -> None:
    company = worlds.WIRES.company
    backwards = replace(company, items=tuple(reversed(company.items)))
    other = reader.Reader(backwards, lessons.learn_history(worlds.WIRES.lessons.past_orders))
    message = worlds.message("E1", text)
    assert other.read(message) == worlds.WIRES.read(message)
