"""The alias library with what real fixes taught: look, search, correct, retire, settle."""

import pytest

from obeya.lib import clock
from obeya.orders import actions as orders
from obeya.orders import alias_queries, models
from obeya.orders import queries as order_queries
from obeya.people import queries as people
from tests.screens.conftest import HTMX, take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db


def fix(text, sku):
    """A message in words nobody knows, and a clerk who says which item they mean."""
    order = take_order(text)
    (doubt,) = [doubt for doubt in order.doubts if doubt.kind == "item" and not doubt.settled]
    person = people.find_user("asha")
    assert person is not None
    orders.answer_doubt(request_id=doubt.id, access=people.access_of(person), sku=sku, origin=small.ORIGIN)
    return order_queries.get_order(order.id)


def only_alias():
    (alias,) = alias_queries.list_aliases(site=small.SITE)
    return alias


@pytest.fixture
def learned(world):
    """Zinkplugs are white caps, says Asha."""
    fix("5 ctn zinkplugs", "CAP-38-WHT")
    return only_alias()


def test_the_desk_leads_to_the_library_for_those_who_keep_it(as_user, learned):
    assert "/orders/aliases" in html_of(as_user("asha").get("/orders"))
    assert "/orders/aliases" not in html_of(as_user("kavita").get("/orders"))


def test_an_alias_shows_its_evidence_and_the_orders_it_was_seen_in(as_user, learned):
    told = text_of(as_user("nikhil").get(f"/orders/aliases/{learned.id}"))
    for words in (
        "zinkplugs",
        "Krushnai Traders",
        "CAP-38-WHT",
        "a fix on an order",
        "OB-",
        "a person said so",
    ):
        assert words in told, words


@pytest.mark.parametrize(
    ("query", "found"), [("zink", True), ("38 mm", True), ("krushnai", True), ("xyz", False)]
)
def test_the_library_is_searched_as_one_types(as_user, learned, query, found):
    told = text_of(as_user("asha").get(f"/orders/aliases/list?words={query}", headers=HTMX))
    assert ("zinkplugs" in told) is found


def test_a_wrong_item_is_corrected_with_a_reason_and_the_page_tells_who_did_it(as_user, learned):
    asha = as_user("asha")
    url = f"/orders/aliases/{learned.id}/change"
    without = asha.post(url, {"do": "change", "item": "CAP-28-RED", "unit": "", "why": ""}, headers=HTMX)
    assert without.status_code == 409
    assert "Say why" in without.content.decode()
    unknown = asha.post(url, {"do": "change", "item": "nothing", "why": "It was wrong"}, headers=HTMX)
    assert "No item has" in unknown.content.decode()
    done = asha.post(url, {"do": "change", "item": "CAP-28-RED", "unit": "", "why": "Red ones"}, headers=HTMX)
    told = text_of(done)
    assert done.status_code == 200
    for words in ("28 mm screw cap, red", "Red ones", "Asha Kulkarni", "Changed from CAP-38-WHT"):
        assert words in told, words


def test_an_alias_is_retired_and_used_again(as_user, learned):
    asha, url = as_user("asha"), f"/orders/aliases/{learned.id}/change"
    assert "Retired" in text_of(asha.post(url, {"do": "retire", "why": "A slip"}, headers=HTMX))
    assert alias_queries.list_aliases(site=small.SITE) == []
    assert "zinkplugs" in text_of(asha.get("/orders/aliases?show=retired"))
    assert "In use" in text_of(asha.post(url, {"do": "restore", "why": "It was right"}, headers=HTMX))
    assert only_alias().retired_at is None


def test_a_conflict_shows_both_items_and_is_settled_with_one_tap(as_user, learned):
    blue = fix("5 ctn washers", "CAP-28-BLU")
    del blue
    models.AliasRow.objects.update(words="zinkplugs", conflict_at=clock.now())
    asha, url = as_user("asha"), f"/orders/aliases/{learned.id}"
    assert text_of(asha.get("/orders/aliases?show=conflict")).count("In conflict: not used") == 2
    page = text_of(asha.get(url))
    assert "Which item do these words mean?" in page
    assert "28 mm screw cap, blue" in page
    other = models.AliasRow.objects.get(item__sku="CAP-28-BLU")
    form = {"do": "settle", "keep": str(other.pk), "why": "Mahesh says blue"}
    assert "Mahesh says blue" in text_of(asha.post(f"{url}/change", form, headers=HTMX))
    assert [(one.sku, one.used) for one in alias_queries.list_aliases(site=small.SITE)] == [
        ("CAP-28-BLU", True)
    ]
    stranger = asha.post(f"{url}/change", form | {"keep": "999999"}, headers=HTMX)
    assert stranger.status_code == 409


def test_who_only_looks_sees_no_buttons_and_may_not_press_them(as_user, learned):
    anand = as_user("anand")
    page = html_of(anand.get(f"/orders/aliases/{learned.id}"))
    assert 'name="do"' not in page
    assert anand.post(f"/orders/aliases/{learned.id}/change", {"do": "retire", "why": "x"}).status_code == 403
    assert as_user("kavita").get("/orders/aliases").status_code == 403


@pytest.mark.parametrize("number", [0, 999_999, 2**70])
def test_a_number_that_is_no_alias_is_not_found(as_user, learned, number):
    assert as_user("asha").get(f"/orders/aliases/{number}").status_code == 404
