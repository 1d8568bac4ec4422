"""Take the pictures of the documentation from a demo that runs on this machine (`make run`).

    .venv/bin/python scripts/screenshots.py [folder]

Each person logs in as people do; nothing is staged but what the live plant did. Pictures of what has not
happened yet (no order booked, no exception) are left out, and the script says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from obeya.cli import machine
from obeya.config import home

PROJECT = Path(__file__).resolve().parents[1]
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")
DESK = {"width": 1440, "height": 900}
TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: who looks at what. `opens` is a link on the page to follow first, where there is one."""

    name: str
    who: str
    path: str
    size: dict[str, int]
    opens: str = ""
    dark: bool = False


PICTURES = (
    Picture("desk", "asha", "/orders?show=booked", DESK, opens="a[href*='/orders/']"),
    Picture("desk-dark", "asha", "/orders?show=waiting", DESK, opens="a[href*='/orders/']", dark=True),
    Picture("waiting", "meera", "/waiting", DESK, opens="a[href*='/waiting/']"),
    Picture("exception", "anand", "/exceptions", DESK, opens="a[href*='/exceptions/']"),
    Picture("terminal", "lata", "/terminal?machine=IM-1", TABLET),
    Picture("connectors", "priya", "/connectors", DESK),
    Picture("search", "anand", "/search?q=hold", DESK),
    Picture("phone", "asha", "/orders", PHONE),
)


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    program = machine.find_browser()
    if program is None:
        raise SystemExit("There is no Chromium: `make browser` installs one.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


def log_in(page: Page, username: str, password: str) -> None:
    """Log in by the log-in page."""
    page.goto("/login")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def take(started: Browser, picture: Picture, *, url: str, password: str, folder: Path) -> str:
    """Take one picture; returns what to say about it."""
    context = started.new_context(
        base_url=url,
        viewport={"width": picture.size["width"], "height": picture.size["height"]},
        device_scale_factor=1.5,
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        log_in(page, picture.who, password)
        page.goto(picture.path)
        if picture.opens:
            link = page.locator(f"main {picture.opens}").first
            if not link.count():
                return f"{picture.name}: nothing to show yet"
            page.goto(link.get_attribute("href") or picture.path)
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready")
        page.wait_for_selector("[data-link=live]")
        page.screenshot(path=folder / f"{picture.name}.png")
    finally:
        context.close()
    return f"{picture.name}: taken"


def main() -> int:
    """Take every picture of a running demo."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    house = home.folder()
    settings = home.read_settings(house / home.DEMO_SETTINGS)
    url = settings.get("OBEYA_BASE_URL", "")
    try:
        httpx.get(f"{url}/healthz", timeout=5, trust_env=False).raise_for_status()
    except (httpx.HTTPError, httpx.UnsupportedProtocol):
        print("The demo does not run: start it with `make run`, and let it live for some minutes.")
        return 1
    password = (house / "demo.password").read_text()
    with browser() as started:
        for picture in PICTURES:
            print(take(started, picture, url=url, password=password, folder=folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
