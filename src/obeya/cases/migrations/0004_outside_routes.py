"""Sites that are there already get the routes for complaints, failed deliveries and late supplies."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from obeya.cases import outside_routes


def add_routes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """To every site that has a routing table; rows that are there stay as they are.

    The rows are those that a new site gets today: an old site shall not start with older ones.
    """
    del schema_editor
    routes = apps.get_model("cases", "RouteRow")
    sites = routes.objects.values_list("site_id", flat=True).distinct()
    routes.objects.bulk_create(
        [
            routes(
                site_id=site,
                kind=route.kind,
                severity=route.severity,
                function=route.function,
                question=route.question,
                options=[list(option) for option in route.options],
                window_s=route.window_s,
                required=route.required,
                position=100 + position,
            )
            for site in sites
            for position, route in enumerate(outside_routes.ALL)
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    """Rows only; going back leaves them, as the plant may have changed them."""

    dependencies = [
        ("cases", "0003_seen_by"),
    ]

    operations = [
        migrations.RunPython(add_routes, migrations.RunPython.noop),
    ]
