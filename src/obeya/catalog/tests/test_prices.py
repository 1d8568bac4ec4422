"""Customers, their contacts, prices and credit, as the order desk asks for them."""

from decimal import Decimal

import pytest

from obeya.catalog import actions, models, queries
from obeya.catalog.tests import world
from obeya.catalog.tests.world import apply
from obeya.journal import queries as journal

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def plant():
    world.create_site()
    apply("items", world.item("CAP"), world.item("LID", units={}))
    apply(
        "customers",
        world.customer(
            "KRS01",
            name="Krushnai Traders",
            price_list="PL-DLR",
            phones=("+91 00000 20101", "ask Mahesh"),
            emails=("Orders@Krushnai.example",),
            ship_to=("Market Yard shop", "Hadapsar godown", "Market Yard shop"),
            credit_limit=D(400000),
            exposure=D("182500"),
            credit_enforced="hard",
        ),
        world.customer("SHB01", phones=("0 98250-12345",), price_list="PL-EMPTY"),
        world.customer("CASH", phones=("+91 00000 20101",)),
    )
    apply(
        "prices",
        world.price("CAP", "pcs", "1", "0.52"),
        world.price("CAP", "pcs", "50000", "0.504"),
        world.price("CAP", "pcs", "1", "0.40", price_list="PL-KEY"),
    )


def price(customer="KRS01", sku="CAP", uom="ctn", quantity="20"):
    return queries.price_for(
        "PUNE", customer=customer, sku=sku, uom=uom, quantity=D(quantity), on=world.TODAY
    )


def set_floor(floor, uom="pcs", price_list="", currency="INR", sku="CAP"):
    actions.set_floor(
        site="PUNE",
        sku=sku,
        uom=uom,
        floor=None if floor is None else D(floor),
        currency=currency,
        price_list=price_list,
        origin=world.ORIGIN,
    )


def test_a_customer_is_found_by_a_number_it_shares_with_another():
    found = queries.find_customers_by_contact("PUNE", "phone", "910000020101")
    assert [customer.code for customer in found] == ["CASH", "KRS01"]


@pytest.mark.parametrize("number", ["919825012345", "+91 98250 12345", "98250 12345"])
def test_a_number_that_erp_holds_without_country_code_is_found(number):
    (found,) = queries.find_customers_by_contact("PUNE", "phone", number)
    assert found.code == "SHB01"


def test_a_longer_number_that_merely_ends_alike_is_not_the_customers():
    assert queries.find_customers_by_contact("PUNE", "phone", "+4412 98250 12345") == ()


def test_a_number_with_its_country_code_wins_over_one_without():
    world.add_phone("KRS01", "+91 98250 12345")
    (found,) = queries.find_customers_by_contact("PUNE", "phone", "919825012345")
    assert found.code == "KRS01"


def test_a_mail_address_is_found_in_any_case_and_nonsense_finds_nobody():
    (found,) = queries.find_customers_by_contact("PUNE", "email", "ORDERS@krushnai.EXAMPLE ")
    assert found.code == "KRS01"
    assert queries.find_customers_by_contact("PUNE", "email", "x\x00@y") == ()
    assert queries.find_customers_by_contact("PUNE", "phone", "") == ()


def test_an_inactive_customer_is_not_recognised_as_a_sender():
    apply("customers", world.customer("SHB01", phones=("098250-12345",), active=False), minutes=1)
    assert queries.find_customers_by_contact("PUNE", "phone", "919825012345") == ()
    assert queries.get_customer("PUNE", "SHB01").active is False


def test_a_customer_carries_places_contacts_and_list():
    customer = queries.get_customer("PUNE", "KRS01")
    assert customer.ship_to == ("Market Yard shop", "Hadapsar godown")
    assert customer.phones == ("910000020101",)
    assert customer.emails == ("orders@krushnai.example",)
    assert customer.price_list == "PL-DLR"


def test_a_customer_is_found_by_any_of_its_names():
    world.add_name("SHB01", " SPA  Nashik ")
    assert [c.code for c in queries.search_customers("PUNE", "spa nas")] == ["SHB01"]
    assert [c.code for c in queries.search_customers("PUNE", "krushnai")] == ["KRS01"]
    assert queries.search_customers("PUNE", "%") == ()


def test_a_carton_without_a_price_of_its_own_is_priced_from_pieces_and_says_so():
    answer = price()
    assert (answer.list_price, answer.break_from, answer.source) == (D(2520), D(10), "converted")
    assert answer.problem == ""
    assert "1 ctn = 5000 pcs" in answer.text
    assert answer.cost == D(1700)


