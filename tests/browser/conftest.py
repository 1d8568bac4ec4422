"""A real web process on the test database, and real Chromium in front of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from obeya.cli import machine
from obeya.lib import postgres
from tests.worlds import small

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTS_WITHIN_S = 30.0
LogIn = Callable[[str], Page]


@pytest.fixture
def world(transactional_db: None) -> small.World:
    """The small plant, committed, so that the web process sees it; Meera has a password."""
    return small.create(passwords=["meera"])


def test_database() -> postgres.Address:
    """Where the test database is, for another process."""
    stored = connection.settings_dict
    return postgres.Address(
        stored["HOST"], str(stored["PORT"]), stored["USER"], stored["PASSWORD"], stored["NAME"]
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="package")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`obeya web` as it runs in a plant, once for these tests; yields its address."""
    port, home = free_port(), tmp_path_factory.mktemp("web")
    environment = {**os.environ, "OBEYA_DATABASE_URL": test_database().url, "OBEYA_HOME": str(home)}
    command = [sys.executable, "-m", "obeya.cli", "web", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_it_answers(f"{address}/login", process, home / "web.log")
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the page can be fetched; fails with the log where the process ends or takes too long."""
    ends_at = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the web process did not answer: {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for a file; its loop must not stand in the way of other tests."""
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
        browser = playwright.chromium.launch(executable_path=machine.find_browser(), args=FLAGS)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def session_of(username: str) -> str:
    """A session of somebody of the plant, as the log-in page would begin it."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client.cookies["sessionid"].value


@pytest.fixture
def log_in(chromium: Browser, server: str, world: small.World) -> Iterator[LogIn]:
    """Opens a window in which somebody of the plant is logged in."""
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def _log_in(username: str) -> Page:
        context = chromium.new_context(base_url=server, viewport={"width": 1280, "height": 900})
        opened.append(context)
        context.add_cookies([{"name": "sessionid", "value": session_of(username), "url": server}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{username}: {error}"))
        page.on(
            "console", lambda said: problems.append(said.text) if "Content Security" in said.text else None
        )
        return page

    yield _log_in
    for context in opened:
        context.close()
    assert problems == []
