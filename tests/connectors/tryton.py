"""The harness of the Tryton connector: a real Tryton, seeded with the demo plant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from obeya.catalog import ports as catalog_ports
from obeya.demo import erp, plant
from obeya.integrations.tryton import client, inbound, outbound, wire
from obeya.lib import clock
from obeya.outbox import ports
from tests.connectors import harness

MODELS = {
    "sale.sale": "description",
    "production": "reference",
    "stock.shipment.internal": "reference",
    "stock.shipment.out": "reference",
}


@contextmanager
def running(home: Path) -> Iterator[harness.Harness]:
    """A harness on a fresh copy of the seeded ERP."""
    today = clock.SystemClock().now().date()
    running_now = [erp.ensure_running(home=home, port=None, seed_day=today)]
    first = running_now[0]
    port = int(first.url.rpartition(":")[2])
    try:
        yield harness.Harness(
            name="tryton",
            url=first.url,
            today=today,
            plant=plant.load(),
            connect=lambda url, timeout_s: _connect(first, url, timeout_s),
            documents=lambda key: _documents(first, key),
            is_write=lambda line: not line.startswith("GET "),
            kill=lambda: _kill(running_now[-1]),
            revive=lambda: running_now.append(erp.ensure_running(home=home, port=port, seed_day=today)),
        )
    finally:
        running_now[-1].stop()


def _kill(handle: erp.ErpHandle) -> None:
    handle.process.kill()
    handle.process.wait()


def _connect(handle: erp.ErpHandle, url: str, timeout_s: float) -> tuple[catalog_ports.Reader, ports.Poster]:
    connection = client.Connection(
        url=url,
        database=handle.database,
        key=handle.key,
        timeout_s=timeout_s,
        line_locations=("LS-MOULD", "LS-EXT"),
    )
    shared = client.Client(connection)
    return inbound.TrytonReader(shared), outbound.TrytonPoster(shared)


def _documents(handle: erp.ErpHandle, key: str) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = []
    for model, field in MODELS.items():
        domain = [[field, "like", f"%{key}%"], ["state", "!=", "cancelled"]]
        answer = httpx.get(
            f"{handle.url}/{handle.database}/rest/model/{model}",
            params=[("d", wire.token(domain)), ("f", "number"), ("f", "state")],
            headers={"Authorization": f"bearer {handle.key}", "X-Tryton-Context": wire.token({"company": 1})},
            trust_env=False,
        )
        answer.raise_for_status()
        found += [{"model": model, "number": row["number"], "state": row["state"]} for row in answer.json()]
    return found
