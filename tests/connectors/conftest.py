"""A running ERP for each connector; every test of the suite runs against each of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.connectors import fault_proxy, harness, tryton

HARNESSES = {"tryton": tryton.running}


@pytest.fixture(scope="module", params=sorted(HARNESSES))
def erp_under_test(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[harness.Harness]:
    """A freshly seeded ERP with its connector; each file of the suite has its own."""
    with HARNESSES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def proxy(erp_under_test: harness.Harness) -> Iterator[fault_proxy.FaultProxy]:
    """A proxy before the ERP that fails when told to."""
    with fault_proxy.running(erp_under_test.url) as running:
        yield running


@pytest.fixture
def new_key() -> Callable[[], str]:
    """Makes a posting key that no other test has."""
    return lambda: uuid.uuid4().hex
