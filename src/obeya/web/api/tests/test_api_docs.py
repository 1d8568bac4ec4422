"""The description of the API in a browser: drawn under our content policy, with nothing from elsewhere."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import sync_playwright
from tests.worlds import small

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_description_is_drawn_and_nothing_is_blocked(live_server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop in this thread
    small.create_site()
    small.create_people()
    client = Client()
    client.force_login(get_user_model().objects.get(username="asha"))
    said, asked = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = browser.new_context()
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{live_server.url}/api/docs")
        page.get_by_text("/api/requests/{request_id}/decide").wait_for(timeout=20_000)
        assert page.locator(".opblock").count() >= 10
        browser.close()
    assert [text for text in said if "Security Policy" in text or "Refused" in text] == []
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
