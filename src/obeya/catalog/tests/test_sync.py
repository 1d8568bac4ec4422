"""Reading connectors: by cursor, in order, one bad entity alone; failure and recovery told once."""

from dataclasses import dataclass, field

import pytest

from obeya.catalog import actions, planning, ports, queries, readers, tasks
from obeya.catalog.tests import world
from obeya.journal import queries as journal
from obeya.people import queries as people

pytestmark = pytest.mark.django_db


@dataclass
class FakeReader:
    """An ERP in memory: what it answers per entity, and how it was asked."""

    rows: dict[str, tuple[ports.Row, ...]] = field(default_factory=dict)
    broken: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    minutes: int = 0

    def read(self, entity: ports.Entity, *, cursor: str) -> ports.Page:
        self.asked.append((entity, cursor))
        if entity in self.broken:
            raise self.broken[entity]
        return world.page(*self.rows.get(entity, ()), minutes=self.minutes, cursor=f"c{self.minutes}")

    def check(self) -> str:
        return "in memory"


@pytest.fixture
def erp():
    world.create_site()
    reader = FakeReader({"items": (world.item("CAP"),), "prices": (world.price("CAP", "pcs", "1", "5"),)})
    readers.register("erp", ["PUNE"], lambda: reader)
    yield reader
    readers.register("erp", [], lambda: reader)


def told():
    return [event.type for event in journal.list_about("connector:erp")]


def test_every_entity_is_read_in_the_order_in_which_rows_need_each_other(erp):
    synced = actions.sync_now(connector="erp")
    assert [entity for entity, _ in erp.asked] == list(ports.ENTITIES)
    assert not synced.failed
    assert synced.applied["PUNE", "prices"] == actions.Applied(written=1, set_aside=0)


def test_the_next_reading_goes_on_from_the_cursor(erp):
    actions.sync_now(connector="erp")
    erp.asked.clear()
    erp.minutes = 1
    actions.sync_now(connector="erp")
    assert set(erp.asked) == {(entity, "c0") for entity in ports.ENTITIES}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ports.CannotReadErp("The ERP does not answer."), "The ERP does not answer."),
        (KeyError("write_date"), "made a mistake (KeyError)"),
        (TypeError("x\x00y"), "made a mistake (TypeError)"),
    ],
)
def test_one_bad_entity_stops_no_other_and_says_why(erp, error, text):
    erp.broken["items"] = error
    synced = actions.sync_now(connector="erp")
    assert list(synced.failed) == [("PUNE", "items")]
    assert len(synced.applied) == len(ports.ENTITIES) - 1
    (health,) = queries.connector_health()
    assert not health.healthy
    assert "cannot read items" in health.text
    assert text in health.text


def test_failure_and_recovery_are_told_once_each(erp):
    erp.broken = dict.fromkeys(("items", "stock"), ports.CannotReadErp("down"))
    actions.sync_now(connector="erp")
    actions.sync_now(connector="erp")
    assert told() == ["catalog.sync_failed"]
    del erp.broken["items"]
    actions.sync_now(connector="erp")
    assert told() == ["catalog.sync_failed"]
    erp.broken.clear()
    actions.sync_now(connector="erp")
    actions.sync_now(connector="erp")
    assert told() == ["catalog.sync_failed", "catalog.sync_recovered"]
    (health,) = queries.connector_health()
    assert health.text == "It reads everything."


def test_a_failure_keeps_the_cursor_and_the_rows(erp):
    actions.sync_now(connector="erp")
    erp.broken["items"] = ports.CannotReadErp("down")
    actions.sync_now(connector="erp")
    erp.asked.clear()
    actions.sync_now(connector="erp")
    assert ("items", "c0") in erp.asked
    (health,) = queries.connector_health()
    items = next(e for e in health.entities if e.entity == "items")
    assert (items.rows, items.error) == (1, "down")
    assert items.failing_since is not None


def test_rows_that_wait_are_part_of_the_health(erp):
    erp.rows["prices"] = (world.price("GHOST", "pcs", "1", "5"),)
    actions.sync_now(connector="erp")
    (health,) = queries.connector_health()
    assert health.healthy
    assert "1 rows wait" in health.text
    assert "unknown item GHOST" in health.text


def test_a_connector_that_was_never_read_is_shown_as_such(erp):
    (health,) = queries.connector_health()
    assert (health.healthy, health.text) == (False, "It has not been read yet.")


def test_an_unknown_connector_is_refused(erp):
    with pytest.raises(readers.NoSuchConnector):
        actions.sync_now(connector="sap")


def test_a_connector_for_an_unknown_site_is_refused_before_anything_is_read(erp):
    readers.register("erp", ["PUNE", "GHOST"], lambda: erp)
    with pytest.raises(people.NoSuchSite, match="GHOST"):
        actions.sync_now(connector="erp")
    assert erp.asked == []


def test_a_second_site_gets_the_companys_data_but_not_the_first_ones_stock(erp):
    world.create_site("SURAT")
    readers.register("erp", ["PUNE", "SURAT"], lambda: erp)
    synced = actions.sync_now(connector="erp")
    assert ("SURAT", "items") in synced.applied
    assert ("SURAT", "stock") not in synced.applied
    assert queries.find_item("SURAT", "CAP")


def test_the_task_reads_and_is_planned_once(erp):
    assert planning.defer("erp")
    assert not planning.defer("erp")
    tasks.sync("erp")
    assert queries.find_item("PUNE", "CAP")


def test_whoever_asks_for_a_reading_sees_it_wait_run_and_what_came_out(erp, monkeypatch):
    def round_now():
        [found] = queries.connector_health()
        return found.round

    seen = []
    reading = erp.read

    def read(entity, *, cursor):
        seen.append(round_now().state)
        return reading(entity, cursor=cursor)

    monkeypatch.setattr(erp, "read", read)
    assert round_now() is None
    assert actions.read_soon(connector="erp", actor="user:priya")
    assert round_now().state == "asked"
    assert not actions.read_soon(connector="erp", actor="user:ravi")
    erp.broken["lots"] = ports.CannotReadErp("ERP is closed for the night.")
    tasks.sync("erp")
    assert set(seen) == {"reading"}
    last = round_now()
    assert (last.state, last.written, last.failed) == ("read", 2, 1)


def test_nobody_can_ask_for_a_reading_of_what_is_not_connected(erp):
    with pytest.raises(readers.NoSuchConnector):
        actions.read_soon(connector="sap", actor="user:priya")
