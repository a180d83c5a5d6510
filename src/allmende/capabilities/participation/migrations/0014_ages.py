"""Age groups that people may state where a project asks for them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import allmende.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0013_contests_of_stores"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="asks_age",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="StatedAge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("group", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stated_ages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stated_ages",
                        to="participation.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="participation_age_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "person"), name="participation_age_once"),
                    models.CheckConstraint(
                        condition=models.Q(("group__in", ["under_16", "16_25", "26_40", "41_64", "65"])),
                        name="participation_age_group",
                    ),
                ],
            },
        ),
    ]
