from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('council', '0006_filetext'),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='reminded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='overdue_reminded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
