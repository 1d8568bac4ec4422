"""What customers may be told is set per site, with a reason; suppliers are known by their addresses."""

import pytest
from tests.worlds import desk, small

from obeya.journal import queries as journal
from obeya.orders.enquiries import settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hand():
    with desk.standing() as manual:
        yield manual


def set_as(username, **given):
    settings.set_answers(
        site=small.SITE,
        answering=settings.Answering(**given),
        why="Dealers compare prices",
        access=desk.access(username),
        origin=small.ORIGIN,
    )


def add(contact, username="imran", name="Sahyadri Polymers"):
    settings.add_supplier(
        site=small.SITE, name=name, contact=contact, access=desk.access(username), origin=small.ORIGIN
    )


def test_a_site_is_set_by_commercial_with_a_reason_that_the_journal_keeps():
    assert settings.of_site(small.SITE) == settings.Answering()
    set_as("nikhil", prices="nothing", stock="exact", greetings="answer", most_an_hour=3)
    assert settings.of_site(small.SITE) == settings.Answering("nothing", "exact", "answer", 3)
    (event,) = journal.list_about(f"site:{small.SITE}", types=["orders.answering_set"])
    before, now = event.data["before"], event.data["now"]
    assert isinstance(before, dict)
    assert isinstance(now, dict)
    assert (before["prices"], now["prices"]) == ("own_list", "nothing")
    assert event.data["why"] == "Dealers compare prices"


@pytest.mark.parametrize("username", ["asha", "kavita", "imran"])
def test_the_desk_itself_does_not_say_what_customers_are_told(username):
    with pytest.raises(settings.CannotSetAnswers):
        set_as(username, prices="nothing")
    assert settings.of_site(small.SITE).prices == "own_list"


@pytest.mark.parametrize("given", [{"prices": "cost"}, {"stock": "x"}, {"most_an_hour": 61}])
def test_only_what_is_known_can_be_set(given):
    with pytest.raises(settings.CannotSetAnswers):
        set_as("anand", **given)


@pytest.mark.parametrize(
    ("listed", "sender"),
    [
        ("sales@sahyadri.example", "Sales@Sahyadri.example"),
        ("@sahyadri.example", "dispatch@sahyadri.example"),
        ("+91 00000 33333", "910000033333"),
    ],
)
def test_a_supplier_is_known_by_number_address_or_domain(listed, sender):
    assert settings.find_supplier(small.SITE, sender) is None
    add(listed)
    found = settings.find_supplier(small.SITE, sender)
    assert found is not None
    assert found.name == "Sahyadri Polymers"
    settings.remove_supplier(
        site=small.SITE, supplier_id=found.id, access=desk.access("imran"), origin=small.ORIGIN
    )
    assert settings.find_supplier(small.SITE, sender) is None
    types = [
        event.type
        for event in journal.list_about(
            f"site:{small.SITE}", types=["orders.supplier_added", "orders.supplier_removed"]
        )
    ]
    assert sorted(types) == ["orders.supplier_added", "orders.supplier_removed"]


@pytest.mark.parametrize("contact", ["@gmail.com", "nobody", "", "@", "12"])
def test_what_could_be_anybody_is_not_taken_for_a_supplier(contact):
    with pytest.raises(settings.CannotSetAnswers):
        add(contact)


def test_who_keeps_no_suppliers_cannot_list_one():
    with pytest.raises(settings.CannotSetAnswers):
        add("sales@sahyadri.example", username="kavita")
