import allmende.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reports", "0052_partner_pictures")]

    operations = [
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("looked_at", models.PositiveIntegerField()),
                ("tried", models.PositiveIntegerField()),
                ("hit", models.PositiveIntegerField()),
                ("hit_by_keys", models.PositiveIntegerField()),
                ("is_used", models.BooleanField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="reports_one_lesson")],
            },
        ),
        migrations.CreateModel(
            name="LearnedWord",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=80)),
                ("weight", models.FloatField()),
                ("count", models.PositiveIntegerField()),
                ("is_struck", models.BooleanField(default=False)),
                ("category", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="learned", to="reports.category")),
            ],
            options={
                "ordering": ["-weight", "word"],
                "constraints": [models.UniqueConstraint(fields=("word", "category"), name="reports_learned_once")],
            },
        ),
    ]
