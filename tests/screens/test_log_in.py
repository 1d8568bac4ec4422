"""The doors to get in: second factor, the company's own log-in, and nobody who signs up by themselves."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.test.utils import override_settings

from obeya.people import actions as people
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db


def test_somebody_without_any_function_is_told_whom_to_ask(db, client):
    small.create_site()
    person = people.create_user(username="p", display_name="P Q", origin=small.ORIGIN)
    client.force_login(get_user_model().objects.get(pk=person.id))
    answer = client.get("/")
    assert answer.status_code == 403
    assert "ask your IT team" in answer.content.decode()


def test_a_second_factor_is_asked_for_before_anything_opens(db, client):
    small.create(passwords=["meera"])
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(get_user_model().objects.get(username="meera"), secret)
    answer = client.post("/login", {"username": "meera", "password": small.PASSWORD, "next": "/waiting"})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/waiting").status_code == 302
    page = html_of(client.get(answer["Location"]))
    assert "obeya/style.css" in page
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    passed = client.post(answer["Location"], {"code": code})
    assert passed.status_code == 302
    assert "Waiting for you" in text_of(client.get("/waiting"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("totp/activate/", "Authenticator secret"),
        ("webauthn/", "Key on my ring"),
        ("webauthn/add/", "Add Security Key"),
    ],
)
def test_the_pages_of_the_second_factor_open_after_the_password_and_look_like_ours(db, client, path, told):
    world = small.create(passwords=["meera"])
    if path == "webauthn/":
        Authenticator.objects.create(
            user_id=world.people["meera"].id, type="webauthn", data={"name": "Key on my ring"}
        )
    client.force_login(get_user_model().objects.get(username="meera"))
    asked = client.get(f"/accounts/2fa/{path}")
    if asked.status_code == 302:
        client.post(asked["Location"], {"password": small.PASSWORD})
    page = client.get(f"/accounts/2fa/{path}")
    assert page.status_code == 200
    assert told in html_of(page)
    assert 'class="card door-card allauth"' in html_of(page)


OIDC = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "company",
                "name": "Deccan log-in",
                "client_id": "obeya",
                "secret": "s",
                "settings": {"server_url": "https://id.deccan.example/realms/plant"},
            }
        ]
    }
}


@override_settings(SOCIALACCOUNT_PROVIDERS=OIDC)
def test_the_companys_own_log_in_has_its_button_and_its_place_in_the_policy(db, client):
    answer = client.get("/login")
    page = html_of(answer)
    assert "Log in with Deccan log-in" in page
    assert 'action="/accounts/oidc/company/login/"' in page
    assert "form-action 'self' https://id.deccan.example;" in answer["Content-Security-Policy"]


def test_nobody_signs_up(db, client):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/social/signup/").status_code in (302, 404)
