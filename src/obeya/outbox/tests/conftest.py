"""What the outbox tests share."""

from collections.abc import Iterator

import pytest

from obeya.lib import clock as clocks
from obeya.outbox import channels, posters, reactions
from obeya.outbox.tests import fakes


@pytest.fixture
def clock() -> Iterator[clocks.ManualClock]:
    manual = clocks.ManualClock(fakes.START)
    before = clocks.use(manual)
    yield manual
    clocks.use(before)


@pytest.fixture
def erp(clock: clocks.ManualClock) -> Iterator[fakes.FakeErp]:
    fake = fakes.FakeErp(clock)
    posters.register("fake", lambda: fake, title="Tryton")
    yield fake
    posters.unregister("fake")


@pytest.fixture
def mail(clock: clocks.ManualClock) -> Iterator[fakes.FakeChannel]:
    fake = fakes.FakeChannel()
    channels.register("email", lambda: fake)
    yield fake
    channels.unregister("email")


@pytest.fixture
def site(db: None) -> str:
    fakes.make_site()
    return "PUNE"


@pytest.fixture
def hearing() -> None:
    reactions.register()
