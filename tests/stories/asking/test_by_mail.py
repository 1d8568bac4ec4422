"""A doubt that the customer settles by mail, with the number of an answer."""

import uuid
from decimal import Decimal

import pytest

from obeya.integrations.email import inbound
from obeya.integrations.email.tests import smtp_server
from obeya.orders import models
from obeya.orders import queries as orders
from tests.stories import running
from tests.stories.asking import speaking
from tests.worlds import small

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal


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
    assert "5 ctn CAP-28-BLU" in speaking.question(order).said
    assert erp.lines == []
    assert models.OrderRow.objects.count() == 1


def test_by_mail_somebody_else_cannot_answer(post, erp):
    mail("2 ctn white cap")
    mail("2", answering=post.mails[0]["Message-ID"], sender="thief@elsewhere.example")
    assert the_order().state == "waiting"
    assert speaking.question(the_order()).state == "asked"
    assert erp.lines == []
