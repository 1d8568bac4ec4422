"""The demo plant in Obeya, its master data read from a real Tryton."""

import dataclasses
from decimal import Decimal

import pytest
from django.conf import settings

from obeya.catalog import queries as catalog
from obeya.catalog import readers
from obeya.config import wiring
from obeya.demo import erp, load, plant
from obeya.lib import clock
from obeya.outbox import posters
from obeya.people import queries as people

pytestmark = [pytest.mark.erp, pytest.mark.slow]
PASSWORD = "korfu-lamp-7788"


@pytest.fixture(scope="module")
def tryton(tmp_path_factory):
    today = clock.SystemClock().now().date()
    with erp.running(home=tmp_path_factory.mktemp("tryton"), seed_day=today) as handle:
        yield handle


@pytest.fixture
def wired(tryton, monkeypatch):
    monkeypatch.setenv("OBEYA_TRYTON_URL", tryton.url)
    monkeypatch.setenv("OBEYA_TRYTON_DATABASE", tryton.database)
    monkeypatch.setenv("OBEYA_TRYTON_KEY", tryton.key)
    monkeypatch.setitem(settings.TRYTON, "sites", ["PUNE"])
    wiring.register_tryton()
    yield tryton
    readers.register("tryton", [], lambda: None)
    posters.unregister("tryton")


def load_it():
    return load.load(password=PASSWORD, plant=plant.load(), today=clock.SystemClock().now().date())


def test_the_plant_is_loaded_and_loading_again_changes_nothing(db, wired):
    loaded = load_it()
    assert (loaded.site, loaded.items, loaded.customers, loaded.past_orders) == ("PUNE", 61, 12, 41)
    before = _everything()
    assert load_it() == loaded
    assert _everything() == before


def test_what_the_erp_does_not_know_is_there(db, wired):
    load_it()
    price = catalog.price_for(
        "PUNE",
        customer="KRS01",
        sku="CAP-28-WHT",
        uom="ctn",
        quantity=Decimal(1),
        on=clock.SystemClock().now().date(),
    )
    assert price.list_price is not None
    assert price.floor is not None
    assert price.floor < price.list_price
    assert catalog.uom_words("PUNE")["peti"] == "ctn"
    assert [node.code for node in catalog.list_equipment("PUNE", level="work_unit")].count("IM-1") == 1
    assert len(people.list_people("PUNE", people.Function.OPERATOR)) == 3
    assert [one.code for one in catalog.find_customers_by_contact("PUNE", "phone", "910000020101")] == [
        "KRS01"
    ]


def test_another_plants_database_is_left_alone(db, wired):
    load_it()
    other = plant.load()
    other = dataclasses.replace(other, site=dataclasses.replace(other.site, code="ELSEWHERE"))
    with pytest.raises(load.CannotLoadDemo, match="PUNE"):
        load.load(password=PASSWORD, plant=other, today=clock.SystemClock().now().date())


def _everything():
    return (
        [(item.sku, item.units) for item in catalog.list_items("PUNE")],
        [(one.code, one.other_names, one.phones) for one in catalog.list_customers("PUNE")],
        [(one.code, one.level, one.parent) for one in catalog.list_equipment("PUNE")],
        [one.name for one in people.list_shifts("PUNE")],
    )
