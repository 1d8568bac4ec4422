"""The application that granian serves."""

from __future__ import annotations

import os

import django
from django.conf import settings

from obeya.integrations.whatsapp import payloads
from obeya.web import bodies, threads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obeya.config.settings")
django.setup(set_prefix=False)
application = bodies.Bounded(
    threads.Handler(),
    limits={
        "/webhooks/whatsapp": payloads.MAX_BODY_BYTES,
        "/api/": settings.DATA_UPLOAD_MAX_MEMORY_SIZE or bodies.MOST,
    },
)
