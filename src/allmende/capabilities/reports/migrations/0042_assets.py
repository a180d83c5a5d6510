"""Numbered things of the city, and which reports are about them."""

import allmende.core.ids
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0041_ways")]

    operations = [
        migrations.CreateModel(
            name="AssetKind",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("names", models.JSONField(default=dict)),
                ("keywords", models.JSONField(default=list)),
                ("category", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="reports.category")),
            ],
            options={"ordering": ["slug"]},
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=60)),
                ("plain", models.CharField(max_length=60)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("district", models.SlugField(blank=True, max_length=60)),
                ("longitude", models.FloatField()),
                ("latitude", models.FloatField()),
                ("owner", models.CharField(blank=True, max_length=80)),
                ("is_active", models.BooleanField(default=True)),
                ("is_example", models.BooleanField(default=False)),
                ("imported_at", models.DateTimeField()),
                ("kind", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="reports.assetkind")),
            ],
            options={
                "indexes": [models.Index(fields=["plain"], name="reports_asset_number")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "plain"), name="reports_asset_once"),
                    models.CheckConstraint(condition=Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))), name="reports_asset_point"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AboutAsset",
            fields=[
                ("report", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="about", serialize=False, to="reports.report")),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="reports.asset")),
            ],
        ),
    ]
