"""Many reports of one kind as an impulse."""

import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
from allmende.core.numbers import create_sequence
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0042_assets")]

    operations = [
        create_sequence("reports_pattern_number"),
        migrations.CreateModel(
            name="Pattern",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(db_default=allmende.core.numbers.NextNumber("reports_pattern_number"), editable=False, unique=True)),
                ("district", models.SlugField(blank=True, max_length=60)),
                ("department", models.SlugField(max_length=60)),
                ("words", models.TextField()),
                ("language", models.CharField(default="de", max_length=2)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("is_example", models.BooleanField(default=False)),
                ("category", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.category")),
            ],
            options={"ordering": ["-until"]},
        ),
    ]