def test_the_floor_of_the_customers_list_holds_before_the_general_one():
    set_floor("0.47")
    assert price().floor == D(2350)
    set_floor("0.45", price_list="PL-DLR")
    assert price().floor == D(2250)
    set_floor("0.10", price_list="PL-KEY")
    assert price().floor == D(2250)
    set_floor(None, price_list="PL-DLR")
    assert price().floor == D(2350)


def test_a_floor_is_told_only_when_it_changes():
    set_floor("0.47")
    set_floor("0.470")
    set_floor(None)
    events = journal.list_about("item:CAP", types=["catalog.floor_set"])
    assert [(e.data["floor_before"], e.data["floor"]) for e in events] == [(None, "0.47"), ("0.47", None)]
    assert models.PriceFloor.objects.count() == 0


@pytest.mark.parametrize(
    ("floor", "change", "reason"),
    [
        ("-1", {}, "not below zero"),
        ("NaN", {}, "not below zero"),
        ("1", {"uom": "drum"}, "not sold in 'drum'"),
        ("1", {"currency": ""}, "currency"),
    ],
)
def test_an_odd_floor_is_refused_in_plain_words(floor, change, reason):
    with pytest.raises(actions.CannotSetFloor, match=reason):
        set_floor(floor, **change)


def test_a_floor_for_an_unknown_item_is_refused_and_leaves_nothing_behind():
    with pytest.raises(queries.NoSuchItem):
        set_floor("1", sku="GHOST", price_list="PL-NEW")
    assert not models.PriceList.objects.filter(code="PL-NEW").exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"sku": "GHOST"}, "there is no item GHOST"),
        ({"uom": "drum"}, "not sold in drum; its units are pcs"),
        ({"sku": "LID", "uom": "pcs"}, "the list has no price for this item"),
        ({"customer": "SHB01"}, "the list has no price for this item"),
        ({"customer": "CASH"}, "the customer has no price list"),
    ],
)
def test_a_line_without_a_price_says_why(line, problem):
    answer = price(**line)
    assert answer.list_price is None
    assert problem in answer.problem


def test_an_order_of_any_length_is_priced_in_the_same_few_queries(django_assert_num_queries):
    lines = [queries.Wanted("CAP", "ctn", D(n)) for n in range(1, 200)]
    with django_assert_num_queries(5):
        answers = queries.prices_for("PUNE", customer="KRS01", lines=lines, on=world.TODAY)
    assert {a.list_price for a in answers[:9]} == {D(2600)}
    assert {a.list_price for a in answers[9:]} == {D(2520)}


def test_an_unknown_customer_is_refused():
    with pytest.raises(queries.NoSuchCustomer):
        price(customer="NOBODY")
    with pytest.raises(queries.NoSuchCustomer):
        queries.credit_of("PUNE", "NOBODY")


def test_credit_is_what_erp_shows_with_the_value_of_open_lines(django_assert_num_queries):
    apply(
        "sales_lines",
        world.sale("1", "CAP", open_quantity=D(10), unit_price=D(2520)),
        world.sale("2", "CAP", open_quantity=D(2), unit_price=D(100)),
        world.sale("3", "CAP", state="closed"),
    )
    with django_assert_num_queries(2):
        credit = queries.credit_of("PUNE", "KRS01")
    assert (credit.limit, credit.exposure, credit.open_amount) == (D(400000), D(182500), D(25400))
    assert (credit.headroom, credit.enforced, credit.as_of) == (D(217500), "hard", world.NOON)


def test_a_customer_without_a_limit_has_no_headroom_to_compare_with():
    assert queries.credit_of("PUNE", "CASH").headroom is None


def test_the_companys_words_for_units_are_kept_in_small_letters_and_told_when_changed():
    words = {"Peti": "ctn", "dabba ": "box"}
    assert actions.set_uom_words(site="PUNE", words=words, origin=world.ORIGIN) == 2
    assert actions.set_uom_words(site="PUNE", words=words, origin=world.ORIGIN) == 0
    actions.set_uom_word(site="PUNE", word="peti", uom="box", origin=world.ORIGIN)
    assert queries.uom_words("PUNE") == {"peti": "box", "dabba": "box"}
    assert len(journal.list_about("uom_word:peti")) == 2
    with pytest.raises(actions.CannotSetUomWord):
        actions.set_uom_word(site="PUNE", word=" ", uom="box", origin=world.ORIGIN)


def test_a_contact_that_is_none_is_refused():
    with pytest.raises(actions.CannotAddContact, match="not a mail address"):
        world.add_email("KRS01", "orders at krushnai")
    with pytest.raises(actions.CannotAddName):
        world.add_name("KRS01", "  ")


def test_an_added_contact_is_told_without_its_value():
    for _ in range(2):
        world.add_email("KRS01", "mahesh@krushnai.example")
    (event,) = journal.list_about("customer:KRS01")
    assert event.data == {"customer": "KRS01", "kind": "email"}
