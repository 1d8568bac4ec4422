"""A doubt that the customer settles with one tap: from the signed message to the sale in ERP."""

import dataclasses
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from obeya.catalog import readers
from obeya.decisions import queries as decisions
from obeya.demo import graph_stub, graph_webhooks
from obeya.inbox import actions as inbox
from obeya.integrations.email import inbound
from obeya.integrations.email.tests import smtp_server
from obeya.journal import queries as journal
from obeya.journal import verification
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, knowledge, models, questions
from obeya.orders import queries as orders
from obeya.outbox import ports, posters
from obeya.outbox import queries as messages
from tests.stories import front_door, running
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db(transaction=True)

KRUSHNAI, SHUBHADA = "910000020101", "910000020102"
DESK = Origin.fresh(source="web.orders", actor="user:asha")
D = Decimal


class KeptPoster:
    """An ERP that keeps what is posted to it, once per key."""

    request_limit_s = 5.0

    def __init__(self):
        self.kept = {}

    def post(self, command):
        if command.key in self.kept:
            return ports.Replayed({"number": "SO-1"})
        self.kept[command.key] = command.payload
        return ports.Posted({"number": f"SO-{len(self.kept)}"})

    def find(self, key, payload):
        del payload
        return ports.Found({"number": "SO-1"}, True, "") if key in self.kept else None

    @property
    def lines(self):
        return [[(line.sku, line.quantity, line.uom) for line in one.lines] for one in self.kept.values()]


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
    poster = KeptPoster()
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


def speaks(code, customer="KRS01"):
    """The customer's language, as ERP tells it."""
    row = next(row for row in small.CUSTOMERS if row.code == customer)
    small.apply(small.SITE, "customers", dataclasses.replace(row, language=code))


def write(stub, text, phone=KRUSHNAI):
    """The customer writes; the order it became once everything has come to rest."""
    stub.note_inbound(phone)
    wamid = front_door.write(f"+{phone}", text)
    running.settle()
    return front_door.order_of(wamid)


def last_sent(stub, phone=KRUSHNAI):
    return stub.sent_to(phone)[-1]


def choices_of(sent):
    """Tokens and titles of what can be tapped."""
    interactive = sent.payload["interactive"]
    action = interactive["action"]
    if interactive["type"] == "button":
        return [(one["reply"]["id"], one["reply"]["title"]) for one in action["buttons"]]
    return [(row["id"], row["title"]) for section in action["sections"] for row in section["rows"]]


def tap(stub, sent, number, phone=KRUSHNAI):
    """The customer taps a choice of a message of ours, numbered from 1."""
    token, title = choices_of(sent)[number - 1]
    kind = "button_reply" if sent.payload["interactive"]["type"] == "button" else "list_reply"
    content = {"type": "interactive", "interactive": {"type": kind, kind: {"id": token, "title": title}}}
    deliver(stub, {**content, "context": {"id": sent.wamid}}, phone)


def reply(stub, text, phone=KRUSHNAI, to=None):
    content = {"type": "text", "text": {"body": text}}
    deliver(stub, {**content, "context": {"id": to.wamid}} if to else content, phone)


def deliver(stub, content, phone):
    stub.note_inbound(phone)
    told = {"id": f"wamid.{uuid.uuid4().hex}", "timestamp": str(int(clock.now().timestamp())), **content}
    body = graph_webhooks.message_body(front_door.BUSINESS, sender=phone, name="Customer", message=told)
    assert front_door.post(body).status_code == 200
    running.settle()


def again(order):
    return orders.get_order(order.id)


def question(order):
    return models.QuestionRow.objects.filter(order=order.id).latest("asked_at")


def types(order):
    return [event.type for event in journal.list_story(order.correlation)]


