import allmende.capabilities.reports.models.reports
import allmende.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0031_duties"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("party", models.CharField(max_length=120)),
                ("email", models.EmailField(max_length=254)),
                ("message", models.TextField(blank=True)),
                ("images", models.JSONField(default=list)),
                ("nonce", models.CharField(default=allmende.capabilities.reports.models.reports.new_token, editable=False, max_length=40)),
                ("state", models.CharField(choices=[("sent", "Sent"), ("in_work", "In Work"), ("done", "Done"), ("not_ours", "Not Ours"), ("withdrawn", "Withdrawn"), ("lapsed", "Lapsed")], default="sent", max_length=12)),
                ("department", models.SlugField(max_length=60)),
                ("answer", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="handovers", to="reports.report")),
            ],
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(condition=models.Q(("state__in", ["sent", "in_work"])), fields=["expires_at"], name="reports_handover_waits"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(condition=models.Q(("state__in", ["sent", "in_work"])), fields=("report",), name="reports_handover_one_open"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(condition=models.Q(("state__in", ["sent", "in_work", "done", "not_ours", "withdrawn", "lapsed"])), name="reports_handover_state"),
        ),
    ]
