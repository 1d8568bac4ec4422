"""Postings and messages; one sequence numbers both in the order of their queueing."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE outbox_pos", "DROP SEQUENCE outbox_pos"),
        migrations.CreateModel(
            name="ErpLine",
            fields=[
                ("connector", models.TextField(primary_key=True, serialize=False)),
                ("silent", models.IntegerField()),
                ("paused_until", models.DateTimeField(null=True)),
                ("since", models.DateTimeField()),
                ("error", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "pos",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("outbox_pos"), function="nextval"), unique=True
                    ),
                ),
                ("key", models.TextField(unique=True)),
                ("channel", models.TextField()),
                ("recipient", models.TextField()),
                ("to_function", models.TextField(default="")),
                ("to_address", models.TextField(default="")),
                ("title", models.TextField(default="")),
                ("body", models.TextField(default="")),
                ("data", models.JSONField(default=dict)),
                ("subject", models.TextField()),
                ("state", models.TextField(default="queued")),
                ("provider_id", models.TextField(default="")),
                ("attempts", models.IntegerField(default=0)),
                ("queued_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("error", models.TextField(default="")),
                ("actor", models.TextField()),
                ("correlation", models.UUIDField()),
                ("causation", models.UUIDField(null=True)),
                ("signal", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
                (
                    "to_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="outbox.message"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "pos",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("outbox_pos"), function="nextval"), unique=True
                    ),
                ),
                ("key", models.TextField(unique=True)),
                ("fingerprint", models.TextField()),
                ("connector", models.TextField()),
                ("document", models.TextField()),
                ("subject", models.TextField()),
                ("kind", models.TextField()),
                ("payload", models.JSONField()),
                ("state", models.TextField(default="waiting")),
                ("ask_first", models.BooleanField(default=False)),
                ("step", models.TextField(default="")),
                ("erp_refs", models.JSONField(default=dict)),
                ("attempts", models.IntegerField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("first_sent_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("unknown_since", models.DateTimeField(null=True)),
                ("delayed_at", models.DateTimeField(null=True)),
                ("posted_at", models.DateTimeField(null=True)),
                ("error", models.TextField(default="")),
                ("code", models.TextField(default="")),
                ("wrong_field", models.TextField(default="")),
                ("actor", models.TextField()),
                ("correlation", models.UUIDField()),
                ("causation", models.UUIDField(null=True)),
                ("signal", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PostingAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("step", models.TextField(default="")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(default="")),
                ("text", models.TextField(default="")),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="outbox.posting"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["next_at", "pos"], name="outbox_message_due"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "sending"))),
                fields=["channel", "recipient", "pos"],
                name="outbox_message_before",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "sending")), fields=["sent_at"], name="outbox_message_sending"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["channel"], name="outbox_message_held"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="outbox_message_provider",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel", "inapp")),
                fields=["to_user", "-pos"],
                name="outbox_notice_person",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel", "inapp")),
                fields=["site", "to_function", "-pos"],
                name="outbox_notice_function",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "unknown", "held"])),
                fields=["site", "-pos"],
                name="outbox_message_trouble",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["subject", "-pos"], name="outbox_message_subject"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["correlation"], name="outbox_message_story"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__regex", "^.{1,250}$")), name="outbox_message_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "queued",
                            "sending",
                            "held",
                            "unknown",
                            "forwarded",
                            "failed",
                            "sent",
                            "delivered",
                            "read",
                        ],
                    )
                ),
                name="outbox_message_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_address", ""), ("to_function", ""), ("to_user__isnull", False)),
                    models.Q(
                        ("to_address", ""),
                        ("to_user__isnull", True),
                        models.Q(("to_function", ""), _negated=True),
                    ),
                    models.Q(
                        ("to_function", ""),
                        ("to_user__isnull", True),
                        models.Q(("to_address", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="outbox_message_one_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeread",
            constraint=models.UniqueConstraint(fields=("message", "user"), name="outbox_notice_read_once"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending", "unknown", "accepted"])),
                fields=["connector", "next_at", "pos"],
                name="outbox_posting_due",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("state__in", ["posted", "cancelled"]), _negated=True),
                fields=["connector", "document", "pos"],
                name="outbox_posting_before",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("state__in", ["posted", "cancelled"]), _negated=True),
                fields=["site", "-pos"],
                name="outbox_posting_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["subject", "-pos"], name="outbox_posting_subject"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["correlation"], name="outbox_posting_story"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["site", "-pos"], name="outbox_posting_latest"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__regex", "^[0-9A-Za-z-]{8,128}$")), name="outbox_posting_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "waiting",
                            "sending",
                            "unknown",
                            "accepted",
                            "rejected",
                            "conflict",
                            "posted",
                            "cancelled",
                        ],
                    )
                ),
                name="outbox_posting_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "sales_order",
                            "production_confirmation",
                            "goods_movement",
                            "lot_status",
                            "delivery",
                            "reverse",
                        ],
                    )
                ),
                name="outbox_posting_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("connector", ""), _negated=True),
                    models.Q(("document", ""), _negated=True),
                    models.Q(("subject", ""), _negated=True),
                ),
                name="outbox_posting_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posted_at__isnull", False),
                    models.Q(("state", "posted"), _negated=True),
                    _connector="OR",
                ),
                name="outbox_posting_posted_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unknown_since__isnull", False),
                    models.Q(("state", "unknown"), _negated=True),
                    _connector="OR",
                ),
                name="outbox_posting_unknown_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingattempt",
            constraint=models.UniqueConstraint(fields=("posting", "number"), name="outbox_attempt_once"),
        ),
    ]
