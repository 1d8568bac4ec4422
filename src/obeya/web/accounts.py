"""Log-in by the company's own identity provider: for people Obeya knows, and nobody else."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth import get_user_model
from django.http import HttpRequest


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up; people are created by IT."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never."""
        return False


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Connects a log-in from the identity provider to the person of the same user name."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        """Never: an unknown person is refused, not created."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """First log-in of a known person: connect by the provider's user name, or its verified e-mail."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo", claims)
        name = str(claims.get("preferred_username", "")).strip().lower()
        known = get_user_model().objects.filter(username=name, is_active=True).first() if name else None
        if known is None and claims.get("email_verified") is True:
            found = list(
                get_user_model().objects.filter(email__iexact=claims.get("email"), is_active=True)[:2]
            )
            known = found[0] if len(found) == 1 else None
        if known is not None:
            sociallogin.connect(request, known)
