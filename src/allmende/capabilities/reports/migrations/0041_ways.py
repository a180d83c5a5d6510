"""Ways through half a million reports: around a place, what is open, what came last, what is due first."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Func, Q

AROUND = Func(F("longitude"), F("latitude"), function="point")


class Migration(migrations.Migration):
    dependencies = [("reports", "0040_incidents")]

    operations = [
        migrations.AddIndex(
            "report", django.contrib.postgres.indexes.GistIndex(AROUND, F("closed_at"), name="reports_around")
        ),
        migrations.AddIndex(
            "report", django.contrib.postgres.indexes.GistIndex(AROUND, F("received_at"), name="reports_same")
        ),
        migrations.AddIndex(
            "report",
            models.Index(
                F("received_at").desc(), F("id").desc(), condition=Q(("closed_at", None)), name="reports_open"
            ),
        ),
        migrations.AddIndex(
            "report", models.Index(condition=Q(("closed_at", None)), fields=["due_at", "id"], name="reports_open_due")
        ),
        migrations.AddIndex(
            "report", models.Index(F("received_at").desc(), F("id").desc(), name="reports_received")
        ),
        migrations.AddIndex("report", models.Index(fields=["due_at", "id"], name="reports_due")),
        migrations.AddIndex(
            "report", models.Index(F("category"), F("received_at").desc(), F("id").desc(), name="reports_kind")
        ),
    ]
