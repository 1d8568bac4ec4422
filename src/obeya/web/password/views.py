"""Change one's own password: the old one is asked for, and every other session of the person ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from allauth.core import ratelimit
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import actions
from obeya.people import queries as people
from obeya.web import access, shown
from obeya.web.password import page

MOST = 512
"""Characters of a password, as on the log-in page."""


@access.person
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """The form, and its answer; a few tries a minute."""
    if request.method == "GET":
        return _show(request, changed=request.GET.get("changed") == "1")
    if not ratelimit.consume(request, action="change_password", user=request.user):
        return _show(request, [shown.FieldError("", _("Too many tries. Wait a minute."))], status=429)
    wrong = _wrong(request)
    if not wrong:
        wrong = _change(request)
    if wrong:
        return _show(request, wrong, status=422)
    return redirect(f"{reverse('web:password')}?changed=1")


def _show(
    request: HttpRequest, errors: Iterable[shown.FieldError] = (), *, status: int = 200, changed: bool = False
) -> HttpResponse:
    own = _user(request).has_usable_password()
    shows = page.PasswordPage(clock.now(), own, shown.Typed({}, tuple(errors)), changed and own)
    return render(request, "web/password/page.html", {"page": shows}, status=status)


def _user(request: HttpRequest) -> AbstractBaseUser:
    return cast(AbstractBaseUser, request.user)


def _wrong(request: HttpRequest) -> list[shown.FieldError]:
    """What is wrong with the form before the new password is judged."""
    old, new = request.POST.get("old", ""), request.POST.get("new", "")
    if not _user(request).has_usable_password():
        return [
            shown.FieldError("", _("You log in by your company's own log-in; there is no password here."))
        ]
    if len(old) > MOST or not _user(request).check_password(old):
        return [shown.FieldError("old", _("This is not your password."))]
    if len(new) > MOST:
        return [shown.FieldError("new", _("This is too long."))]
    if new != request.POST.get("again", ""):
        return [shown.FieldError("again", _("The two passwords differ."))]
    return []


def _change(request: HttpRequest) -> list[shown.FieldError]:
    """Change it and keep this session alone; the errors where it is too weak."""
    assert request.user.is_authenticated, "the view is for persons"
    person = people.get_user(request.user.id)
    origin = Origin.fresh(source="web", actor=person.actor)
    try:
        actions.change_password(user_id=person.id, password=request.POST["new"], origin=origin)
    except actions.CannotChangePassword as error:
        return [shown.FieldError("new", str(error))]
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    return []
