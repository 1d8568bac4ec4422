"""Sites, shifts, users, functions at sites, tokens."""

import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import obeya.people.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                ("display_name", models.TextField()),
                ("phone", models.TextField(help_text="E.164, digits only", null=True, unique=True)),
                ("language", models.TextField(default="en")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            managers=[
                ("objects", obeya.people.models.PeopleManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("digest", models.TextField(help_text="SHA-256 of the secret, hexadecimal", unique=True)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("country", models.TextField(help_text="ISO 3166-1 alpha-2")),
                ("timezone", models.TextField(help_text="IANA name")),
                ("currency", models.TextField(help_text="ISO 4217")),
                (
                    "week",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), help_text="working days", size=None
                    ),
                ),
                ("language", models.TextField(default="en")),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9_-]{0,31}$")),
                        name="people_site_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="people_site_country"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="people_site_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("week__contained_by", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
                        ),
                        name="people_site_week",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("days", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="people.site"
                    ),
                ),
            ],
            options={
                "ordering": ["site", "starts", "name"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "function",
                    models.TextField(
                        choices=[
                            ("order_desk", "Order desk"),
                            ("quality", "Quality"),
                            ("planning", "Production planning"),
                            ("materials", "Materials"),
                            ("maintenance", "Maintenance"),
                            ("production", "Production"),
                            ("customer_service", "Customer service"),
                            ("commercial", "Commercial"),
                            ("dispatch", "Dispatch"),
                            ("plant_manager", "Plant manager"),
                            ("operator", "Operator"),
                            ("driver", "Driver"),
                            ("it", "IT"),
                        ]
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="people.shift"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.site",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("username", django.db.models.functions.text.Lower("username"))),
                name="people_user_username_lower",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("phone__isnull", True), ("phone__regex", "^[1-9][0-9]{6,14}$"), _connector="OR"
                ),
                name="people_user_phone_e164",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="people_token_digest"
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(fields=("site", "name"), name="people_shift_name"),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(fields=("id", "site"), name="people_shift_of_site"),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__contained_by", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])),
                name="people_shift_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__len__gt", 0)), name="people_shift_some_day"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["site", "function"], name="people_membership_who"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "site", "function"), name="people_membership_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "function__in",
                        [
                            "order_desk",
                            "quality",
                            "planning",
                            "materials",
                            "maintenance",
                            "production",
                            "customer_service",
                            "commercial",
                            "dispatch",
                            "plant_manager",
                            "operator",
                            "driver",
                            "it",
                        ],
                    )
                ),
                name="people_membership_function",
            ),
        ),
        # A membership's shift belongs to the membership's site.
        migrations.RunSQL(
            "ALTER TABLE people_membership ADD CONSTRAINT people_membership_shift_of_site"
            " FOREIGN KEY (shift_id, site_id) REFERENCES people_shift (id, site_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE people_membership DROP CONSTRAINT people_membership_shift_of_site",
        ),
    ]
