"""What several commands are tried on."""

import pytest
from tests.worlds import small

from obeya.orders import knowledge


@pytest.fixture
def site(db):
    small.create()
    knowledge.forget()
    yield small.SITE
    knowledge.forget()
