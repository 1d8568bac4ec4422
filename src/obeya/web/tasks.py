"""Background work of the screens."""

from __future__ import annotations

from procrastinate.contrib.django import app

from obeya.web.portal import letters


@app.task(name="web.send_portal_links", queue="messages")
def send_portal_links(*, contact: str) -> None:
    """Somebody asked for a link at the portal's door: send it to whom we know there, outside the request.

    The door does the same for a known and an unknown address, in the same time.
    """
    letters.send_links(contact)
