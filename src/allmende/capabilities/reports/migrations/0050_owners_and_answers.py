from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reports", "0044_brought")]

    operations = [
        migrations.AddField(
            model_name="routingrule",
            name="owners",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="answers",
            field=models.JSONField(default=list),
        ),
    ]
