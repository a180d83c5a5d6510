"""Pictures that the worker draws: which of them still wait."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media", "0002_all_media")]

    operations = [
        migrations.AddField(
            model_name="medium",
            name="drawing",
            field=models.CharField(
                choices=[("done", "Done"), ("waiting", "Waiting"), ("refused", "Refused")], default="done", max_length=8
            ),
        ),
        migrations.AddIndex(
            model_name="medium",
            index=models.Index(
                condition=models.Q(("drawing", "waiting")), fields=["created_at"], name="media_medium_drawing"
            ),
        ),
    ]
