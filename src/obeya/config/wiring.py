"""Wiring: which room hears which event, which integration answers which port.

Called in every process, and in tests, as often as it likes: registering twice is registering once.
Nothing here opens a connection; factories do, when their connector is first used.
"""

from __future__ import annotations

import os
from typing import cast

import procrastinate
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError

from obeya.cases import quality_hold, reported
from obeya.cases import reactions as cases
from obeya.catalog import ports as catalog_ports
from obeya.catalog import readers
from obeya.config import converters
from obeya.decisions import reactions as decisions
from obeya.floor import reactions as floor
from obeya.inbox import fetching, interpreters
from obeya.inbox import reactions as inbox
from obeya.integrations.email import outbound as email
from obeya.integrations.email import tokens
from obeya.integrations.email import understanding as email_understanding
from obeya.integrations.language_model import client as language_model
from obeya.integrations.tryton import client as tryton
from obeya.integrations.tryton import inbound as tryton_inbound
from obeya.integrations.tryton import outbound as tryton_outbound
from obeya.integrations.voice import client as voice
from obeya.integrations.whatsapp import media as whatsapp_media
from obeya.integrations.whatsapp import outbound as whatsapp_outbound
from obeya.integrations.whatsapp import understanding as whatsapp
from obeya.orders import listening, second_reader
from obeya.orders import reactions as orders
from obeya.outbox import channels, posters
from obeya.outbox import ports as outbox_ports
from obeya.outbox import reactions as outbox
from obeya.web.api import understanding as api
from obeya.web.order_desk import pasted
from obeya.web.portal import sending as portal
from obeya.web.terminal import taps

ROOMS = (inbox, outbox, decisions, cases, orders, floor)
"""Rooms that hear events, lowest first: where two hear the same one, the lower room's job comes first."""
TRYTON = "tryton"
REACTIONS = "reactions"
AGAIN = procrastinate.RetryStrategy(
    max_attempts=100,
    wait=1,
    retry_exceptions=(OperationalError, InterfaceError, procrastinate.exceptions.ConnectorException),
)
"""A reaction that found the database away, or was chosen to end a deadlock, is called again: nobody else
would. What is delivered to the outside needs none: the ticker sees what is due."""


def on_jobs_ready(app: procrastinate.App) -> None:
    """Called once the job application is there: register reactions and integrations."""
    register_all()
    for task in app.tasks.values():
        if task.queue == REACTIONS and task.retry_strategy is None:
            task.retry_strategy = AGAIN


def register_all() -> None:
    """Make every room and integration known to those that call them."""
    for room in ROOMS:
        room.register()
    quality_hold.register()
    reported.register()
    register_interpreters()
    register_channels()
    converters.register()
    register_voice()
    register_second_reader()
    register_tryton()


def register_interpreters() -> None:
    """Who understands the signals of which source."""
    interpreters.register(taps.SOURCE, taps.understand)
    interpreters.register(whatsapp.CHANNEL, whatsapp.understand)
    interpreters.register(api.SOURCE, api.understand)
    interpreters.register(pasted.SOURCE, pasted.understand)
    interpreters.register(portal.SOURCE, portal.understand)
    interpreters.register(email_understanding.CHANNEL, email_understanding.understand)
    fetching.register(whatsapp.CHANNEL, whatsapp_media.fetch)


def register_voice() -> None:
    """Have recordings written down, where a speech engine is set. Raises ImproperlyConfigured."""
    try:
        voice.settings_of(os.environ)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
    listening.register(voice.engine)


def register_second_reader() -> None:
    """Have orders read a second time, where a language model is set. Raises ImproperlyConfigured."""
    try:
        second_reader.register(language_model.proposer(os.environ))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


def register_channels() -> None:
    """How messages leave the house; one that is not set up says so and holds its messages.

    Raises ImproperlyConfigured.
    """
    try:
        tokens.settings_of(os.environ)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
    channels.register(channels.EMAIL, email.channel)
    channels.register(channels.WHATSAPP, whatsapp_outbound.channel)


def register_tryton() -> None:
    """Read from and post to Tryton, where one is set. Raises ImproperlyConfigured."""
    try:
        connection = tryton.connection(os.environ)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
    if connection is None:
        return

    def make_reader() -> catalog_ports.Reader:
        return tryton_inbound.TrytonReader(tryton.Client(connection))

    def make_poster() -> outbox_ports.Poster:
        return tryton_outbound.TrytonPoster(tryton.Client(connection))

    readers.register(TRYTON, cast(list[str], settings.TRYTON["sites"]), make_reader)
    posters.register(TRYTON, make_poster, title="Tryton")