def test_one_tap_of_the_customer_books_the_order_and_nobody_of_ours_touched_it(graph, erp):
    order = write(graph, "2 ctn white cap")
    assert order.state == "waiting"
    sent = last_sent(graph)
    assert "“2 ctn white cap”" in sent.text
    assert "1. 28 mm screw cap, white (CAP-28-WHT)" in sent.text
    assert [title for _, title in choices_of(sent)] == [
        "28 mm screw cap, white",
        "38 mm screw cap, white",
        "None of these",
    ]
    tap(graph, sent, 2)
    booked = again(order)
    assert (booked.state, booked.auto) == ("booked", True), [d.reason for d in booked.doubts]
    assert erp.lines == [[("CAP-38-WHT", D(2), "ctn")]]
    (doubt,) = booked.doubts
    made = doubt.request.decision
    assert made is not None
    assert (made.option, made.decided_by) == ("item:CAP-38-WHT", None)
    assert made.outsider == "Krushnai Traders, 910000020101"
    story = types(order)
    assert story.index("orders.customer_asked") < story.index("orders.customer_answered")
    assert "SO-1" in last_sent(graph).text
    assert verification.verify().sound


def test_what_the_customer_answered_is_known_the_next_time(graph, erp, now):
    write(graph, "2 ctn white cap")
    tap(graph, last_sent(graph), 2)
    now.advance(timedelta(days=2))
    assert write(graph, "3 ctn white cap").state == "booked"
    assert erp.lines[1] == [("CAP-38-WHT", D(3), "ctn")]


@pytest.mark.parametrize("said", ["२", "اثنين", "38 mm wala"])
def test_a_typed_answer_settles_it_as_well(graph, erp, said):
    order = write(graph, "2 ctn white cap")
    reply(graph, said)
    assert again(order).state == "booked"
    assert erp.lines == [[("CAP-38-WHT", D(2), "ctn")]]
    assert models.OrderRow.objects.count() == 1


def test_the_question_is_put_in_the_customers_language_with_their_own_words(graph, erp):
    speaks("hi")
    order = write(graph, "CAP-28-WHT 2 bag")
    sent = last_sent(graph)
    assert "आपने लिखा: “CAP-28-WHT 2 bag”।" in sent.text
    assert [title for _, title in choices_of(sent)] == ["2 pcs", "2 box", "2 ctn", "दूसरी मात्रा"]
    reply(graph, "पेटी")
    assert again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn")]]


def test_two_doubts_are_two_questions_one_after_the_other(graph, erp):
    order = write(graph, "2 ctn white cap\nCAP-28-BLU 3 bag")
    assert len(desk.open_doubts(order)) == 2
    first = last_sent(graph)
    assert len(graph.sent_to(KRUSHNAI)) == 1
    tap(graph, first, 1)
    assert again(order).state == "waiting"
    second = last_sent(graph)
    assert "CAP-28-BLU 3 bag" in second.text
    tap(graph, second, 3)
    assert again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn"), ("CAP-28-BLU", D(3), "ctn")]]


def test_three_doubts_are_for_the_desk(graph):
    order = write(graph, "2 ctn white cap\nCAP-28-BLU 3 bag\nCAP-28-RED 4 bag")
    assert len(desk.open_doubts(order)) == 3
    assert graph.sent_to(KRUSHNAI) == []


def test_what_a_tap_cannot_settle_is_for_the_desk(graph):
    assert write(graph, "2 ctn CAP-28-WHT rate 10 per ctn").state == "waiting"
    assert write(graph, "5 ctn zinkplugs").state == "waiting"
    assert graph.sent_to(KRUSHNAI) == []


def test_after_the_answer_all_gates_hold_and_the_price_is_not_the_customers_to_settle(graph, erp):
    order = write(graph, "2 ctn white cap rate 10 per ctn")
    asked = graph.sent_to(KRUSHNAI)
    if asked:
        tap(graph, asked[-1], 1)
    left = desk.open_doubts(order)
    assert again(order).state == "waiting"
    assert "price" in [doubt.kind for doubt in left]
    assert erp.lines == []


def test_only_who_was_asked_can_answer(graph, erp):
    order = write(graph, "2 ctn white cap")
    sent = last_sent(graph)
    tap(graph, sent, 2, phone=SHUBHADA)
    reply(graph, "2", phone=SHUBHADA)
    assert again(order).state == "waiting"
    assert question(order).state == "asked"
    assert erp.lines == []


