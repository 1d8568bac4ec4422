"""What allauth brings: second factors, the company's own log-in, the pages on the way. Nobody signs up."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from obeya.web import access

to_login = access.anyone(RedirectView.as_view(pattern_name="web:login", query_string=True))

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", to_login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("social/", include("allauth.socialaccount.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
