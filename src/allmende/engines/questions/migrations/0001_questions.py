import allmende.core.ids
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Questionnaire',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('capability', models.CharField(max_length=40)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField()),
                ('revision', models.PositiveIntegerField(default=1)),
                ('saved_at', models.DateTimeField()),
                ('frozen_at', models.DateTimeField(null=True)),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='questions.questionnaire')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('capability', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=40)),
                ('object_id', models.UUIDField()),
                ('mark', models.BinaryField(max_length=32, unique=True)),
                ('answers', models.JSONField(default=dict)),
                ('step', models.CharField(blank=True, max_length=50)),
                ('revisions', models.JSONField(default=dict)),
                ('opened_at', models.DateTimeField()),
                ('expires_on', models.DateField(db_index=True)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='questions.version')),
            ],
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('questionnaire', 'number'), name='questions_version_number'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(condition=models.Q(('frozen_at__isnull', True)), fields=('questionnaire',), name='questions_one_open_version'),
        ),
        migrations.AddIndex(
            model_name='sitting',
            index=models.Index(fields=['capability', 'kind', 'object_id'], name='questions_sitting_ref'),
        ),
    ]
