"""Surveys and draft texts as parts of projects, and a blueprint for a survey."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0014_ages"),
    ]

    operations = [
        migrations.AddField(
            model_name="module",
            name="thing",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.CheckConstraint(
                condition=models.Q(("thing", ""), ("kind__in", ["draft_text", "survey"]), _connector="OR"),
                name="participation_module_thing",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="project",
            name="participation_project_blueprint",
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("blueprint__in", ["store", "contest", "budget", "consultation", "survey"])),
                name="participation_project_blueprint",
            ),
        ),
    ]
