"""The clock, the ERP and WhatsApp of the stories of a question put to the customer."""

import pytest

from obeya.demo import graph_stub
from obeya.lib import clock
from obeya.orders import knowledge
from tests.stories import front_door, running
from tests.worlds import kept_erp, small


@pytest.fixture
def now():
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    small.create()
    knowledge.forget()
    yield manual
    knowledge.forget()
    clock.use(before)


@pytest.fixture
def erp(now):
    with kept_erp.connected("SO") as poster:
        yield poster


@pytest.fixture
def graph(settings, now, erp):
    with graph_stub.GraphStub(clock=now) as stub:
        settings.WHATSAPP = front_door.connected(settings.WHATSAPP, stub)
        running.settle()  # the channel knows the settings
        yield stub
