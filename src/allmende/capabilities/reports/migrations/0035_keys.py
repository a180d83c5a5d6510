import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0034_open311'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=80)),
                ('key_hash', models.BinaryField(max_length=32, unique=True)),
                ('department', models.SlugField(blank=True, max_length=60)),
                ('shows_words', models.BooleanField(default=False)),
                ('media_hosts', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('used_on', models.DateField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['label', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Inbound',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(blank=True, max_length=100)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inbound', to='reports.apikey')),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='inbound', to='reports.report')),
            ],
        ),
        migrations.CreateModel(
            name='NamedPicture',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('url', models.URLField(max_length=1000)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='named_pictures', to='reports.report')),
            ],
        ),
        migrations.CreateModel(
            name='SentUpdate',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=60)),
                ('update_id', models.CharField(max_length=100)),
                ('said_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reports.update')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent_updates', to='reports.report')),
            ],
        ),
        migrations.AddConstraint(
            model_name='inbound',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('key', 'external_id'), name='reports_inbound_once'),
        ),
        migrations.AddConstraint(
            model_name='sentupdate',
            constraint=models.UniqueConstraint(fields=('source', 'update_id'), name='reports_told_once'),
        ),
        migrations.AddIndex(
            model_name='sentupdate',
            index=models.Index(fields=['report', 'source', '-said_at'], name='reports_told_newest'),
        ),
    ]
