from django.db import migrations, models
from django.db.models import Q

CAUSES = [
    ("new", "neu eingegangen"),
    ("reported", "gemeldet"),
    ("heuristic", "aufgefallen"),
    ("no_proof", "ohne Spam-Schutz gesendet"),
    ("objection", "Widerspruch"),
    ("again", "noch einmal zu prüfen"),
]


class Migration(migrations.Migration):
    dependencies = [("discussion", "0003_whole_discussion")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="cause",
            field=models.CharField(choices=CAUSES, max_length=10),
        ),
        migrations.RemoveConstraint(model_name="case", name="discussion_case_cause"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(("cause__in", [key for key, _label in CAUSES])), name="discussion_case_cause"
            ),
        ),
    ]
