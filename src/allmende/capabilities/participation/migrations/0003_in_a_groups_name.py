import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_groups"),
        ("participation", "0002_idea_point"),
    ]

    operations = [
        migrations.AddField(
            model_name="idea",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="idea",
            name="author_name",
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
