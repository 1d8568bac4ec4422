"""Replays the recorded answers in `samples/` instead of a network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from obeya.integrations.tryton import client, wire

SAMPLES = Path(__file__).parents[1] / "samples"
READS = {
    "company.company": "company",
    "product.product": "items",
    "ir.model.data": "unit_categories",
    "party.party": "customers",
    "production.bom": "boms",
    "production.work.center": "work_centers",
    "stock.lot": "lots",
    "stock.location": "locations",
    "stock.lots_by_locations": "stock_by_lot",
    "stock.products_by_locations": "stock_by_item",
    "production": "production_orders",
    "sale.line": "sales_lines",
    "product.price_list": "price_lists",
    "product.price_list.line": "price_lines",
}


def sample(name: str) -> dict[str, Any]:
    """A recorded exchange: method, path, status, content_type, answer, and sent where there was a body."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def response(name: str) -> httpx.Response:
    """The recorded answer as it came."""
    found = sample(name)
    answer = found["answer"]
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return httpx.Response(found["status"], text=text, headers={"Content-Type": found["content_type"]})


def replaying(names: Mapping[str, str] = READS) -> client.Client:
    """A client for which each model answers with its sample, and any other, and a question for moments
    only, with an empty list."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get_list("f") == list(wire.STAMPS):
            return httpx.Response(200, json=[])
        name = names.get(request.url.path.rpartition("/rest/model/")[2])
        return response(name) if name else httpx.Response(200, json=[])

    return connected(httpx.MockTransport(answer))


def connected(transport: httpx.BaseTransport) -> client.Client:
    """A client over a transport."""
    connection = client.Connection(
        url="http://erp.example", database="erp", key="secret", line_locations=("LS-MOULD", "LS-EXT")
    )
    return client.Client(connection, transport=transport)
