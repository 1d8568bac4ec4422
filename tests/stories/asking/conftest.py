"""The clock, the ERP and WhatsApp of the stories of a question put to the customer."""

import pytest

from obeya.catalog import readers
from obeya.demo import graph_stub
from obeya.lib import clock
from obeya.orders import knowledge
from obeya.outbox import posters
from tests.stories import front_door, running
from tests.stories.asking import speaking
from tests.worlds import small


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
    poster = speaking.KeptPoster()
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    posters.register("tryton", lambda: poster, title="Tryton")
    yield poster
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))


@pytest.fixture
def graph(settings, now, erp):
    with graph_stub.GraphStub(clock=now) as stub:
        settings.WHATSAPP = {
            **settings.WHATSAPP,
            "app_secrets": [front_door.SECRET],
            "phone_number_id": stub.business.phone_number_id,
            "access_token": stub.token,
            "base_url": stub.base_url,
            "version": stub.version,
            "site": small.SITE,
        }
        running.settle()  # the channel knows the settings
        yield stub
