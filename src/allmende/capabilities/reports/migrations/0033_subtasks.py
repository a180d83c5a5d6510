import allmende.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0032_handovers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subtask",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("department", models.SlugField(max_length=60)),
                ("words", models.TextField()),
                ("answer", models.TextField(blank=True)),
                ("given_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="subtasks", to="reports.report")),
            ],
        ),
        migrations.AddIndex(
            model_name="subtask",
            index=models.Index(condition=models.Q(("done_at__isnull", True), ("dropped_at__isnull", True)), fields=["department", "given_at"], name="reports_subtask_waits"),
        ),
        migrations.AddConstraint(
            model_name="subtask",
            constraint=models.CheckConstraint(condition=models.Q(("done_at__isnull", True), ("dropped_at__isnull", True), _connector="OR"), name="reports_subtask_one_end"),
        ),
        migrations.AddConstraint(
            model_name="subtask",
            constraint=models.CheckConstraint(condition=models.Q(("done_at__isnull", True), ("done_at__gte", models.F("given_at")), _connector="OR"), name="reports_subtask_times"),
        ),
    ]
