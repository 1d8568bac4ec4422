"""From a mail to the booked order and the answer in its thread; programs are never answered."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings
from tests.worlds import desk, small

from obeya.catalog import ports, readers
from obeya.config import converters
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.integrations.email import inbound, outbound, understanding
from obeya.integrations.email.tests import smtp_server
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, knowledge
from obeya.orders import queries as orders
from obeya.outbox import actions as outbox
from obeya.outbox import channels
from obeya.outbox import queries as messages
from obeya.people import queries as people

pytestmark = pytest.mark.django_db
SAMPLES = Path(understanding.__file__).parent / "samples"


@pytest.fixture(autouse=True)
def _plant(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.DEFAULT_FROM_EMAIL = "Orders <orders@deccan.example>"
    clock.use(clock.ManualClock(small.START))
    small.create()
    interpreters.register(inbound.SOURCE, understanding.understand)
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    converters.register()
    knowledge.forget()
    yield
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
    clock.use(clock.SystemClock())


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


def arrive(content: bytes) -> signals.Signal:
    inbound.accept(mails=[inbound.Raw(content)], site=small.SITE)
    signal = signals.list_signals(sites=[small.SITE], source=inbound.SOURCE)[0]
    inbox.understand(signal_id=signal.id)
    return signals.get_signal(signal.id)


def lines(order: orders.Order) -> list[tuple[str, Decimal | None, str]]:
    return [(line.sku, line.quantity, line.uom) for line in order.lines]


def why(order: orders.Order) -> str:
    return " ".join(doubt.reason for doubt in order.doubts if not doubt.settled)


def test_a_mail_of_a_known_customer_is_read_and_confirmed():
    order = desk.order_of(arrive(sample("plain")))
    assert lines(order) == [("CAP-28-WHT", Decimal(2), "ctn")], why(order)
    assert (order.state, order.customer_code, order.channel) == ("confirmed", "KRS01", "email")
    assert order.sent_at.isoformat() == "2026-02-04T05:50:00+00:00"


def test_a_table_in_a_mail_is_read_as_lines():
    order = desk.order_of(arrive(sample("html_table")))
    assert lines(order) == [("CAP-28-WHT", Decimal(2), "ctn"), ("CAP-28-BLU", Decimal(1), "ctn")]


def test_a_forwarded_order_is_read():
    assert lines(desk.order_of(arrive(sample("forwarded")))) == [("CAP-28-WHT", Decimal(4), "ctn")]


def test_an_attachment_is_kept_and_read_and_a_logo_is_only_kept():
    signal = arrive(sample("attached"))
    assert [file.name for file in signal.files] == ["logo.png", "po.csv"]
    order = desk.order_of(signal)
    assert lines(order) == [("CAP-28-WHT", Decimal(5), "ctn"), ("CAP-28-BLU", Decimal(2), "ctn")], why(order)


def test_what_is_quoted_is_not_ordered():
    assert lines(desk.order_of(arrive(sample("html_reply")))) == [("CAP-28-WHT", Decimal(3), "ctn")]


def test_a_colleague_of_a_known_customer_is_taken_for_it():
    order = desk.order_of(arrive(sample("plain").replace(b"<orders@krushnai", b"<mahesh@krushnai")))
    assert order.customer_code == "KRS01"


def test_two_customers_of_one_company_are_asked_about():
    second = ports.CustomerRow(
        code="KRS02",
        erp_id="party-KRS02",
        name="Krushnai Retail",
        currency="INR",
        emails=("shop@krushnai.example",),
        price_list=small.PRICE_LIST,
    )
    small.apply(small.SITE, "customers", second)
    order = desk.order_of(arrive(sample("plain").replace(b"<orders@krushnai", b"<mahesh@krushnai")))
    (doubt,) = [one for one in order.doubts if not one.settled]
    assert doubt.kind == "customer"
    assert {"customer:KRS01", "customer:KRS02"} <= {option.code for option in doubt.request.options}


def test_a_provider_open_to_anybody_says_nothing_about_the_company():
    row = ports.CustomerRow(
        code="GM01", erp_id="party-GM01", name="Gauri Stores", currency="INR", emails=("gauri@gmail.com",)
    )
    small.apply(small.SITE, "customers", row)
    content = sample("plain").replace(b"orders@krushnai.example>", b"somebody@gmail.com>")
    assert desk.order_of(arrive(content)).customer_code == ""


def test_a_sender_that_is_not_confirmed_waits_for_a_person():
    order = desk.order_of(arrive(sample("distrusted")))
    assert order.state == "waiting"
    assert "could not confirm" in why(order)


@pytest.mark.parametrize("name", ["out_of_office", "bulk", "came_back", "bounce"])
def test_what_a_program_sent_is_no_order_and_gets_no_answer(name):
    signal = arrive(sample(name))
    assert signal.state == "understood"
    assert orders.list_orders(sites=[small.SITE]) == []
    assert messages.list_messages(channel="email") == ()


def test_a_purchase_order_that_a_customers_program_sent_is_shown_to_a_person():
    signal = arrive(sample("program"))
    (request,) = desk.asked_of("asha")
    assert signal.became == f"request:{request.id}"
    assert orders.list_orders(sites=[small.SITE]) == []


def test_our_own_mail_is_no_order():
    content = sample("plain").replace(b"orders@krushnai.example>", b"orders@deccan.example>", 1)
    assert arrive(content).became == ""


def test_a_mail_that_did_not_arrive_is_known_to_have_failed():
    with smtp_server.serving() as server:
        sent = _send(server)
    report = sample("bounce").replace(b"<SENT-BY-US@deccan.example>", sent.encode())
    arrive(report)
    (message,) = messages.list_messages(channel="email")
    assert message.state == "failed"


def _send(server: smtp_server.SmtpServer) -> str:
    outbox.send_message(
        key="order:1",
        site=small.SITE,
        channel="email",
        to="orders@krushnai.example",
        title="Order SO-12",
        body="Booked.",
        subject="order:1",
        origin=Origin.fresh(source="test", actor="system"),
    )
    return _deliver(server)


def _deliver(server: smtp_server.SmtpServer) -> str:
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=server.port,
    ):
        channels.register(channels.EMAIL, outbound.channel)
        outbox.send_due("email")
        channels.unregister(channels.EMAIL)
    return str(server.mails[-1]["Message-ID"])


def test_the_answer_goes_into_the_thread_of_the_mail():
    content = sample("plain").replace(b"Subject: Order", b"References: <old@x.example>\r\nSubject: Order")
    order = desk.order_of(arrive(content.replace(b"CAP-28-WHT", b"zinkplugs")))
    asha = people.find_user("asha")
    assert asha is not None
    origin = Origin.fresh(source="test", actor="user:asha")
    actions.ask_customer(order_id=order.id, text="Which plugs?", access=people.access_of(asha), origin=origin)
    with smtp_server.serving() as server:
        _deliver(server)
        (mail,) = server.mails
    assert mail["Subject"] == "Re: Order"
    assert mail["In-Reply-To"] == "<plain-1@krushnai.example>"
    assert mail["References"] == "<old@x.example> <plain-1@krushnai.example>"
    assert (mail["Auto-Submitted"], mail["X-Loop"]) == ("auto-replied", "obeya")
    assert str(mail["To"]) == "orders@krushnai.example"


def test_a_mail_that_is_too_large_waits_for_a_person():
    inbound.accept(
        mails=[inbound.Raw(sample("plain").partition(b"\r\n\r\n")[0], whole=False)], site=small.SITE
    )
    (signal,) = signals.list_signals(sites=[small.SITE], source=inbound.SOURCE)
    inbox.understand(signal_id=signal.id)
    order = desk.order_of(signals.get_signal(signal.id))
    assert "look into the mailbox" in why(order)


def test_a_mail_from_nobody_waits_with_its_reason():
    signal = arrive(b"Subject: Order\r\n\r\n2 ctn CAP-28-WHT\r\n")
    assert (signal.state, signal.reason) == ("waiting", "This mail does not say who sent it.")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.eml")), ids=lambda path: path.stem)
def test_every_sample_is_settled_and_a_second_time_changes_nothing(path):
    signal = arrive(path.read_bytes())
    assert signal.state in ("understood", "waiting")
    assert inbound.accept(mails=[inbound.Raw(path.read_bytes())], site=small.SITE) == 0
    inbox.understand(signal_id=signal.id)
    assert signals.get_signal(signal.id) == signal