def test_while_the_customer_is_asked_the_desks_clock_stands_still(graph, now):
    order = write(graph, "2 ctn white cap")
    (doubt,) = desk.open_doubts(order)
    assert doubt.request.is_held(now.now())
    assert (
        doubt.request.hold_note
        == "Asked the customer at 11:30. If no answer comes by 12:00, the desk decides."
    )
    now.advance(timedelta(minutes=29))
    assert running.tick() == 0
    now.advance(timedelta(minutes=2))
    running.tick()
    assert question(order).state == "expired"
    (doubt,) = desk.open_doubts(order)
    assert "did not answer" in doubt.request.hold_note
    assert not doubt.request.is_held(now.now())
    now.advance(timedelta(minutes=20))
    running.tick()
    assert decisions.get_request(doubt.id).escalations
    assert "orders.question_expired" in types(order)


def test_an_answer_after_the_time_ran_out_still_settles_what_nobody_has_decided(graph, erp, now):
    order = write(graph, "2 ctn white cap")
    sent = last_sent(graph)
    now.advance(timedelta(minutes=40))
    running.tick()
    tap(graph, sent, 1)
    assert again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn")]]


def test_a_person_may_decide_meanwhile_and_a_late_answer_changes_nothing(graph, erp):
    order = write(graph, "2 ctn white cap")
    sent = last_sent(graph)
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id, access=desk.access("asha"), option="item:CAP-28-WHT", origin=DESK
    )
    running.settle()
    assert question(order).state == "withdrawn"
    assert again(order).state == "booked"
    before = len(graph.sent_to(KRUSHNAI))
    tap(graph, sent, 2)
    tap(graph, sent, 2)
    told = graph.sent_to(KRUSHNAI)[before:]
    assert [message.text for message in told] == [
        "*Your order SO-1*\n\nThank you. This is already settled: 2 ctn 28 mm screw cap, white."
        " Write to us if you want to change it."
    ]
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn")]]
    assert question(order).late_said == "38 mm screw cap, white"
    assert models.OrderRow.objects.count() == 1
    assert "orders.answer_too_late" in types(order)


def test_the_same_tap_twice_is_one_answer(graph, erp):
    order = write(graph, "2 ctn white cap")
    sent = last_sent(graph)
    tap(graph, sent, 2)
    count = len(graph.sent_to(KRUSHNAI))
    tap(graph, sent, 2)
    assert len(graph.sent_to(KRUSHNAI)) == count
    assert again(order).state == "booked"
    assert len(erp.lines) == 1


@pytest.mark.parametrize("said", ["white", "5 ctn CAP-28-BLU please, not white"])
def test_a_reply_that_fits_nothing_or_two_is_for_the_desk_with_what_they_said(graph, erp, said):
    order = write(graph, "2 ctn white cap")
    reply(graph, said, to=last_sent(graph))
    assert models.OrderRow.objects.count() == 1
    assert (question(order).state, question(order).said) == ("unclear", said)
    (doubt,) = desk.open_doubts(order)
    assert said in doubt.request.hold_note
    assert not doubt.request.is_held(clock.now())
    assert "colleague" in last_sent(graph).text
    assert erp.lines == []


def test_none_of_these_is_for_the_desk(graph):
    order = write(graph, "2 ctn white cap")
    tap(graph, last_sent(graph), 3)
    assert question(order).state == "unclear"
    assert len(desk.open_doubts(order)) == 1


def test_another_order_while_a_question_is_open_is_an_order_of_its_own(graph, erp):
    order = write(graph, "2 ctn white cap")
    other = write(graph, "4 ctn CAP-28-BLU")
    assert other.id != order.id
    assert question(order).state == "asked"
    assert [line.sku for line in again(other).lines][-1] == "CAP-28-BLU"


def test_the_same_order_again_is_asked_about_and_booked_once(graph, erp, now):
    write(graph, "2 ctn CAP-28-WHT")
    now.advance(timedelta(minutes=20))
    second = write(graph, "2 ctn CAP-28-WHT")
    sent = last_sent(graph)
    assert "at 11:30" in sent.text
    assert [title for _, title in choices_of(sent)] == ["A new order", "The same one"]
    tap(graph, sent, 2)
    assert again(second).state == "refused"
    assert "same order again" in again(second).refusal
    assert "once only" in last_sent(graph).text
    assert len(erp.lines) == 1


