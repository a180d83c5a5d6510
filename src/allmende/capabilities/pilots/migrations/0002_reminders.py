from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pilots', '0001_portfolio'),
    ]

    operations = [
        migrations.AddField(
            model_name='milestone',
            name='reminded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='milestone',
            name='overdue_reminded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
