"""Price rules in the browser: begin, write row by row, try out, put in force, look at old versions."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from obeya.lib import clock
from obeya.orders import models, tasks
from obeya.orders.pricing import queries
from obeya.people import actions as people
from obeya.people import buyers
from obeya.people.queries import Function
from obeya.web.portal import door
from tests.screens.conftest import take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

ROW = {
    "customer": "KRS01",
    "category": "Caps",
    "floor_over_cost_pct": "12",
    "quantity_from": "10",
    "quantity_unit": "ctn",
}
SENTENCE = "Krushnai Traders: at least 12 % over cost on Caps, from 10 ctn"


@pytest.fixture
def nikhil(as_user):
    """Commercial, at the beginning of a draft."""
    client = as_user("nikhil")
    client.post("/price-rules/begin")
    return client


def refused(answer):
    """The page that says no, as it came."""
    assert answer.status_code == 409
    return html.unescape(answer.content.decode())


def revision():
    found = queries.find_draft(small.SITE)
    return str(found.revision) if found else ""


def change(client, row_id, do, **values):
    form = {"revision": revision(), "do": do, **values}
    return client.post(f"/price-rules/rows/{row_id}/change", form, follow=True)


def act(client, do, **values):
    return client.post("/price-rules/draft", {"revision": revision(), "do": do, **values}, follow=True)


def try_out(client):
    act(client, "try", on=clock.now().date().isoformat())
    trial = models.PriceTrialRow.objects.get(draft__state="draft")
    tasks.try_price_rules(draft_id=trial.draft_id, revision=trial.revision)


def test_an_empty_table_says_what_to_do(as_user):
    told = text_of(as_user("nikhil").get("/price-rules"))
    assert "No price rules yet" in told
    assert "Press “Write rules”" in told
    assert "Write rules" not in text_of(as_user("anand").get("/price-rules"))


def test_commercial_finds_the_rules_in_the_navigation_and_others_do_not(as_user):
    assert "/price-rules" in html_of(as_user("nikhil").get("/"))
    assert "/price-rules" in html_of(as_user("anand").get("/"))
    assert "/price-rules" not in html_of(as_user("asha").get("/"))
    assert as_user("asha").get("/price-rules").status_code == 403


def test_the_page_explains_which_row_holds(nikhil):
    told = text_of(nikhil.get("/price-rules"))
    for words in ("The first row that fits a line", "is never lowered", "cannot be booked by anybody"):
        assert words in told, words


def test_a_row_is_written_and_told_in_a_sentence(nikhil):
    told = text_of(change(nikhil, 0, "save", **ROW))
    assert "Saved in the draft." in told
    assert SENTENCE in told
    assert "Row 1 of 1" in told
    assert SENTENCE in text_of(nikhil.get("/price-rules"))


def test_a_sentence_is_told_as_one_types(nikhil):
    assert SENTENCE in text_of(nikhil.get("/price-rules/sentence", ROW))
    wrong = text_of(nikhil.get("/price-rules/sentence", ROW | {"floor_over_cost_pct": "1,2"}))
    assert "figures without commas" in wrong


def test_a_wrong_row_comes_back_with_what_was_typed_and_the_words_at_its_field(nikhil):
    told = refused(change(nikhil, 0, "save", **(ROW | {"customer": "nobody", "note": "For Diwali"})))
    assert "There is no customer nobody." in told
    assert 'value="For Diwali"' in told
    assert queries.find_draft(small.SITE).rows == ()


def test_customers_and_items_are_offered_as_one_types(nikhil):
    assert "KRS01" in html_of(nikhil.get("/price-rules/choices", {"customer": "krush"}))
    assert "CAP-28-WHT" in html_of(nikhil.get("/price-rules/choices", {"item": "white"}))
    assert nikhil.get("/price-rules/choices", {"customer": ""}).content.strip() == b""


def test_rows_are_copied_moved_and_deleted(nikhil):
    change(nikhil, 0, "next", **ROW)
    change(nikhil, 0, "save", category="Bottles", price_off_list_pct="2")
    first, second = (row.id for row in queries.find_draft(small.SITE).rows)
    assert "Moved up." in text_of(change(nikhil, second, "up"))
    assert "This is the copy" in text_of(change(nikhil, first, "duplicate"))
    assert "can never hit" in text_of(nikhil.get("/price-rules"))
    copy = queries.find_draft(small.SITE).rows[-1].id
    assert "Deleted" in text_of(change(nikhil, copy, "delete"))
    assert [row.id for row in queries.find_draft(small.SITE).rows] == [second, first]
    gone = change(nikhil, copy, "up")
    assert "Somebody deleted this row meanwhile." in refused(gone)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(nikhil):
    change(nikhil, 0, "save", **ROW)
    row = queries.find_draft(small.SITE).rows[0].id
    form = {"revision": "0", "do": "save", **ROW, "note": "late"}
    late = refused(nikhil.post(f"/price-rules/rows/{row}/change", form))
    assert "Somebody else changed the draft meanwhile" in late
    assert 'value="late"' in late


def test_the_list_is_searched(nikhil):
    change(nikhil, 0, "save", **ROW)
    change(nikhil, 0, "save", category="Bottles", price_off_list_pct="2")
    found = text_of(nikhil.get("/price-rules/list", {"words": "bottles"}))
    assert "2 % less than list on Bottles" in found
    assert "Krushnai" not in found
    assert "Nothing found" in text_of(nikhil.get("/price-rules/list", {"words": "zzz"}))


def test_a_draft_is_tried_out_and_put_in_force_by_a_second_person(as_user, nikhil):
    leela = people.create_user(username="leela", display_name="Leela Rao", origin=small.ORIGIN)
    people.grant(user_id=leela.id, site=small.SITE, function=Function.COMMERCIAL, origin=small.ORIGIN)
    take_order("Please send 2 ctn CAP-28-WHT")
    change(nikhil, 0, "save", category="Caps", floor_over_cost_pct="60")
    assert "Make the dry run" in text_of(nikhil.get("/price-rules"))
    act(nikhil, "try", on=clock.now().date().isoformat())
    assert "as soon as a worker is free" in text_of(nikhil.get("/price-rules/trial/state"))
    try_out(nikhil)
    state = text_of(nikhil.get("/price-rules/trial/state"))
    assert "1 line would be asked about, 0 would get another price, of 1 lines in 1 orders." in state
    found = text_of(nikhil.get("/price-rules/trial"))
    for words in (
        "Krushnai Traders",
        "CAP-28-WHT",
        "asked about",
        "2300 → 2720",
        "no rules are in force now",
    ):
        assert words in found, words
    assert "somebody else in Commercial" in refused(act(nikhil, "enforce", why="Resin went up"))
    second = as_user("leela")
    assert "Version 1 holds from now on." in text_of(act(second, "enforce", why="Resin went up"))
    version = text_of(second.get("/price-rules/versions/1"))
    for words in ("Leela Rao", "Nikhil Bapat saved it last", "Resin went up", "60 % over cost on Caps"):
        assert words in version, words
    assert second.get("/price-rules/versions/2").status_code == 404


def test_a_dry_run_says_what_it_left_out(nikhil):
    order = take_order("Please send 2 ctn CAP-28-WHT")
    models.OrderRow.objects.filter(pk=order.id).update(received_at=clock.now())
    models.LineRow.objects.update(uom="tub")
    change(nikhil, 0, "save", **ROW)
    try_out(nikhil)
    told = text_of(nikhil.get("/price-rules/trial/body"))
    assert "Lines that could not be judged" in told
    assert "is not sold in tub" in told


def test_a_dry_run_that_has_stopped_says_so_instead_of_running_for_ever(nikhil):
    change(nikhil, 0, "save", **ROW)
    act(nikhil, "try", on=clock.now().date().isoformat())
    models.PriceTrialRow.objects.update(state="running", total=10, tried=4)
    assert "4 of 10 lines are judged." in text_of(nikhil.get("/price-rules/trial/state"))
    models.PriceTrialRow.objects.update(asked_at=clock.now() - timedelta(hours=1))
    assert "It has stopped: run it again." in text_of(nikhil.get("/price-rules/trial/state"))


def test_rows_go_out_to_a_spreadsheet_and_come_back(nikhil):
    change(nikhil, 0, "save", **ROW)
    file = nikhil.get("/price-rules/file")
    assert file["Content-Disposition"] == 'attachment; filename="price-rules-PUNE-draft.csv"'
    text = file.content.decode("utf-8-sig")
    more = text + text.splitlines()[1].replace("KRS01", "SHB01") + "\n"
    taken = act(nikhil, "import", file=SimpleUploadedFile("rules.csv", more.encode("utf-8-sig")))
    assert "The draft has 2 rows now." in text_of(taken)
    wrong = act(nikhil, "import", file=SimpleUploadedFile("rules.csv", b"colour\nred\n"))
    assert "Unknown columns: colour" in refused(wrong)
    for content in (b"\xff\xfe\x00", b"x" * 4_000_001):
        assert act(nikhil, "import", file=SimpleUploadedFile("rules.csv", content)).status_code == 409
    assert len(queries.find_draft(small.SITE).rows) == 2


def test_a_draft_can_be_thrown_away(nikhil):
    change(nikhil, 0, "save", **ROW)
    assert "The draft is gone." in text_of(act(nikhil, "drop"))
    assert nikhil.get("/price-rules/rows/1").status_code == 404
    assert act(nikhil, "drop").status_code == 404


def test_who_only_looks_sees_no_buttons_and_may_not_press_them(as_user, nikhil):
    change(nikhil, 0, "save", **ROW)
    anand = as_user("anand")
    row = queries.find_draft(small.SITE).rows[0].id
    page = html_of(anand.get(f"/price-rules/rows/{row}"))
    assert SENTENCE in page
    assert 'value="save"' not in page
    assert change(anand, row, "delete").status_code == 403
    assert act(anand, "enforce", why="Because").status_code == 403
    assert anand.post("/price-rules/begin").status_code == 403


@pytest.mark.parametrize("do", ["", "nothing", "up"])
def test_a_button_that_is_none_does_nothing(nikhil, do):
    assert change(nikhil, 0, do).status_code == 409
    assert act(nikhil, do).status_code == 409


def test_the_order_desk_says_which_rule_gave_a_price(as_user, nikhil):
    change(nikhil, 0, "save", customer="KRS01", category="Caps", price_off_list_pct="5")
    try_out(nikhil)
    act(nikhil, "enforce", why="Dealer year 2026")
    order = take_order("Please send 2 ctn CAP-28-WHT")
    told = text_of(as_user("asha").get(f"/orders/{order.id}"))
    for words in ("2,470.00", "2,600.00", "Price rules 1, row 1 (pays 5 % less than list)"):
        assert words in told, words


def test_a_buyer_sees_the_price_that_the_rules_give(nikhil):
    change(nikhil, 0, "save", customer="KRS01", category="Caps", price_off_list_pct="5")
    try_out(nikhil)
    act(nikhil, "enforce", why="Dealer year 2026")
    buyers.set_portal(site=small.SITE, shows_prices=True, shows_stock=False, origin=small.ORIGIN)
    key = buyers.invite(
        site=small.SITE,
        customer="KRS01",
        name="Mahesh Kadam",
        email="m@krushnai.example",
        origin=small.ORIGIN,
    )
    browser = Client()
    browser.cookies[door.COOKIE] = buyers.open_invitation(secret=key.secret).secret
    prices = []
    for words in ("screw blue", "preform"):
        answer = browser.get("/portal/items", {"q": words}, headers={"Accept": "application/json"})
        prices += [item["prices"] for item in answer.json()["items"]]
    assert prices == [{"pcs": "0.513", "box": "256.5", "ctn": "2565"}, {"pcs": "3.1", "box": "620"}]
