"""The application that granian serves."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from obeya.integrations.whatsapp import payloads
from obeya.web import bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obeya.config.settings")
application = bodies.Bounded(
    get_asgi_application(),
    limits={
        "/webhooks/whatsapp": payloads.MAX_BODY_BYTES,
        "/api/": settings.DATA_UPLOAD_MAX_MEMORY_SIZE or bodies.MOST,
    },
)
