"""From the press of HOLD to the last of four screens that show it, with fifty screens open.

Fifty people have a screen open: a real Chromium shows quality's "Waiting for you", 49 others are kept
open as a browser does (`bench/screens.py`): streams of server-sent events of people of the four functions
that a hold asks, on their lists of requests and of exceptions. A hold is placed by the terminal's own form
over HTTP; each hold is of another lot, one after another, and all stay open, so the lists grow.

- four screens: from the POST leaving until quality's Chromium has the new request in its page, and one
  screen each of planning, materials and customer service has fetched it. p50_ms and p95_ms are of these.
- all screens: the same for the last of all fifty.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

from playwright.sync_api import Page, sync_playwright

from bench import plant as plants
from bench import screens, world
from obeya.cli import machine
from obeya.demo import pages

SCREENS = 50
ASKED = {"quality": "meera", "planning": "ravi", "materials": "imran", "customer_service": "kavita"}
"""Who answers for each of the four functions that a hold asks."""
PATHS = ("/waiting", "/waiting", "/exceptions")
"""Two of three look at what waits for them, one at the exceptions."""
BROWSER = "quality"
REASONS = ("short_shot", "leak", "appearance", "dimension")
PAUSE_S = 2.0
"""Between holds: by then every screen has also fetched what can wait."""
WITHIN_S = 15.0
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
WATCH = """() => {
  window.seen = {};
  const note = () => {
    for (const row of document.querySelectorAll('[id^="request-row-"]'))
      window.seen[row.id.slice(12)] ??= Date.now();
  };
  note();
  const list = document.getElementById('request-list');
  new MutationObserver(note).observe(list, { childList: true, subtree: true });
}"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One hold: seconds from the POST leaving until each had it."""

    posted_s: float
    by_function: dict[str, float]
    every_s: float


@contextmanager
def chromium(url: str, cookie: str) -> Iterator[Page]:
    """A browser with somebody's list of requests, its stream open, every new row timed."""
    program = machine.find_browser()
    if program is None:
        raise SystemExit("No Chromium: `make browser` installs one, or OBEYA_CHROMIUM names its program.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900})
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.goto("/waiting")
        page.wait_for_selector('html[data-link="live"]', state="attached")
        page.evaluate(WATCH)
        yield page
        browser.close()


def cookie_of(plant: plants.Plant, username: str) -> str:
    """The session of somebody who logged in by the page."""
    visitor = plant.visitor(username)
    session = visitor.cookies["sessionid"]
    visitor.close()
    return f"sessionid={session}"


def open_screens(cookies: dict[str, str]) -> tuple[list[screens.Screen], dict[str, screens.Screen]]:
    """All screens but the browser's, and the one of each function that counts."""
    functions = list(ASKED)
    opened = [
        screens.Screen(ASKED[functions[n % 4]], PATHS[n // 4 % 3], cookies[ASKED[functions[n % 4]]])
        for n in range(SCREENS - 1)
    ]
    return opened, {name: opened[n] for n, name in enumerate(functions) if name != BROWSER}


def lots(plant: plants.Plant) -> list[tuple[str, str]]:
    """(machine, lot) to hold: every lot of the plant that is not on hold."""
    held = {at.lot for at in plant.found.stock if at.location == "HOLD"}
    return [("IM-1", lot) for lot in sorted({at.lot for at in plant.found.stock if at.lot} - held)]


ASKED_FOR = """
SELECT r.function, r.id::text, h.case_id::text FROM floor_hold h
JOIN decisions_request r ON r.subject = 'case:' || h.case_id WHERE h.id = %s
"""


def place(terminal: pages.Visitor, machine: str, lot: str, number: int) -> tuple[str, float]:
    """Hold a lot by the terminal's form; the hold's id, and when the POST left."""
    form = terminal.form(f"/terminal?machine={machine}", having="hold_id")
    left = time.time()
    terminal.send(
        form, machine=machine, lot="", lot_code=lot, reason=REASONS[number % 4], note="", extent="whole"
    )
    return form.values["hold_id"], left


def one_hold(
    plant: plants.Plant,
    terminal: pages.Visitor,
    wall: screens.Wall,
    counting: dict[str, screens.Screen],
    page: Page,
    number: int,
) -> Shown:
    """Place a hold and wait until all fifty screens show it."""
    machine, lot = lots(plant)[number]
    hold, left = place(terminal, machine, lot, number)
    answered = time.time()
    rows = plant.ask(ASKED_FOR, hold)
    requests = {function: request for function, request, _ in rows}
    if set(requests) != set(ASKED):
        raise SystemExit(f"Lot {lot} was not held: {rows}")
    case = str(rows[0][2])
    by_user = {ASKED[function]: request for function, request in requests.items()}

    def wanted(screen: screens.Screen) -> str:
        return case if screen.path == "/exceptions" else by_user[screen.username]

    def all_have_it() -> bool:
        return wall.is_open() and all(wanted(screen) in screen.seen for screen in wall.screens)

    plant.wait(all_have_it, what=f"all screens show the hold of {lot}", within_s=WITHIN_S)
    page.wait_for_selector(f"#request-row-{requests[BROWSER]}", state="attached")
    in_page = page.evaluate("id => window.seen[id]", requests[BROWSER]) / 1e3
    by_function = {name: screen.seen[wanted(screen)] - left for name, screen in counting.items()}
    by_function[BROWSER] = in_page - left
    every = max(in_page, *(screen.seen[wanted(screen)] for screen in wall.screens)) - left
    return Shown(answered - left, by_function, every)


def measure(plant: plants.Plant, count: int) -> tuple[list[Shown], float]:
    """Place `count` holds; what was shown when, and how many fragments a screen fetched for one hold."""
    cookies = {username: cookie_of(plant, username) for username in ASKED.values()}
    opened, counting = open_screens(cookies)
    wall = screens.Wall(plant.url, opened)
    wall.start()
    terminal = plant.visitor("lata")
    try:
        plant.wait(wall.is_open, what="all screens are open")
        with chromium(plant.url, cookies[ASKED[BROWSER]]) as page:
            found = []
            for number in range(count):
                threading.Event().wait(PAUSE_S)
                found.append(one_hold(plant, terminal, wall, counting, page, number))
        fetches = mean(screen.fetches for screen in opened) / count
    finally:
        terminal.close()
        wall.stop()
    return found, fetches


def main() -> None:
    """Measure and print."""
    args = world.arguments(__doc__ or "")
    with plants.running("bench_holds") as plant:
        found, fetches = measure(plant, 3 if args.quick else 40)
    last = [max(one.by_function.values()) * 1e3 for one in found]
    every = [one.every_s * 1e3 for one in found]
    posted = [one.posted_s * 1e3 for one in found]
    result: dict[str, object] = {
        "holds": len(found),
        "screens": SCREENS,
        "p50_ms": world.percentile(last, 0.5),
        "p95_ms": world.percentile(last, 0.95),
        "all_p50_ms": world.percentile(every, 0.5),
        "all_p95_ms": world.percentile(every, 0.95),
        "browser_p95_ms": world.percentile([one.by_function[BROWSER] * 1e3 for one in found], 0.95),
        "post_p50_ms": world.percentile(posted, 0.5),
        "post_p95_ms": world.percentile(posted, 0.95),
        "fetches_per_screen": fetches,
    }
    world.report(args, result, [world.load_note()])


if __name__ == "__main__":
    main()
