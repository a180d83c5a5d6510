"""Reports of an old system."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0043_patterns")]

    operations = [
        migrations.CreateModel(
            name="Brought",
            fields=[
                ("report", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="brought", serialize=False, to="reports.report")),
                ("source", models.SlugField(max_length=40)),
                ("foreign_id", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "foreign_id"), name="reports_brought_once")],
            },
        ),
    ]
