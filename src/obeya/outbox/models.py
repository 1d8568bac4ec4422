"""Tables of the outbox. Written only by `actions`, `delivering` and `sending`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from obeya.outbox import ports, rules

Constraints = list[models.BaseConstraint]
Indexes = list[models.Index]
KINDS = [kind.value for kind in ports.CommandKind]
STATES = [state.value for state in rules.State]
UNFINISHED = ~Q(state__in=[state.value for state in rules.FINISHED])
MESSAGE_STATES = [state.value for state in rules.MessageState]
OPEN_MESSAGES = ("queued", "sending")


class Posting(models.Model):
    """A confirmed outcome on its way to an ERP. `pos` is the order in which postings were queued."""

    id = models.UUIDField(primary_key=True, editable=False)
    pos = models.BigIntegerField(
        db_default=models.Func(models.Value("outbox_pos"), function="nextval"), unique=True
    )
    key = models.TextField(unique=True)
    fingerprint = models.TextField()
    connector = models.TextField()
    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    document = models.TextField()
    subject = models.TextField()
    kind = models.TextField()
    payload = models.JSONField()
    state = models.TextField(default=rules.State.WAITING.value)
    ask_first = models.BooleanField(default=False)
    step = models.TextField(default="")
    erp_refs = models.JSONField(default=dict)
    attempts = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    unknown_since = models.DateTimeField(null=True)
    delayed_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    code = models.TextField(default="")
    wrong_field = models.TextField(default="")
    actor = models.TextField()
    correlation = models.UUIDField()
    causation = models.UUIDField(null=True)
    signal = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[0-9A-Za-z-]{8,128}$"), name="outbox_posting_key"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="outbox_posting_state"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="outbox_posting_kind"),
            models.CheckConstraint(
                condition=~Q(connector="") & ~Q(document="") & ~Q(subject=""), name="outbox_posting_named"
            ),
            models.CheckConstraint(
                condition=Q(posted_at__isnull=False) | ~Q(state="posted"), name="outbox_posting_posted_at"
            ),
            models.CheckConstraint(
                condition=Q(unknown_since__isnull=False) | ~Q(state="unknown"),
                name="outbox_posting_unknown_since",
            ),
        ]
        indexes: ClassVar[Indexes] = [
            models.Index(
                fields=["connector", "next_at", "pos"],
                condition=Q(state__in=[state.value for state in rules.MOVING]),
                name="outbox_posting_due",
            ),
            models.Index(
                fields=["connector", "document", "pos"], condition=UNFINISHED, name="outbox_posting_before"
            ),
            models.Index(fields=["site", "-pos"], condition=UNFINISHED, name="outbox_posting_unfinished"),
            models.Index(fields=["subject", "-pos"], name="outbox_posting_subject"),
            models.Index(fields=["correlation"], name="outbox_posting_story"),
            models.Index(fields=["site", "-pos"], name="outbox_posting_latest"),
        ]


class PostingAttempt(models.Model):
    """One request to post, written before it leaves; without an end it is under way, or its writer died."""

    posting = models.ForeignKey(Posting, models.CASCADE, related_name="tries")
    number = models.IntegerField()
    step = models.TextField(default="")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    text = models.TextField(default="")

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["posting", "number"], name="outbox_attempt_once"),
        ]


class ErpLine(models.Model):
    """An ERP that does not answer is left alone until `paused_until`; no row means that all is well."""

    connector = models.TextField(primary_key=True)
    silent = models.IntegerField()
    paused_until = models.DateTimeField(null=True)
    since = models.DateTimeField()
    error = models.TextField(default="")


class Message(models.Model):
    """A message to one person, to a function, or to an address. `recipient` keeps their order."""

    id = models.UUIDField(primary_key=True, editable=False)
    pos = models.BigIntegerField(
        db_default=models.Func(models.Value("outbox_pos"), function="nextval"), unique=True
    )
    key = models.TextField(unique=True)
    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    channel = models.TextField()
    recipient = models.TextField()
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    to_function = models.TextField(default="")
    to_address = models.TextField(default="")
    title = models.TextField(default="")
    body = models.TextField(default="")
    data = models.JSONField(default=dict)
    subject = models.TextField()
    state = models.TextField(default=rules.MessageState.QUEUED.value)
    provider_id = models.TextField(default="")
    attempts = models.IntegerField(default=0)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    actor = models.TextField()
    correlation = models.UUIDField()
    causation = models.UUIDField(null=True)
    signal = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.CheckConstraint(condition=Q(key__regex=r"^.{1,250}$"), name="outbox_message_key"),
            models.CheckConstraint(condition=Q(state__in=MESSAGE_STATES), name="outbox_message_state"),
            models.CheckConstraint(
                condition=Q(to_user__isnull=False, to_function="", to_address="")
                | (Q(to_user__isnull=True, to_address="") & ~Q(to_function=""))
                | (Q(to_user__isnull=True, to_function="") & ~Q(to_address="")),
                name="outbox_message_one_recipient",
            ),
        ]
        indexes: ClassVar[Indexes] = [
            models.Index(fields=["next_at", "pos"], condition=Q(state="queued"), name="outbox_message_due"),
            models.Index(
                fields=["channel", "recipient", "pos"],
                condition=Q(state__in=OPEN_MESSAGES),
                name="outbox_message_before",
            ),
            models.Index(fields=["sent_at"], condition=Q(state="sending"), name="outbox_message_sending"),
            models.Index(fields=["channel"], condition=Q(state="held"), name="outbox_message_held"),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="outbox_message_provider"
            ),
            models.Index(
                fields=["to_user", "-pos"], condition=Q(channel="inapp"), name="outbox_notice_person"
            ),
            models.Index(
                fields=["site", "to_function", "-pos"],
                condition=Q(channel="inapp"),
                name="outbox_notice_function",
            ),
            models.Index(
                fields=["site", "-pos"],
                condition=Q(state__in=["failed", "unknown", "held"]),
                name="outbox_message_trouble",
            ),
            models.Index(fields=["subject", "-pos"], name="outbox_message_subject"),
            models.Index(fields=["correlation"], name="outbox_message_story"),
        ]


class NoticeRead(models.Model):
    """A person has read an in-app notice; a function's notice is read by each person alone."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["message", "user"], name="outbox_notice_read_once"),
        ]
