"""People: sites, functions, shifts and tokens, kept by the database and told to the journal."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import actions, models, queries
from obeya.people.queries import Function

pytestmark = pytest.mark.django_db

ORIGIN = Origin.fresh(source="test", actor="system")
PASSWORD = "correct-horse-battery"
FRIDAY_NIGHT = datetime(2026, 2, 6, 23, 30, tzinfo=ZoneInfo("Asia/Kolkata"))


@pytest.fixture
def pune():
    return actions.create_site(
        code="PUNE",
        name="Pune plant",
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        origin=ORIGIN,
    )


@pytest.fixture
def asha(pune):
    return actions.create_user(
        username="Asha",
        display_name="Asha Kulkarni",
        password=PASSWORD,
        phone="+91 00000 20101",
        origin=ORIGIN,
    )


def grant(person, function=Function.QUALITY, shift_id=None):
    actions.grant(user_id=person.id, site="PUNE", function=function, shift_id=shift_id, origin=ORIGIN)


def types(subject):
    return [event.type for event in journal.list_about(subject)]


def test_a_person_logs_in_with_the_name_in_any_case(asha):
    user = authenticate(username="ASHA", password=PASSWORD)
    assert user is not None
    assert user.pk == asha.id
    assert authenticate(username="asha", password="wrong") is None


def test_a_new_person_may_do_nothing_and_the_journal_knows_no_secret(asha):
    assert queries.access_of(asha).sites == frozenset()
    (event,) = journal.list_about("user:asha")
    assert event.type == "people.user_created"
    assert event.data == {"user_id": asha.id, "username": "asha"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"username": "ASHA "}, "user name asha is taken"),
        ({"username": "ravi", "phone": "0091-00000-20101"}, "phone number of asha is taken"),
        ({"username": "ravi", "phone": "00000 20101"}, "neither|phone number"),
        ({"username": "ravi", "phone": "98250 12345"}, "country code"),
        ({"username": "ra vi"}, "small letters"),
        ({"username": "x" * 64}, "small letters"),
    ],
)
def test_a_person_who_does_not_fit_is_refused_in_plain_words(asha, change, reason):
    with pytest.raises(actions.CannotCreateUser, match=reason):
        actions.create_user(**{"display_name": "Ravi", "origin": ORIGIN} | change)


def test_a_weak_password_is_refused_with_the_reason(asha):
    with pytest.raises(actions.CannotChangePassword, match="too short"):
        actions.change_password(user_id=asha.id, password="short", origin=ORIGIN)
    assert authenticate(username="asha", password=PASSWORD)


def test_a_changed_password_replaces_the_old_one(asha):
    actions.change_password(user_id=asha.id, password="another-long-phrase", origin=ORIGIN)
    assert authenticate(username="asha", password=PASSWORD) is None
    assert authenticate(username="asha", password="another-long-phrase")
    assert types("user:asha")[-1] == "people.password_changed"


@pytest.mark.parametrize("code", ["pune", "PUNE 1", ""])
def test_a_site_with_an_odd_code_is_refused(code):
    with pytest.raises(actions.CannotCreateSite):
        actions.create_site(
            code=code,
            name="x",
            country="IN",
            timezone="Asia/Kolkata",
            currency="INR",
            week=[],
            origin=ORIGIN,
        )


@pytest.mark.parametrize("timezone", ["Asia/Poona", "../etc", ""])
def test_a_site_with_an_unknown_time_zone_is_refused(timezone):
    with pytest.raises(actions.CannotCreateSite, match="time zone"):
        actions.create_site(
            code="X", name="x", country="IN", timezone=timezone, currency="INR", week=[], origin=ORIGIN
        )


def test_all_access_of_a_person_costs_one_query(asha, django_assert_num_queries):
    grant(asha)
    grant(asha, Function.PLANNING)
    with django_assert_num_queries(1):
        access = queries.access_of(asha)
        assert access.functions("PUNE") == {Function.QUALITY, Function.PLANNING}
        assert access.may([Function.QUALITY], "PUNE")
        assert not access.may([Function.QUALITY], "SURAT")
        assert access.sites == {"PUNE"}


def test_the_superuser_flag_opens_nothing(asha):
    models.User.objects.filter(pk=asha.id).update(is_superuser=True, is_staff=True)
    assert not queries.may(asha, list(Function), "PUNE")


def test_a_visitor_who_is_not_logged_in_may_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.access_of(AnonymousUser()) == queries.NOBODY


def test_a_revoked_function_is_gone_and_told_once(asha):
    grant(asha)
    for _ in range(2):
        actions.revoke(user_id=asha.id, site="PUNE", function=Function.QUALITY, origin=ORIGIN)
    assert queries.functions_of(asha, "PUNE") == frozenset()
    assert types("user:asha").count("people.function_revoked") == 1


def test_granting_twice_is_granting_once(asha):
    grant(asha)
    grant(asha)
    assert len(queries.list_people("PUNE", Function.QUALITY)) == 1
    assert types("user:asha").count("people.function_granted") == 1


def night_shift():
    return actions.create_shift(
        site="PUNE", name="C", starts=time(22), ends=time(6), days=["fri"], origin=ORIGIN
    )


def test_only_the_shift_that_works_is_on_duty(asha):
    grant(asha, shift_id=night_shift())
    assert queries.on_duty("PUNE", Function.QUALITY, FRIDAY_NIGHT) == (asha,)
    assert queries.on_duty("PUNE", Function.QUALITY, FRIDAY_NIGHT + timedelta(hours=6)) == (asha,)
    assert queries.on_duty("PUNE", Function.QUALITY, FRIDAY_NIGHT + timedelta(hours=7)) == ()
    assert queries.on_duty("PUNE", Function.PLANNING, FRIDAY_NIGHT) == ()


def test_the_shift_that_works_is_named_with_its_span(pune):
    night_shift()
    (found,) = queries.list_shifts_at("PUNE", FRIDAY_NIGHT)
    assert found.shift.name == "C"
    assert found.starts_at == datetime(2026, 2, 6, 16, 30, tzinfo=UTC)


def test_a_person_without_a_shift_is_always_on_duty(asha):
    grant(asha)
    assert queries.on_duty("PUNE", Function.QUALITY, FRIDAY_NIGHT) == (asha,)


def test_a_shift_of_another_site_is_refused_by_the_action_and_by_the_database(asha):
    actions.create_site(
        code="SURAT",
        name="Surat",
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["mon"],
        origin=ORIGIN,
    )
    shift = night_shift()
    with pytest.raises(actions.CannotGrant):
        actions.grant(user_id=asha.id, site="SURAT", function=Function.QUALITY, shift_id=shift, origin=ORIGIN)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        models.Membership.objects.create(user_id=asha.id, site_id="SURAT", function="quality", shift_id=shift)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_an_unknown_function(asha):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Membership.objects.create(user_id=asha.id, site_id="PUNE", function="king")


def test_a_person_who_left_is_nowhere_any_more(asha):
    grant(asha)
    token = actions.create_token(user_id=asha.id, name="report", origin=ORIGIN)
    actions.deactivate_user(user_id=asha.id, origin=ORIGIN)
    actions.deactivate_user(user_id=asha.id, origin=ORIGIN)
    assert queries.access_of(asha).sites == frozenset()
    assert queries.on_duty("PUNE", Function.QUALITY, FRIDAY_NIGHT) == ()
    assert queries.find_by_token(token.secret) is None
    assert queries.find_user_by_phone("+910000020101") is None
    assert authenticate(username="asha", password=PASSWORD) is None
    assert types("user:asha").count("people.user_deactivated") == 1
    with pytest.raises(actions.CannotGrant):
        grant(asha)


def test_a_number_finds_its_person_however_it_is_written(asha):
    for written in ("+91 00000 20101", "910000020101", "0091-00000-20101"):
        assert queries.find_user_by_phone(written) == asha
    assert queries.find_user_by_phone("call me") is None


def test_a_token_opens_until_it_is_revoked_and_its_secret_is_kept_nowhere(asha):
    token = actions.create_token(user_id=asha.id, name="report", origin=ORIGIN)
    holder = queries.find_by_token(token.secret)
    assert holder is not None
    assert holder.person == asha
    assert queries.find_by_token(token.secret + "x") is None
    assert token.secret not in str(list(models.ApiToken.objects.values()))
    actions.revoke_token(token_id=token.id, origin=ORIGIN)
    assert queries.find_by_token(token.secret) is None


def test_a_token_dies_at_its_hour(asha):
    manual = clock.ManualClock(FRIDAY_NIGHT)
    before = clock.use(manual)
    try:
        end = FRIDAY_NIGHT + timedelta(hours=1)
        token = actions.create_token(user_id=asha.id, name="report", expires_at=end, origin=ORIGIN)
        manual.advance(timedelta(minutes=59))
        assert queries.find_by_token(token.secret)
        manual.advance(timedelta(minutes=1))
        assert queries.find_by_token(token.secret) is None
    finally:
        clock.use(before)


def test_the_use_of_a_token_is_noted_at_most_once_a_minute(asha, django_assert_num_queries):
    token = actions.create_token(user_id=asha.id, name="report", origin=ORIGIN)
    actions.touch_token(token_id=token.id)
    (first,) = queries.list_tokens(asha)
    actions.touch_token(token_id=token.id)
    assert first.last_used_at is not None
    assert queries.list_tokens(asha) == (first,)
