"""One real Tryton for all stories, and the demo plant on it, loaded once and brought back for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest

from obeya.demo import erp
from obeya.lib import clock
from tests.stories import front_door, running
from tests.worlds import deccan


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[erp.ErpHandle]:
    """The demo ERP, freshly seeded; what one story books there stays for the next."""
    with deccan.running(tmp_path_factory.mktemp("tryton")) as handle:
        yield handle


@pytest.fixture
def time_at_plant() -> Iterator[clock.ManualClock]:
    """The stories' clock: today, half past eleven in Pune, until a story moves it on."""
    manual = clock.ManualClock(datetime.combine(deccan.today(), time(6, 0), tzinfo=UTC))
    before = clock.use(manual)
    yield manual
    clock.use(before)


@pytest.fixture
def plant(
    time_at_plant: clock.ManualClock, transactional_db: None, tryton: erp.ErpHandle, settings: Any
) -> Iterator[deccan.Deccan]:
    """The demo plant, connected to the ERP and to WhatsApp."""
    settings.WHATSAPP = {
        **settings.WHATSAPP,
        "app_secrets": [front_door.SECRET],
        "phone_number_id": front_door.BUSINESS.phone_number_id,
        "site": "PUNE",
    }
    with deccan.loaded(tryton) as world:
        running.settle()
        yield world
