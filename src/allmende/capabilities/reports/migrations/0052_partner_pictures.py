import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reports", "0051_tombstones")]

    operations = [
        migrations.AddField(
            model_name="namedpicture",
            name="partner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.partner"
            ),
        ),
    ]
