from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_wagtail_beside"),
    ]

    operations = [
        migrations.AddField("session", "seen_on", models.DateField(blank=True, null=True)),
        migrations.AddField("session", "way", models.CharField(blank=True, max_length=20)),
    ]
