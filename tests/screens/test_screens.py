"""Every screen with real rows, as the people of the plant see it."""

import re

import pytest

from obeya.cases import queries as cases
from obeya.catalog import actions as catalog
from obeya.catalog import ports, readers
from obeya.decisions import actions as decisions
from obeya.decisions import queries as requests
from obeya.inbox import actions as inbox
from obeya.journal.events import Origin
from obeya.memory import queries as memory
from obeya.outbox import actions as outbox
from obeya.people import actions as people_actions
from obeya.people import queries as people
from obeya.people.queries import Function
from tests.screens.conftest import HTMX, take_order
from tests.worlds import small

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert('x')</script><b>bold</b>"


def text_of(answer):
    """The page as a reader sees it, without tags."""
    assert answer.status_code == 200, answer.status_code
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(bare.split())


def html_of(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def request_of(hold, function):
    case = cases.get_case(hold.case_id)
    (found,) = [q.request for q in case.questions if q.request.function == function]
    return found


def decide(request, username, option, rationale):
    person = people.find_user(username)
    assert person is not None
    decisions.decide(
        request_id=request.id,
        access=people.access_of(person),
        option=option,
        rationale=rationale,
        origin=Origin.fresh(source="web", actor=f"user:{username}"),
    )


def test_the_log_in_asks_for_a_name_and_a_password_and_lets_a_known_person_in(client, db):
    small.create(passwords=["meera"])
    page = html_of(client.get("/login"))
    assert 'name="username"' in page
    assert 'name="password"' in page
    answer = client.post("/login", {"username": "Meera", "password": small.PASSWORD, "next": "/exceptions"})
    assert (answer.status_code, answer["Location"]) == (302, "/exceptions")
    assert "Exceptions" in text_of(client.get("/exceptions"))
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/exceptions").status_code == 302


def test_a_wrong_password_is_said_and_the_name_stays_typed(client, world):
    answer = client.post("/login", {"username": HOSTILE, "password": "wrong"})
    page = html_of(answer)
    assert "not correct" in page
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_the_log_in_leads_nowhere_outside(client, db):
    small.create(passwords=["meera"])
    form = {"username": "meera", "password": small.PASSWORD, "next": "https://example.com/x"}
    assert client.post("/login", form)["Location"] == "/"


def test_home_shows_what_waits_for_this_function_and_not_for_others(as_user, hold):
    quality = text_of(as_user("meera").get("/"))
    assert "What happens to the held goods?" in quality
    assert "What do we tell the customers?" not in quality
    assert "Lot CW28-2417 of 28 mm screw cap, white on hold" in text_of(as_user("anand").get("/"))


def test_the_navigation_holds_only_screens_that_open(as_user):
    for username in ("asha", "meera", "lata", "priya", "anand", "dinesh"):
        client = as_user(username)
        links = re.findall(r'class="nav-link[^"]*" href="([^"]+)"', html_of(client.get("/")))
        assert "/" in links
        assert [client.get(link).status_code for link in links] == [200] * len(links), username


def test_waiting_lists_open_requests_and_moves_decided_ones(as_user, hold):
    meera = as_user("meera")
    asked = request_of(hold, "quality")
    assert str(asked.id) in html_of(meera.get("/waiting"))
    chosen = text_of(meera.get(f"/waiting/{asked.id}"))
    assert "Where the lot lies" in chosen
    assert "48,000" in chosen or "36,000" in chosen
    decide(asked, "meera", "release", "Measured, all inside limits")
    assert str(asked.id) not in html_of(meera.get("/waiting/list"))
    assert "Decided" in text_of(meera.get("/waiting?show=decided"))


def test_a_request_is_decided_with_a_reason_and_conditions(as_user, hold):
    asked = request_of(hold, "quality")
    answer = as_user("meera").post(
        f"/requests/{asked.id}/decide",
        {
            "option": "keep_on_hold",
            "rationale": "Gate side is short",
            "constraints": "until Friday\nonly IM-1",
        },
        headers=HTMX,
    )
    assert "Keep it on hold" in text_of(answer)
    assert "toast" in answer["HX-Trigger"]
    made = requests.get_request(asked.id).decision
    assert made is not None
    assert (made.option, made.rationale) == ("keep_on_hold", "Gate side is short")
    assert made.constraints == ("until Friday", "only IM-1")


def test_a_decision_without_its_reason_comes_back_with_what_was_typed(as_user, hold):
    asked = request_of(hold, "quality")
    form = {"option": "scrap", "rationale": " ", "constraints": "not on Sunday"}
    answer = as_user("meera").post(f"/requests/{asked.id}/decide", form, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Say why" in page
    assert "not on Sunday" in page
    assert re.search(r'value="scrap"[^>]*checked', page)
    assert requests.get_request(asked.id).state == "open"


def test_without_htmx_a_decision_leads_back_to_the_request(as_user, hold):
    asked = request_of(hold, "quality")
    form = {"option": "release", "rationale": "All measured"}
    answer = as_user("meera").post(f"/requests/{asked.id}/decide", form)
    assert (answer.status_code, answer["Location"]) == (302, f"/requests/{asked.id}")


def test_claiming_shows_the_others_who_is_on_it_and_giving_back_frees_it(as_user, hold, world):
    second = people_actions.create_user(username="uma", display_name="Uma Rane", origin=small.ORIGIN)
    people_actions.grant(user_id=second.id, site=small.SITE, function=Function.QUALITY, origin=small.ORIGIN)
    asked = request_of(hold, "quality")
    meera = as_user("meera")
    assert "You have claimed it" in text_of(meera.post(f"/requests/{asked.id}/claim", headers=HTMX))
    assert "Meera Joshi is on it" in text_of(as_user("uma").get(f"/requests/{asked.id}"))
    assert "Claim" in text_of(meera.post(f"/requests/{asked.id}/release", headers=HTMX))
    form = {"to": str(second.id), "note": "I am at the gate"}
    assert "handed this to Uma Rane" in text_of(
        meera.post(f"/requests/{asked.id}/delegate", form, headers=HTMX)
    )


def test_a_manager_sees_a_request_but_cannot_answer_it(as_user, hold):
    asked, anand = request_of(hold, "quality"), as_user("anand")
    assert "Quality decides this" in text_of(anand.get(f"/requests/{asked.id}"))
    form = {"option": "release", "rationale": "I am the boss"}
    answer = anand.post(f"/requests/{asked.id}/decide", form, headers=HTMX)
    assert answer.status_code == 409
    assert requests.get_request(asked.id).state == "open"


def test_a_request_of_another_function_is_not_there(as_user, hold):
    asked = request_of(hold, "quality")
    assert as_user("farida").get(f"/requests/{asked.id}").status_code == 404
    assert as_user("farida").post(f"/requests/{asked.id}/claim").status_code == 404


def test_the_exceptions_page_tells_the_whole_story_in_words(as_user, hold):
    decide(request_of(hold, "planning"), "ravi", "other_lot", "CW28-2409 covers it")
    page = as_user("kavita").get(f"/exceptions/{hold.case_id}")
    told = text_of(page)
    for words in (
        "A tap at the terminal arrived",
        "Lot CW28-2417 was put on hold",
        "Short shots",
        "Quality is asked",
        "Production planning: Go on with another lot",
        "CW28-2409 covers it",
        "Lata Jadhav",
        "Where the lot lies",
    ):
        assert words in told, words
    assert "&quot;reason&quot;: &quot;short_shot&quot;" in html_of(page)
    assert "waits for Quality, Materials, Customer service" in text_of(as_user("kavita").get("/exceptions"))


def test_the_page_listens_to_the_exception_and_to_each_of_its_requests(as_user, hold):
    page = html_of(as_user("meera").get(f"/exceptions/{hold.case_id}"))
    listened = re.search(r'id="case" data-live="([^"]+)"', page)
    assert listened is not None
    case = cases.get_case(hold.case_id)
    wanted = {f"cases:{case.id}", *(f"requests:{q.request.id}" for q in case.questions)}
    assert set(listened.group(1).split()) == wanted


def test_search_marks_the_words_and_finds_only_what_one_may_see(as_user, hold):
    take_order("2 ctn CAP-28-BLU for the Hadapsar godown")
    found = html_of(as_user("meera").get("/search?q=cw28"))
    assert "<mark>CW28-2417</mark>" in found
    assert memory.START not in found
    assert "Hadapsar" in text_of(as_user("asha").get("/search/results?q=hadapsar"))
    assert "Nothing found" in text_of(as_user("meera").get("/search/results?q=hadapsar"))


def test_notices_are_marked_as_read(as_user, world):
    outbox.send_message(
        key="n1",
        site=small.SITE,
        channel="inapp",
        to=Function.QUALITY,
        title=f"Reminder {HOSTILE}",
        body="Somebody waits",
        data={"url": "javascript:alert(1)"},
        subject="case:1",
        origin=small.ORIGIN,
    )
    meera = as_user("meera")
    page = html_of(meera.get("/notices"))
    assert "New" in page
    assert "javascript:" not in page
    assert HOSTILE not in page
    meera.post("/notices/read")
    assert "badge-info" not in html_of(meera.get("/notices/list"))


def test_connectors_say_in_words_what_is_stuck_and_it_can_try_again(as_user, world):
    inbox.receive(
        site=small.SITE, source="whatsapp", natural_key="x1", body=b"{}", refused=f"No reader for {HOSTILE}"
    )
    priya = as_user("priya")
    page = html_of(priya.get("/connectors"))
    assert "1 signal could not be used." in page
    assert HOSTILE not in page
    retry = re.search(r'action="(/connectors/signals/[^"]+)"', page)
    assert retry is not None
    assert priya.post(retry.group(1), headers=HTMX).status_code == 200
    assert "Everything that arrived was understood." in text_of(priya.get("/connectors/body"))
    assert as_user("anand").post(retry.group(1)).status_code == 403
    assert "retry" not in html_of(as_user("anand").get("/connectors/body"))


def test_the_mirror_of_the_erp_is_shown_entity_by_entity(as_user, world):
    told = text_of(as_user("priya").get("/connectors"))
    assert "Bills of materials" in told
    assert "It reads everything." in told


def test_reading_now_is_a_workers_job_and_the_page_shows_how_it_goes(as_user, world):
    readers.register("small", [small.SITE], lambda: pytest.fail("the page waits for ERP"))
    try:
        priya = as_user("priya")
        said = text_of(priya.post("/connectors/small/sync", headers=HTMX))
        assert "Waits to be read: somebody asked for it." in said
        assert "Being read" in said
        assert as_user("anand").post("/connectors/small/sync").status_code == 403
        readers.register("small", [small.SITE], lambda: NightlyClosed())
        catalog.sync_now(connector="small")
        assert "Last reading: 0 rows were new or different, 9 kinds could not be read." in text_of(
            priya.get("/connectors/body")
        )
    finally:
        readers.register("small", [], lambda: NightlyClosed())


class NightlyClosed:
    """An ERP that answers nobody at night."""

    def read(self, entity: ports.Entity, *, cursor: str) -> ports.Page:
        raise ports.CannotReadErp(f"{entity} from {cursor!r}: ERP is closed for the night.")

    def check(self) -> str:
        return "closed"


def test_another_sites_things_are_refused(as_user, hold, world):
    people_actions.create_site(
        code="NASIK",
        name="Nasik plant",
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["mon"],
        origin=small.ORIGIN,
    )
    other = people_actions.create_user(username="nilesh", display_name="Nilesh Kale", origin=small.ORIGIN)
    for function in (Function.QUALITY, Function.ORDER_DESK, Function.OPERATOR, Function.PLANT_MANAGER):
        people_actions.grant(user_id=other.id, site="NASIK", function=function, origin=small.ORIGIN)
    order, client = take_order("20 ctn CAP-28-WHT"), as_user("nilesh")
    asked = request_of(hold, "quality")
    assert client.get(f"/exceptions/{hold.case_id}").status_code == 403
    assert client.get(f"/orders/{order.id}").status_code == 403
    assert client.get(f"/orders/{order.id}/story").status_code == 403
    assert client.get(f"/requests/{asked.id}").status_code == 404
    assert client.get(f"/terminal/held/{hold.id}").status_code == 403
    assert "CW28-2417" not in html_of(client.get("/search/results?q=cw28"))
    assert "CW28-2417" not in html_of(client.get("/terminal/lot?code=CW28-2417")).replace("&#x27;CW28", "")


def test_a_person_of_two_sites_chooses_where_to_work(as_user, world):
    people_actions.create_site(
        code="NASIK",
        name="Nasik plant",
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["mon"],
        origin=small.ORIGIN,
    )
    people_actions.grant(
        user_id=world.people["meera"].id, site="NASIK", function=Function.QUALITY, origin=small.ORIGIN
    )
    meera = as_user("meera")
    assert "NASIK plant" in text_of(meera.get("/")).replace("Nasik", "NASIK")
    meera.post("/site", {"site": "PUNE"})
    assert re.search(r'side-foot">\s*<span class="strong">Pune plant', html_of(meera.get("/")))
    meera.post("/site", {"site": "ELSEWHERE"})
    assert re.search(r'side-foot">\s*<span class="strong">Pune plant', html_of(meera.get("/")))


def test_every_page_carries_a_strict_policy_and_nothing_inline(as_user, hold):
    order = take_order(f"20 ctn CAP-28-WHT {HOSTILE}", name=HOSTILE)
    pages = ["/", "/orders", f"/orders/{order.id}", f"/orders/{order.id}/story", "/waiting", "/exceptions"]
    pages += [f"/exceptions/{hold.case_id}", "/search?q=caps", "/notices", "/accounts/2fa/"]
    asha = as_user("asha")
    for path in pages:
        answer = asha.get(path)
        page = html_of(answer)
        assert "default-src 'self'" in answer["Content-Security-Policy"], path
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
        assert HOSTILE not in page, path
        assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=\"", page), path
    assert "&lt;script&gt;" in html_of(asha.get(f"/orders/{order.id}"))


def test_hostile_notes_of_an_operator_are_only_words(as_user, world):
    from_terminal = {
        "hold_id": "0190b0a0-0000-7000-8000-000000000001",
        "machine": "IM-1",
        "lot": str(world.lots[small.LOT]),
        "reason": "other",
        "note": HOSTILE,
        "extent": "whole",
    }
    answer = as_user("lata").post("/terminal/hold", from_terminal, follow=True)
    assert HOSTILE not in html_of(answer)
    (case,) = cases.list_cases(sites=[small.SITE])
    page = html_of(as_user("meera").get(f"/exceptions/{case.id}"))
    assert HOSTILE not in page
    assert "&lt;script&gt;alert" in page
