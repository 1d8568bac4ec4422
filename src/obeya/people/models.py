"""Tables of people. Written only by `actions` (and Django's own log-in)."""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from obeya.people import rules

FUNCTIONS = [(function.value, function.label) for function in rules.Function]
DAYS = list(rules.WEEKDAYS)


class Site(models.Model):
    """A plant or warehouse; `code` is what every other row of the system carries."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    country = models.TextField(help_text="ISO 3166-1 alpha-2")
    timezone = models.TextField(help_text="IANA name")
    currency = models.TextField(help_text="ISO 4217")
    week = ArrayField(models.TextField(), help_text="working days")
    language = models.TextField(default="en")

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9][A-Z0-9_-]{0,31}$"), name="people_site_code"
            ),
            models.CheckConstraint(
                condition=models.Q(country__regex="^[A-Z]{2}$"), name="people_site_country"
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="people_site_currency"
            ),
            models.CheckConstraint(condition=models.Q(week__contained_by=DAYS), name="people_site_week"),
        ]

    @property
    def tz(self) -> ZoneInfo:
        """The site's clock."""
        return ZoneInfo(self.timezone)


class PeopleManager(UserManager["User"]):
    """Finds a user name as people type it."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this name in any case; raises User.DoesNotExist."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractUser):
    """A person. What the person may do is in Membership and nowhere else."""

    display_name = models.TextField()
    phone = models.TextField(unique=True, null=True, help_text="E.164, digits only")
    language = models.TextField(default="en")

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="people_user_username_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True) | models.Q(phone__regex=r"^[1-9][0-9]{6,14}$"),
                name="people_user_phone_e164",
            ),
        ]


class Shift(models.Model):
    """Hours by the site's clock; starts on `days`, ends the next day where `ends` <= `starts`."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="shifts")
    name = models.TextField()
    starts = models.TimeField()
    ends = models.TimeField()
    days = ArrayField(models.TextField())

    class Meta:
        ordering: ClassVar[list[str]] = ["site", "starts", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "name"], name="people_shift_name"),
            models.UniqueConstraint(fields=["id", "site"], name="people_shift_of_site"),
            models.CheckConstraint(condition=models.Q(days__contained_by=DAYS), name="people_shift_days"),
            models.CheckConstraint(condition=models.Q(days__len__gt=0), name="people_shift_some_day"),
        ]

    def hours(self) -> rules.Hours:
        """The hours as a value for the rules."""
        return rules.Hours(self.starts, self.ends, frozenset(self.days))


class Membership(models.Model):
    """A person holds a function at a site; with a shift only its hours count as on duty.

    The database also holds shift and site together (a foreign key over both).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    site = models.ForeignKey(Site, models.PROTECT, related_name="memberships")
    function = models.TextField(choices=FUNCTIONS)
    shift = models.ForeignKey(Shift, models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "site", "function"], name="people_membership_once"),
            models.CheckConstraint(
                condition=models.Q(function__in=[f.value for f in rules.Function]),
                name="people_membership_function",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "function"], name="people_membership_who")
        ]


class Absence(models.Model):
    """A person is away from one moment to another; the substitute holds the person's functions meanwhile."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    substitute = models.ForeignKey(User, models.CASCADE, null=True, related_name="stands_in")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="people_absence_lasts"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("substitute")), name="people_absence_somebody_else"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_at", "starts_at"], name="people_absence_when")
        ]


class ApiToken(models.Model):
    """A secret with which a program acts for a person; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.TextField()
    digest = models.TextField(unique=True, help_text="SHA-256 of the secret, hexadecimal")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="people_token_digest"
            )
        ]


class Buyer(models.Model):
    """Somebody at a customer who may use its portal. No user: holds no function, reaches no plant screen."""

    site = models.ForeignKey(Site, models.PROTECT)
    customer = models.TextField(help_text="the customer's code at the site")
    name = models.TextField()
    email = models.TextField(default="", help_text="in small letters")
    phone = models.TextField(default="", help_text="E.164, digits only")
    invited_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["site", "customer", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="people_buyer_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(email="", phone=""), name="people_buyer_can_be_reached"
            ),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=r"^[1-9][0-9]{6,14}$"),
                name="people_buyer_phone_e164",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["email"], name="people_buyer_email"),
            models.Index(fields=["phone"], name="people_buyer_phone"),
        ]


class BuyerKey(models.Model):
    """A one-time link, a session or a program's token of a buyer; only its digest is kept."""

    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="keys")
    kind = models.TextField()
    name = models.TextField(default="", help_text="what a token is for")
    digest = models.TextField(unique=True, help_text="SHA-256 of the secret, hexadecimal")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["invitation", "session", "token"]), name="people_buyer_key_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="people_buyer_key_digest"
            ),
        ]


class PortalRow(models.Model):
    """What the portal of a site shows its buyers beside the items; a site without a row shows neither."""

    site = models.OneToOneField(Site, models.PROTECT, primary_key=True)
    shows_prices = models.BooleanField(default=False, help_text="the customer's own list prices")
    shows_stock = models.BooleanField(default=False, help_text="available or not, never how much")

    class Meta:
        db_table = "people_portal"