def test_a_second_order_is_booked_where_the_customer_says_so(graph, erp, now):
    write(graph, "2 ctn CAP-28-WHT")
    now.advance(timedelta(minutes=20))
    second = write(graph, "2 ctn CAP-28-WHT")
    reply(graph, "new")
    assert again(second).state == "booked"
    assert len(erp.lines) == 2


def test_a_range_is_asked_about_and_the_chosen_end_is_booked(graph, erp):
    order = write(graph, "CAP-28-WHT 5-8 ctn")
    assert [title for _, title in choices_of(last_sent(graph))] == ["5 ctn", "8 ctn", "Another quantity"]
    tap(graph, last_sent(graph), 1)
    assert again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(5), "ctn")]]


def test_a_discontinued_item_is_asked_about_with_its_substitute(graph, erp):
    old = next(row for row in small.ITEMS if row.sku == "CAP-28-RED")
    gone = dataclasses.replace(old, active=False, substitute_sku="CAP-28-BLU")
    small.apply(small.SITE, "items", gone)
    knowledge.forget()
    order = write(graph, "2 ctn CAP-28-RED")
    sent = last_sent(graph)
    assert "28 mm screw cap, red is no longer sold. May we send 28 mm screw cap, blue instead?" in sent.text
    reply(graph, "haan bhej do")
    assert again(order).state == "booked", [d.reason for d in again(order).doubts]
    assert erp.lines == [[("CAP-28-BLU", D(2), "ctn")]]


def test_a_site_that_asks_nobody_by_itself_leaves_it_to_the_desk(graph, settings):
    settings.ASK_CUSTOMERS = False
    order = write(graph, "2 ctn white cap")
    assert graph.sent_to(KRUSHNAI) == []
    (doubt,) = desk.open_doubts(order)
    assert not doubt.request.is_held(clock.now())


def test_a_message_of_yesterday_is_for_the_desk(graph, now):
    wamid = f"wamid.{uuid.uuid4().hex}"
    body = front_door.delivery(f"+{KRUSHNAI}", "2 ctn white cap", wamid=wamid)
    now.advance(timedelta(hours=25))
    assert front_door.post(body).status_code == 200
    running.settle()
    assert front_door.order_of(wamid).state == "waiting"
    assert graph.sent_to(KRUSHNAI) == []


def test_a_question_that_does_not_arrive_comes_back_to_the_desk(graph, now):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_stub, "WINDOW", timedelta(0))
        now.advance(timedelta(seconds=1))
        order = write(graph, "2 ctn white cap")
    assert question(order).state == "undelivered"
    (doubt,) = desk.open_doubts(order)
    assert "did not reach the customer" in doubt.request.hold_note
    assert not doubt.request.is_held(clock.now())


def test_a_crash_between_asking_and_sending_asks_once(graph, now, monkeypatch):
    graph.misbehave(graph_stub.Misbehaviour.LOST_ANSWER)
    order = write(graph, "2 ctn white cap")
    for _ in range(3):
        now.advance(timedelta(minutes=3))
        running.tick()
        running.settle()
    assert len(graph.sent_to(KRUSHNAI)) == 1
    tap(graph, last_sent(graph), 1)
    assert again(order).state == "booked"


def test_a_crash_while_asking_leaves_nothing_behind_and_the_next_try_asks_once(graph, monkeypatch):
    class Killed(BaseException):
        pass

    def _die(**_told):
        raise Killed

    graph.note_inbound(KRUSHNAI)
    wamid = front_door.write(f"+{KRUSHNAI}", "2 ctn white cap")
    with monkeypatch.context() as patch:
        patch.setattr("obeya.orders.asking.putting.outsiders.hold", _die)
        with pytest.raises(Killed):
            running.settle()
    assert not models.QuestionRow.objects.exists()
    assert messages.list_messages(channel="whatsapp") == ()
    (signal,) = [one for one in front_door.signals() if wamid in one.natural_key]
    inbox.understand(signal_id=signal.id)
    running.settle()
    assert len(graph.sent_to(KRUSHNAI)) == 1
    assert models.QuestionRow.objects.count() == 1


