from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media", "0003_drawing")]

    operations = [
        migrations.AddField(
            model_name="medium",
            name="fingerprint",
            field=models.BigIntegerField(editable=False, null=True),
        ),
    ]
