import allmende.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0001_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("order", models.PositiveSmallIntegerField(default=10)),
                ("is_on", models.BooleanField(default=True)),
                ("department", models.SlugField(max_length=60)),
                ("categories", models.JSONField(default=list)),
                ("districts", models.JSONField(default=list)),
                ("words", models.JSONField(default=list)),
                ("weekdays", models.JSONField(default=list)),
                ("starts", models.TimeField(blank=True, null=True)),
                ("ends", models.TimeField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("metres", models.PositiveIntegerField(blank=True, null=True)),
                ("polygon", models.JSONField(default=list)),
                ("alarmed_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={"ordering": ["order", "changed_at", "id"]},
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True), ("metres__isnull", True)),
                    models.Q(("latitude__isnull", False), ("longitude__isnull", False), ("metres__isnull", False)),
                    _connector="OR",
                ),
                name="reports_rule_circle",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends__isnull", True), ("starts__isnull", True)),
                    models.Q(("ends__isnull", False), ("starts__isnull", False)),
                    _connector="OR",
                ),
                name="reports_rule_hours",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="is_barred",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_public", False), ("is_barred", False), _connector="OR"),
                name="reports_barred_is_private",
            ),
        ),
    ]
