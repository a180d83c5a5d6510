import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0036_partners'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookTarget',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=80)),
                ('url', models.URLField(max_length=500)),
                ('sealed_secret', models.TextField()),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('problem', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'ordering': ['label', 'id'],
            },
        ),
        migrations.CreateModel(
            name='WebhookCall',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('event_id', models.UUIDField()),
                ('name', models.CharField(max_length=60)),
                ('report_id', models.UUIDField()),
                ('update_id', models.UUIDField(null=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('at', models.DateTimeField()),
                ('tries', models.PositiveIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='reports.webhooktarget')),
            ],
        ),
        migrations.AddConstraint(
            model_name='webhookcall',
            constraint=models.UniqueConstraint(fields=('target', 'event_id'), name='reports_call_once'),
        ),
        migrations.AddIndex(
            model_name='webhookcall',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['target', 'id'], name='reports_call_waiting'),
        ),
        migrations.AddIndex(
            model_name='webhookcall',
            index=models.Index(fields=['at'], name='reports_call_at'),
        ),
    ]
