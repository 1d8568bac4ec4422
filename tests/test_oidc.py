"""Log-in by a company's identity provider: a real HTTP provider on loopback, known people only."""

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user
from django.test import Client

from obeya.journal.events import Origin
from obeya.people import actions as people
from obeya.people.queries import Function
from tests.worlds import crew as crews

pytestmark = pytest.mark.django_db
ORIGIN = Origin.fresh(source="test", actor="system")


class Provider(http.server.ThreadingHTTPServer):
    """The endpoints of OpenID Connect that a log-in needs."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.claims: dict[str, object] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(http.server.BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self):
        base = self.server.url
        self._tell(
            {
                "/.well-known/openid-configuration": {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo",
                    "jwks_uri": f"{base}/keys",
                },
                "/userinfo": self.server.claims,
                "/keys": {"keys": []},
            }.get(self.path.partition("?")[0])
        )

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._tell({"access_token": "t", "token_type": "Bearer", "expires_in": 300})

    def _tell(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "APPS": [
                    {
                        "provider_id": "company",
                        "name": "Company",
                        "client_id": "obeya",
                        "secret": "s",
                        "settings": {"server_url": running.url},
                    }
                ]
            }
        }
        yield running
        running.shutdown()


@pytest.fixture
def asha():
    crews.create_site()
    person = people.create_user(
        username="asha", display_name="Asha", email="asha@plant.example", origin=ORIGIN
    )
    people.grant(user_id=person.id, site="PUNE", function=Function.ORDER_DESK, origin=ORIGIN)
    return person


def log_in(provider: Provider, **claims: object) -> Client:
    """Go through the redirects as a browser does; returns the browser."""
    provider.claims = {"sub": "42", **claims}
    client = Client()
    started = client.post("/accounts/oidc/company/login/")
    assert started.status_code == 302, started.content[:300]
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(started["Location"]).query)
    back = urllib.parse.urlsplit(asked["redirect_uri"][0]).path
    client.get(back, {"code": "c", "state": asked["state"][0]})
    return client


def who(client: Client) -> str:
    request = client.get("/login").wsgi_request
    return get_user(request).get_username()


def test_a_known_person_logs_in_by_the_providers_user_name(provider, asha):
    assert who(log_in(provider, preferred_username="Asha")) == "asha"


def test_a_known_person_logs_in_by_a_verified_mail_address(provider, asha):
    assert who(log_in(provider, email="asha@plant.example", email_verified=True)) == "asha"


def test_an_unverified_mail_address_is_nobodys(provider, asha):
    assert who(log_in(provider, email="asha@plant.example", email_verified=False)) == ""


def test_an_unknown_person_is_refused_not_created(provider, asha):
    assert who(log_in(provider, preferred_username="mallory")) == ""


def test_somebody_who_left_stays_out(provider, asha):
    people.deactivate_user(user_id=asha.id, origin=ORIGIN)
    assert who(log_in(provider, preferred_username="asha")) == ""
