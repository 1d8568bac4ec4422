"""A blind audit and the page with both numbers, as the desk and the plant manager see them."""

import re
from decimal import Decimal

import pytest

from obeya.lib import clock
from obeya.orders import audits, events, figures, models, telling
from obeya.people import actions as access_actions
from obeya.people import queries as people
from tests.screens.conftest import HTMX, take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit(world):
    """An order that was booked by itself and that the sample falls on."""
    anand = people.find_user("anand")
    assert anand is not None
    audits.set_share(
        site=small.SITE, share=Decimal(1), why="A test", access=people.access_of(anand), origin=small.ORIGIN
    )
    order = take_order("20 ctn CAP-28-WHT")
    row = models.OrderRow.objects.get(pk=order.id)
    row.state, row.confirmed_at, row.booked_at, row.erp_number = "booked", clock.now(), clock.now(), "SO-77"
    row.save()
    told = telling.tell(row, events.OrderBooked(row.id, row.number, "KRS01", "SO-77"), small.ORIGIN)
    audits.hear_booked(event=told)
    return models.AuditRow.objects.get(order=row)


def url_of(audit):
    return f"/orders/audits/{audit.request_id}"


def test_the_audit_waits_for_the_desk_and_leads_to_its_page(as_user, audit):
    asha = as_user("asha")
    assert "Was this booked as the message says?" in text_of(asha.get("/waiting"))
    assert url_of(audit) in html_of(asha.get(f"/waiting/{audit.request_id}"))


def test_the_audit_shows_message_and_order_without_marks_or_how_sure_it_was(as_user, audit):
    page = html_of(as_user("asha").get(url_of(audit)))
    assert "20 ctn CAP-28-WHT" in page
    assert "28 mm screw cap, white" in page
    assert "read-item" not in page
    assert "sure-high" not in page


def test_each_line_must_be_looked_at(as_user, audit):
    answer = as_user("asha").post(f"{url_of(audit)}/judge", {"note": "fine"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Say of each line whether it is right." in answer.content.decode()
    assert "fine" in answer.content.decode()


def test_an_order_found_right_says_who_compared_it(as_user, audit):
    told = text_of(as_user("asha").post(f"{url_of(audit)}/judge", {"line-0": "right"}, headers=HTMX))
    assert "Asha Kulkarni compared it with the message" in told


def test_an_order_found_wrong_leads_to_the_request_that_puts_it_right(as_user, audit):
    asha = as_user("asha")
    form = {"line-0": "item", "missing": "yes", "note": "They wrote red caps"}
    page = asha.post(f"{url_of(audit)}/judge", form, headers=HTMX)
    assert "They wrote red caps" in text_of(page)
    audit.refresh_from_db()
    assert f"/requests/{audit.follow_up_id}" in html_of(page)
    told = text_of(asha.get(f"/requests/{audit.follow_up_id}"))
    assert "SO-77 was booked wrong: line 1: another item; something is missing" in told
    assert "A blind audit found it wrong" in text_of(asha.get(f"/orders/{audit.order_id}/story"))


def test_who_is_not_asked_sees_the_audit_and_cannot_answer_it(as_user, audit):
    assert "Order desk answers this" in text_of(as_user("anand").get(url_of(audit)))
    assert as_user("nikhil").post(f"{url_of(audit)}/judge", {"line-0": "right"}).status_code == 403


def test_an_audit_of_a_foreign_site_stays_there(as_user, audit):
    small.create_site("SURAT")
    far = access_actions.create_user(username="far", display_name="Far Away", origin=small.ORIGIN)
    access_actions.grant(
        user_id=far.id, site="SURAT", function=people.Function.ORDER_DESK, origin=small.ORIGIN
    )
    assert as_user("far").get(url_of(audit)).status_code == 403
    assert as_user("far").post(f"{url_of(audit)}/judge", {"line-0": "right"}).status_code == 403
    assert "Krushnai" not in text_of(as_user("far").get("/orders/accuracy"))


def test_both_numbers_stand_beside_each_other_on_the_desk_and_at_home(as_user, audit):
    take_order("2 ctn CAP-28-BLU\n5 ctn zinkplugs")
    as_user("asha").post(f"{url_of(audit)}/judge", {"line-0": "right"}, headers=HTMX)
    desk = text_of(as_user("asha").get("/orders"))
    assert re.search(r"By itself 50 ?%", desk)
    assert "Wrong by audit 0 of 1" in desk
    home = text_of(as_user("asha").get("/"))
    assert "of 2 orders today; wrong by audit: 0 of 1 (12 weeks)" in home


def test_the_page_tells_them_by_week_channel_and_customer_with_the_bound(as_user, audit):
    as_user("asha").post(f"{url_of(audit)}/judge", {"line-0": "right"}, headers=HTMX)
    told = text_of(as_user("nikhil").get("/orders/accuracy"))
    for words in ("0 of 1 audited", "at most 95.0 % are wrong", "WhatsApp", "Krushnai Traders", "100 %"):
        assert words in told, words


def test_without_orders_the_page_says_so(as_user, world):
    told = text_of(as_user("asha").get("/orders/accuracy?weeks=4"))
    assert "none audited yet" in told
    assert "No order in this time." in told


def test_the_plant_manager_sets_how_many_are_audited(as_user, world):
    anand = as_user("anand")
    bad = anand.post("/orders/accuracy/share", {"share": "many", "why": "New reader"}, headers=HTMX)
    assert bad.status_code == 409
    assert "in figures" in bad.content.decode()
    for share in ("101", "-1", "1e9", "NaN"):
        answer = anand.post("/orders/accuracy/share", {"share": share, "why": "Why not"}, headers=HTMX)
        assert answer.status_code == 409, share
    done = anand.post("/orders/accuracy/share", {"share": "7,5", "why": "New reader"}, headers=HTMX)
    assert "7.5 % go to the order desk" in text_of(done)
    assert figures.audit_share(small.SITE) == Decimal("0.075")
    assert as_user("asha").post("/orders/accuracy/share", {"share": "0", "why": "x"}).status_code == 403
