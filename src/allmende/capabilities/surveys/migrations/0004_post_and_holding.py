from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0003_results"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="by_post",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="survey",
            name="raw_held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
