from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reports", "0053_learning")]

    operations = [
        migrations.AddField(
            model_name="learnedword",
            name="written",
            field=models.CharField(blank=True, max_length=80),
        ),
    ]
