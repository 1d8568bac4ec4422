"""Log in and out: allauth's own flow (rate limits, second factor, single sign-on) behind our page."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from obeya.web import access, shown
from obeya.web.login import page


class Login(LoginView):  # type: ignore[misc]  # allauth ships no types
    """allauth's view with our form's field names and our view model."""

    template_name = "web/login/page.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Our page calls the user name `username`, allauth calls it `login`."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if "data" in kwargs:
            kwargs["data"] = kwargs["data"].copy()
            kwargs["data"]["login"] = kwargs["data"].get("username", "")[:150].strip()
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The view model beside what allauth adds."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "page": self._page()}

    def _page(self) -> page.LoginPage:
        form = self.get_form() if self.request.method == "POST" else None
        messages = [message for errors in form.errors.values() for message in errors] if form else []
        return page.LoginPage(
            next_url=_safe(self.request, self.request.POST.get("next") or self.request.GET.get("next", "")),
            typed=shown.Typed(
                {"username": self.request.POST.get("username", "")[:150]},
                tuple(shown.FieldError("", message) for message in dict.fromkeys(messages)),
            ),
            providers=_providers(),
        )


def _safe(request: HttpRequest, url: str) -> str:
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()) else ""


def _providers() -> tuple[shown.Link, ...]:
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return tuple(
        shown.Link(
            _("Log in with %(name)s") % {"name": app["name"]},
            reverse("openid_connect_login", args=[app["provider_id"]]),
        )
        for app in apps
    )


login = access.anyone(Login.as_view())


@access.anyone
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session; harmless for whoever has none."""
    end_session(request)
    return redirect("web:login")
