"""Companies of other trades: nothing is booked wrong, and most orders are read exactly."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from obeya.cli import corpus
from obeya.orders.reading import types

_COMPANIES = Path(__file__).parent / "companies"


def _in_base(company: types.Company, lines: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    units = {item.sku: item.units for item in company.items}
    total: dict[str, Decimal] = {}
    for line in lines:
        amount = Decimal(str(line["qty"])) * units[line["sku"]][line["uom"]]
        total[line["sku"]] = total.get(line["sku"], Decimal(0)) + amount
    return total


@pytest.mark.parametrize(("name", "least"), [("wires", 0.75), ("cleaning", 0.75), ("fasteners", 0.8)])
def test_another_trade_is_read_and_nothing_of_it_is_booked_wrong(name: str, least: float) -> None:
    folder = _COMPANIES / name
    company = corpus.load_company(folder)
    rows = [json.loads(line) for line in (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = {row["id"]: row["gold"] for row in rows}
    wrong, exact = [], 0
    for read in corpus.predictions(folder, feedback=False):
        told = gold[read["id"]]
        bookable = told["intent"] in types.ORDER_INTENTS and not told["review"]
        right = bookable and _in_base(company, read["lines"]) == _in_base(company, told["lines"])
        exact += right
        if read["auto"] and not right:
            wrong.append(read["id"])
    asked = sum(told["intent"] in types.ORDER_INTENTS and not told["review"] for told in gold.values())
    assert wrong == []
    assert exact >= least * asked
