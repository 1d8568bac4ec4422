"""Questions and complaints by mail: dealt with in the thread; a program's mail is never answered."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from tests.worlds import desk, small

from obeya.config import converters
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.integrations.email import inbound, understanding
from obeya.orders.enquiries import replying
from obeya.outbox import queries as messages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plant(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.DEFAULT_FROM_EMAIL = "Orders <orders@deccan.example>"
    with desk.standing():
        interpreters.register(inbound.SOURCE, understanding.understand)
        converters.register()
        yield


def arrive(text: str, *, sender: str = "orders@krushnai.example", **headers: str) -> signals.Signal:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "orders@deccan.example", "A question"
    mail["Message-ID"] = "<question-1@krushnai.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    inbound.accept(mails=[inbound.Raw(mail.as_bytes())], site=small.SITE)
    (signal,) = signals.list_signals(sites=[small.SITE], source=inbound.SOURCE)
    inbox.understand(signal_id=signal.id)
    return signals.get_signal(signal.id)


SIGNED = "\n\nBest regards\nMahesh Kadam\nKrushnai Traders\n"


def test_a_price_is_told_in_the_thread_and_a_signature_is_no_part_of_the_question():
    order = desk.order_of(arrive("Hello,\n\nWhat is the rate of 28mm white cap?" + SIGNED))
    (told,) = messages.list_messages(subject=f"order:{order.id}")
    assert (told.channel, told.to) == ("email", "orders@krushnai.example")
    assert "INR 2,600 / ctn" in told.body
    assert order.state == "answered"


def test_a_complaint_by_mail_becomes_an_exception():
    order = desk.order_of(arrive("The caps of SO-0911 are leaking." + SIGNED))
    assert [kind for _, _, kind in replying.cases_of(order.id)] == ["quality_complaint"]


def test_a_colleagues_address_at_the_customer_is_told_no_price():
    order = desk.order_of(arrive("What is the rate of 28mm white cap?", sender="new@krushnai.example"))
    assert (order.customer_code, order.state) == ("KRS01", "waiting")
    assert list(messages.list_messages(subject=f"order:{order.id}")) == []


def test_a_programs_mail_is_not_answered():
    arrive("What is the rate of 28mm white cap?", Auto_Submitted="auto-replied")
    assert list(messages.list_messages(sites=[small.SITE])) == []
