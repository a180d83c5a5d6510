"""Incidents: many reports of one kind as one thing."""

import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
from allmende.core.numbers import create_sequence
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0038_recordings")]

    operations = [
        create_sequence("reports_incident_number"),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(db_default=allmende.core.numbers.NextNumber("reports_incident_number"), editable=False, unique=True)),
                ("department", models.SlugField(max_length=60)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("west", models.FloatField()),
                ("south", models.FloatField()),
                ("east", models.FloatField()),
                ("north", models.FloatField()),
                ("formed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("is_example", models.BooleanField(default=False)),
                ("category", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="reports.category")),
            ],
            options={
                "indexes": [models.Index(condition=Q(("ended_at__isnull", True)), fields=["department", "-last_at"], name="reports_incident_open")],
                "constraints": [models.CheckConstraint(condition=Q(("first_at__lte", F("last_at")), ("south__lte", F("north")), ("west__lte", F("east"))), name="reports_incident_whole")],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="members", to="reports.incident")),
                ("report", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="membership", to="reports.report")),
            ],
            options={"indexes": [models.Index(fields=["incident", "left_at"], name="reports_member_of")]},
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("verb", models.CharField(max_length=12)),
                ("words", models.TextField(blank=True)),
                ("note", models.TextField(blank=True)),
                ("language", models.CharField(default="de", max_length=2)),
                ("actor_key", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("told", models.PositiveIntegerField(default=0)),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="reports.incident")),
            ],
            options={"indexes": [models.Index(fields=["incident", "-at"], name="reports_answer_latest")]},
        ),
    ]