def test_the_desk_asks_with_its_own_words(graph, erp, settings):
    settings.ASK_CUSTOMERS = False
    order = write(graph, "2 ctn white cap")
    (doubt,) = desk.open_doubts(order)
    given = {
        "order_id": order.id,
        "doubt_id": doubt.id,
        "text": "Dear Mahesh, *which* white cap?",
        "origin": DESK,
    }
    labels = ["28 mm screw cap, white", "38 mm screw cap, white", "None of these"]
    with pytest.raises(actions.CannotChangeOrder, match="Only the order desk"):
        questions.ask(choices=labels, access=desk.access("meera"), **given)
    with pytest.raises(actions.CannotChangeOrder, match="has changed"):
        questions.ask(choices=labels[:1], access=desk.access("asha"), **given)
    questions.ask(choices=labels, access=desk.access("asha"), **given)
    with pytest.raises(actions.CannotChangeOrder, match="already"):
        questions.ask(choices=labels, access=desk.access("asha"), **given)
    running.settle()
    assert "Dear Mahesh, which white cap?" in last_sent(graph).text
    tap(graph, last_sent(graph), 2)
    assert (again(order).state, again(order).auto) == ("booked", False)


# -- by mail


@pytest.fixture
def post(settings, now, erp):
    """The mail server that takes our mails."""
    with smtp_server.serving() as server:
        settings.DEFAULT_FROM_EMAIL = "Orders <orders@deccan.example>"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        running.settle()
        yield server


def mail(text, *, answering="", sender="orders@krushnai.example"):
    """A mail arrives; everything that follows has come to rest."""
    headers = [
        f"From: Mahesh Kadam <{sender}>",
        "To: orders@deccan.example",
        "Subject: Order" if not answering else "Subject: Re: Order",
        f"Message-ID: <{uuid.uuid4().hex}@krushnai.example>",
        *([f"In-Reply-To: {answering}", f"References: {answering}"] if answering else []),
        "Content-Type: text/plain; charset=utf-8",
    ]
    content = "\r\n".join([*headers, "", text]).encode()
    inbound.accept(mails=[inbound.Raw(content)], site=small.SITE)
    running.settle()


def the_order():
    return orders.get_order(models.OrderRow.objects.earliest("received_at").id)


def test_by_mail_the_number_in_the_first_line_settles_it(post, erp):
    mail("2 ctn white cap")
    (sent,) = post.mails
    assert "1. 28 mm screw cap, white (CAP-28-WHT)" in sent.get_content()
    assert "reply with the number of your answer: 1, 2, 3" in sent.get_content()
    quoted = "\r\n".join(f"> {line}" for line in sent.get_content().splitlines())
    mail(
        f"2\r\n\r\nRegards\r\nMahesh Kadam\r\n\r\nOn Wed, Orders wrote:\r\n{quoted}",
        answering=sent["Message-ID"],
    )
    assert the_order().state == "booked"
    assert erp.lines == [[("CAP-38-WHT", D(2), "ctn")]]
    assert models.OrderRow.objects.count() == 1


def test_by_mail_an_answer_with_another_wish_below_it_is_for_the_desk(post, erp):
    mail("2 ctn white cap")
    mail("2\r\nand please 5 ctn CAP-28-BLU too", answering=post.mails[0]["Message-ID"])
    order = the_order()
    assert order.state == "waiting"
    assert "5 ctn CAP-28-BLU" in question(order).said
    assert erp.lines == []
    assert models.OrderRow.objects.count() == 1


def test_by_mail_somebody_else_cannot_answer(post, erp):
    mail("2 ctn white cap")
    mail("2", answering=post.mails[0]["Message-ID"], sender="thief@elsewhere.example")
    assert the_order().state == "waiting"
    assert question(the_order()).state == "asked"
    assert erp.lines == []
