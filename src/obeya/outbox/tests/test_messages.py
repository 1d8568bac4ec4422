"""Messages to people: written once, sent once, held where a channel is not set up, read by each alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from obeya.journal import queries as journal
from obeya.outbox import actions, channels, models, queries
from obeya.outbox.channels import Failed, NoAnswer, Sent
from obeya.outbox.tests import fakes
from obeya.outbox.tests.fakes import ORIGIN, make_person
from obeya.people import actions as people_actions
from obeya.people import queries as people
from obeya.people.queries import Function

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site", "clock")]


def send(key="m1", *, channel="email", to="buyer@example.com", **more):
    return actions.send_message(
        key=key,
        site="PUNE",
        channel=channel,
        to=to,
        title=more.pop("title", "Order SO-1"),
        body=more.pop("body", "Booked."),
        subject=more.pop("subject", "order:1"),
        origin=ORIGIN,
        **more,
    )


def view(key="m1"):
    found = queries.find_message(key)
    assert found is not None
    return found


def told(message_id):
    return [
        event.type.removeprefix("outbox.message_") for event in journal.list_about(f"message:{message_id}")
    ]


def notices(person):
    return queries.list_notices(people.access_of(person))


def test_a_message_leaves_once_with_its_words(mail):
    message_id = send(data={"reply_to": "x"})
    assert send(body="Other words") == message_id
    assert actions.send_due() == 1
    assert actions.send_due() == 0
    (letter,) = mail.sent
    assert letter == channels.Letter(
        key="m1",
        to="buyer@example.com",
        title="Order SO-1",
        body="Booked.",
        data={"reply_to": "x", "language": "en"},
    )
    assert (view().state, view().state_text, told(message_id)) == ("sent", "Sent.", ["queued", "sent"])


def test_a_message_to_a_user_goes_to_the_users_address(mail):
    asha = make_person("asha", email="asha@example.com")
    send(to=asha.id)
    actions.send_due()
    assert (mail.sent[0].to, view().to) == ("asha@example.com", "Asha")


def test_a_user_without_an_address_is_a_failure_that_names_the_person(mail):
    message_id = send(to=make_person("ravi").id)
    actions.send_due()
    assert (view().state, view().state_text) == (
        "failed",
        "Not delivered: Ravi has no address for E-mail.",
    )
    assert told(message_id) == ["queued", "failed"]


def test_a_message_to_a_function_reaches_each_person_on_duty(mail, clock):
    make_person("meera", Function.QUALITY, email="meera@example.com")
    shift = people_actions.create_shift(
        site="PUNE",
        name="C",
        starts=(clock.now() + timedelta(hours=12)).time(),
        ends=(clock.now() + timedelta(hours=13)).time(),
        days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        origin=ORIGIN,
    )
    absent = make_person("nikhil", email="nikhil@example.com")
    people_actions.grant(
        user_id=absent.id, site="PUNE", function=Function.QUALITY, shift_id=shift, origin=ORIGIN
    )
    send(to=Function.QUALITY)
    actions.send_due()
    assert [letter.to for letter in mail.sent] == ["meera@example.com"]
    assert (view().state, view().to) == ("forwarded", "Quality")
    assert len(queries.list_messages(subject="order:1")) == 2


def test_a_function_that_nobody_holds_is_a_failure_in_plain_words(mail):
    send(to=Function.QUALITY)
    actions.send_due()
    assert view().state_text == "Not delivered: Nobody holds the function Quality at PUNE."


def test_a_failure_that_passes_is_tried_again_later_and_later(mail, clock):
    mail.script.extend([Failed("The mail server is busy.", temporary=True)] * 2)
    send()
    tried_at = []
    for _ in range(20):
        if actions.send_due():
            tried_at.append((clock.now() - fakes.START).total_seconds())
        if len(tried_at) == 1:
            assert view().state_text == "The mail server is busy. Tried once, next try 14:00:04."
        clock.advance(timedelta(seconds=1))
    assert tried_at == [0, 4, 12]
    assert (view().state, len(mail.sent)) == ("sent", 1)


def test_a_message_is_given_up_after_a_day(mail, clock):
    send()
    for _ in range(200):
        mail.script.append(Failed("The mail server is busy.", temporary=True))
        actions.send_due()
        clock.advance(timedelta(minutes=11))
    assert view().state == "failed"
    failed_at = models.Message.objects.get().failed_at
    assert failed_at is not None
    assert timedelta(hours=23) < failed_at - fakes.START < timedelta(hours=24, minutes=11)


def test_a_refusal_is_final_until_a_person_says_otherwise(mail, clock):
    mail.script.append(Failed("There is no such mailbox."))
    message_id = send()
    for _ in range(5):
        actions.send_due()
        clock.advance(timedelta(hours=1))
    assert (view().state, mail.sent) == ("failed", [])
    assert [m.key for m in queries.list_message_trouble(["PUNE"])] == ["m1"]
    actions.retry_message(message_id=message_id, origin=ORIGIN)
    actions.send_due()
    assert (view().state, told(message_id)) == ("sent", ["queued", "failed", "retried", "sent"])
    with pytest.raises(actions.CannotRetryMessage):
        actions.retry_message(message_id=message_id, origin=ORIGIN)


def test_a_message_whose_answer_never_came_is_not_sent_twice(mail, clock):
    mail.script.append(NoAnswer("The line broke."))
    message_id = send()
    for _ in range(5):
        actions.send_due()
        clock.advance(timedelta(hours=1))
    assert (view().state, mail.sent, told(message_id)) == ("unknown", [], ["queued", "unanswered"])
    assert view().state_text == "Nobody knows whether it arrived: The line broke."


def test_a_receipt_settles_a_message_whose_answer_never_came(mail, clock):
    mail.script.append(NoAnswer("The line broke."))
    message_id = send()
    actions.send_due()
    assert actions.apply_status(tracking="m1", provider_id="wamid.1", status="delivered", at=clock.now())
    assert actions.apply_status(provider_id="wamid.1", status="sent", at=clock.now())
    assert (view().state, view().error, told(message_id)) == (
        "delivered",
        "",
        ["queued", "unanswered", "sent"],
    )
    assert not actions.apply_status(provider_id="wamid.9", tracking="nobody", status="read", at=clock.now())


def test_a_receipt_may_come_before_the_answer(mail, clock):
    def send_and_tell(letter):
        actions.apply_status(tracking=letter.key, provider_id="wamid.1", status="read", at=clock.now())
        return Sent("wamid.1")

    mail.send = send_and_tell
    send()
    actions.send_due()
    assert view().state == "read"
    assert models.Message.objects.get().provider_id == "wamid.1"


def test_a_failure_that_a_receipt_tells_is_shown(mail, clock):
    message_id = send()
    actions.send_due()
    actions.apply_status(
        provider_id="id-m1", status="failed", at=clock.now(), error="The customer is not on WhatsApp."
    )
    assert view().state_text == "Not delivered: The customer is not on WhatsApp."
    assert told(message_id) == ["queued", "sent", "failed"]


def test_a_channel_that_is_not_set_up_holds_messages_and_loses_none(mail, clock):
    mail.trouble = "E-mail sending is not set up."
    send()
    assert actions.send_due() == 0
    assert (view().state, view().state_text) == ("held", "Held: E-mail sending is not set up.")
    mail.trouble = ""
    clock.advance(timedelta(days=3))
    mail.script.append(Failed("Busy.", temporary=True))
    actions.send_due()
    assert view().state == "queued"  # the days in which it was held do not count
    clock.advance(timedelta(seconds=4))
    actions.send_due()
    assert (view().state, len(mail.sent)) == ("sent", 1)


def test_a_channel_that_nobody_registered_holds_messages_too():
    send(channel="whatsapp", to="+910000012345")
    actions.send_due()
    assert view().state_text == "Held: WhatsApp sending is not set up."


def test_messages_to_one_recipient_keep_their_order_and_others_go_on(mail, clock):
    mail.script.append(Failed("Busy.", temporary=True))
    for key, to in (("a1", "a@example.com"), ("a2", "a@example.com"), ("b1", "b@example.com")):
        send(key, to=to)
    actions.send_due()
    assert [letter.key for letter in mail.sent] == ["b1"]
    clock.advance(timedelta(seconds=4))
    actions.send_due()
    assert [letter.key for letter in mail.sent] == ["b1", "a1", "a2"]


@pytest.mark.django_db(transaction=True)
def test_a_message_whose_sender_was_killed_is_not_sent_again_but_shown(mail, clock):
    mail.script.append(fakes.Killed)
    message_id = send()
    with pytest.raises(fakes.Killed):
        actions.send_due()
    assert view().state == "sending"
    clock.advance(timedelta(seconds=121))
    actions.send_due()
    assert (view().state, mail.sent, told(message_id)) == ("unknown", [], ["queued", "unanswered"])


def test_hundreds_of_messages_cost_as_many_statements_as_two(mail):
    people_ = [make_person(f"p{n}", Function.QUALITY) for n in range(5)]

    def drafts(count, name):
        kinds: list[tuple[str, int | str | Function]] = [
            ("inapp", people_[0].id),
            ("email", "a@example.com"),
            ("inapp", Function.QUALITY),
        ]
        return [
            actions.MessageDraft(
                key=f"{name}{n}",
                site="PUNE",
                channel=kinds[n % 3][0],
                to=kinds[n % 3][1],
                title="Escalated",
                body="",
                subject=f"case:{n}",
                origin=ORIGIN,
            )
            for n in range(count)
        ]

    def statements(count, name):
        with CaptureQueriesContext(
            connection,
        ) as context:
            ids = actions.send_messages(drafts(count, name))
        assert len(set(ids)) == count
        return len(context)

    assert statements(600, "many") == statements(3, "few") <= 6
    assert actions.send_messages([]) == ()


def test_a_notice_to_a_function_is_read_by_each_person_alone():
    meera, ravi = make_person("meera", Function.QUALITY), make_person("ravi", Function.QUALITY)
    stranger = make_person("lata", Function.OPERATOR)
    send("n1", channel="inapp", to=Function.QUALITY, data={"url": "/cases/1"})
    send("n2", channel="inapp", to=meera.id)
    assert [notice.url for notice in notices(ravi)] == ["/cases/1"]
    assert len(notices(meera)) == 2
    assert notices(stranger) == ()
    ids = [notice.id for notice in notices(meera)]
    assert actions.mark_read(message_ids=ids, user_id=stranger.id) == 0
    assert actions.mark_read(message_ids=ids, user_id=meera.id) == 2
    assert actions.mark_read(message_ids=ids, user_id=meera.id) == 0
    counts = [queries.count_unread(people.access_of(person)) for person in (meera, ravi, stranger)]
    assert counts == [0, 1, 0]
    assert queries.list_notices(people.access_of(meera), unread_only=True) == ()
    assert notices(meera)[0].read_at is not None


def test_a_function_at_another_site_sees_nothing_of_this_one():
    fakes.make_site("SURAT")
    person = make_person("meera")
    people_actions.grant(user_id=person.id, site="SURAT", function=Function.QUALITY, origin=ORIGIN)
    send("n1", channel="inapp", to=Function.QUALITY)
    assert notices(person) == ()


def test_nobody_sees_no_notices():
    send("n1", channel="inapp", to=make_person("meera").id)
    assert queries.list_notices(people.NOBODY) == ()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"channel": "pigeon"}, "pigeon"),
        ({"to": 99_999}, "no person with the number 99999"),
        ({"channel": "inapp"}, "to a person or a function"),
        ({"to": "  "}, "an address"),
        ({"title": "", "body": ""}, "words"),
        ({"body": "x" * 20_001}, "20000 characters"),
        ({"key": "k" * 201}, "200 characters"),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused_with_the_reason(more, words):
    with pytest.raises(actions.CannotSendMessage, match=words):
        send(**more)
