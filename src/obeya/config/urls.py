"""Every address of Obeya. A view whose own room may not know `web` is given its access rule here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from obeya.integrations.whatsapp import views as whatsapp
from obeya.web import access, status
from obeya.web.api import urls as api
from obeya.web.portal import api as portal_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/whatsapp", access.anyone(whatsapp.webhook), name="whatsapp_webhook"),
    path("healthz", status.healthz, name="healthz"),
    path("metrics", status.metrics, name="metrics"),
    path("api/portal/", portal_api.urls()),
    path("api/", api.urls()),
    path("portal/", include("obeya.web.portal.urls")),
    path("accounts/", include("obeya.web.account_urls")),
    path("", include("obeya.web.urls")),
]
