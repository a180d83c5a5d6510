import allmende.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0022_areas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("category", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="reports.category")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("person", "category"), name="reports_duty_once"),
        ),
    ]
