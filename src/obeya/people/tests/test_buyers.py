"""Links, sessions and tokens of buyers: once, for a time, and only until they are taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.worlds import small

from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import buyer_queries, buyers, models

pytestmark = pytest.mark.django_db
ORIGIN = Origin.fresh(source="test", actor="system")


@pytest.fixture(autouse=True)
def time() -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    small.create_site()
    yield manual
    clock.use(before)


def invite(name: str = "Mahesh Kadam", customer: str = "KRS01") -> buyers.NewKey:
    return buyers.invite(
        site=small.SITE, customer=customer, name=name, email="Mahesh@Krushnai.example", origin=ORIGIN
    )


def test_a_link_opens_one_session_once() -> None:
    link = invite()
    session = buyers.open_invitation(secret=link.secret)
    holder = buyer_queries.find_holder(session.secret, "session")
    assert holder is not None
    assert (holder.buyer.site, holder.buyer.customer, holder.buyer.name) == ("PUNE", "KRS01", "Mahesh Kadam")
    with pytest.raises(buyers.CannotOpen):
        buyers.open_invitation(secret=link.secret)


def test_a_link_ends_by_itself_and_when_another_is_made(time: clock.ManualClock) -> None:
    old, new = invite(), invite()
    with pytest.raises(buyers.CannotOpen):
        buyers.open_invitation(secret=old.secret)
    time.advance(buyers.INVITATION_LASTS)
    with pytest.raises(buyers.CannotOpen):
        buyers.open_invitation(secret=new.secret)
    assert old.buyer_id == new.buyer_id


def test_a_key_of_one_kind_is_no_key_of_another() -> None:
    link = invite()
    session = buyers.open_invitation(secret=link.secret)
    assert buyer_queries.find_holder(session.secret, "token") is None
    assert buyer_queries.find_holder(session.secret, "invitation") is None
    with pytest.raises(buyers.CannotOpen):
        buyers.open_invitation(secret=session.secret)
    for hostile in ("", "x" * 10_000, "\0", "\ud800", "' OR 1=1 --"):
        assert buyer_queries.find_holder(hostile, "session") is None


def test_no_secret_is_kept_and_none_is_told() -> None:
    link = invite()
    session = buyers.open_invitation(secret=link.secret)
    stored = str(list(models.BuyerKey.objects.values())) + str(list(models.Buyer.objects.values()))
    told = str([event.data for event in journal.list_about(f"buyer:{link.buyer_id}")])
    assert "KRS01" in told
    for secret in (link.secret, session.secret):
        assert secret not in stored + told
    assert "mahesh" not in told.lower()


def test_taking_access_away_ends_everything_at_once() -> None:
    session = buyers.open_invitation(secret=invite().secret)
    later = clock.now() + timedelta(days=1)
    token = buyers.give_token(buyer_id=session.buyer_id, name="Their ERP", expires_at=later, origin=ORIGIN)
    link = invite()
    buyers.take_away(buyer_id=session.buyer_id, origin=ORIGIN)
    buyers.take_away(buyer_id=session.buyer_id, origin=ORIGIN)
    assert buyer_queries.find_holder(session.secret, "session") is None
    assert buyer_queries.find_holder(token.secret, "token") is None
    with pytest.raises(buyers.CannotOpen):
        buyers.open_invitation(secret=link.secret)
    with pytest.raises(buyers.CannotGiveToken):
        buyers.give_token(buyer_id=session.buyer_id, name="More", expires_at=later, origin=ORIGIN)
    (row,) = buyer_queries.list_buyers([small.SITE])
    assert row.revoked_at is not None
    assert row.tokens == ()


def test_a_session_lasts_while_it_is_used(time: clock.ManualClock) -> None:
    session = buyers.open_invitation(secret=invite().secret)
    for _ in range(3):
        time.advance(buyers.SESSION_LASTS - timedelta(days=1))
        holder = buyer_queries.find_holder(session.secret, "session")
        assert holder is not None
        buyers.touch(key_id=holder.key_id)
    time.advance(buyers.SESSION_LASTS)
    assert buyer_queries.find_holder(session.secret, "session") is None


def test_leaving_ends_this_session_alone() -> None:
    phone, desk = (buyers.open_invitation(secret=invite().secret) for _ in range(2))
    buyers.end_session(secret=phone.secret)
    assert buyer_queries.find_holder(phone.secret, "session") is None
    assert buyer_queries.find_holder(desk.secret, "session") is not None


def test_invitations_are_bounded(time: clock.ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(buyers.MOST_INVITED):
        invite()
    with pytest.raises(buyers.CannotInvite, match="Wait an hour"):
        invite()
    invite(customer="SHB01")
    time.advance(buyers.INVITED_WITHIN)
    monkeypatch.setattr(buyers, "MOST_BUYERS", 1)
    with pytest.raises(buyers.CannotInvite, match="can have 1 buyers"):
        invite("Somebody else")
    for name in ("", "  ", "x" * 101):
        with pytest.raises(buyers.CannotInvite, match="Say who"):
            invite(name)


def test_the_desk_sees_who_was_invited_and_who_came() -> None:
    came = buyers.open_invitation(secret=invite().secret)
    invite("Sunita Kadam")
    rows = {row.buyer.name: row for row in buyer_queries.list_buyers([small.SITE], customer="KRS01")}
    assert rows["Mahesh Kadam"].seen_at == clock.now()
    assert rows["Mahesh Kadam"].invited_until is None
    assert rows["Sunita Kadam"].seen_at is None
    assert rows["Sunita Kadam"].invited_until == clock.now() + buyers.INVITATION_LASTS
    assert buyer_queries.list_buyers(["SURAT"]) == ()
    assert buyer_queries.find_buyer(came.buyer_id) == rows["Mahesh Kadam"].buyer


def test_a_buyer_needs_an_address_that_can_be_reached() -> None:
    wrong = {
        "Give a mail address": {},
        "not a mail address": {"email": "mahesh"},
        "not a phone number": {"phone": "12"},
        "country code": {"phone": "98220 12345"},
    }
    for words, given in wrong.items():
        with pytest.raises(buyers.CannotInvite, match=words):
            buyers.invite(site=small.SITE, customer="KRS01", name="Mahesh", origin=ORIGIN, **given)


def test_a_buyer_is_found_by_address_and_by_number_however_it_is_typed() -> None:
    buyers.invite(
        site=small.SITE,
        customer="KRS01",
        name="Mahesh",
        email="Mahesh@Krushnai.example",
        phone="+91 98220 12345",
        origin=ORIGIN,
    )
    for typed in ("mahesh@krushnai.example", " MAHESH@krushnai.example ", "+919822012345", "098220 12345"):
        assert [one.name for one in buyer_queries.find_reached(typed)] == ["Mahesh"], typed
    for typed in ("", "2345", "mahesh", "x@krushnai.example", "\0", "@" * 300, "+91 98220 12346"):
        assert buyer_queries.find_reached(typed) == (), typed


def test_a_buyer_who_asks_gets_a_short_link_and_not_many(time: clock.ManualClock) -> None:
    invited = invite()
    links = [buyers.give_link(buyer_id=invited.buyer_id) for _ in range(buyers.MOST_LINKS)]
    given = [link for link in links if link is not None]
    assert len(given) == buyers.MOST_LINKS - 1, "the invitation counts too"
    buyers.open_invitation(secret=given[0].secret)
    for ended in (invited, given[1]):
        with pytest.raises(buyers.CannotOpen):
            buyers.open_invitation(secret=ended.secret)
    time.advance(buyers.INVITED_WITHIN)
    late = buyers.give_link(buyer_id=invited.buyer_id)
    assert late is not None
    time.advance(buyers.LINK_LASTS)
    with pytest.raises(buyers.CannotOpen):
        buyers.open_invitation(secret=late.secret)
    buyers.take_away(buyer_id=invited.buyer_id, origin=ORIGIN)
    assert buyers.give_link(buyer_id=invited.buyer_id) is None
    assert buyer_queries.find_reached("mahesh@krushnai.example") == ()


def test_whoever_asks_in_a_buyers_name_closes_no_open_link() -> None:
    invited = invite()
    buyers.give_link(buyer_id=invited.buyer_id)
    assert buyers.open_invitation(secret=invited.secret).buyer_id == invited.buyer_id


def test_a_portal_shows_neither_prices_nor_stock_until_somebody_says_so() -> None:
    assert buyer_queries.portal_of(small.SITE) == buyer_queries.Portal(shows_prices=False, shows_stock=False)
    for _ in range(2):
        buyers.set_portal(site=small.SITE, shows_prices=True, shows_stock=False, origin=ORIGIN)
    assert buyer_queries.portal_of(small.SITE) == buyer_queries.Portal(shows_prices=True, shows_stock=False)
    told = [event for event in journal.list_about(f"site:{small.SITE}") if event.type == "people.portal_set"]
    assert len(told) == 1
