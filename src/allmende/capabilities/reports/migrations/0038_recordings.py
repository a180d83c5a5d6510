import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0037_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='recording', serialize=False, to='reports.report')),
                ('transcript', models.TextField(blank=True)),
                ('language', models.CharField(default='de', max_length=2)),
                ('transcribed_at', models.DateTimeField(blank=True, null=True)),
                ('is_public', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(('is_public', False), models.Q(('transcript', ''), _negated=True), _connector='OR'), name='reports_recording_written_first'),
        ),
    ]
