import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('council', '0003_votes'),
    ]

    operations = [
        create_sequence('council_task_number'),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('council_task_number'), editable=False, unique=True)),
                ('text', models.CharField(max_length=600)),
                ('department', models.CharField(max_length=80)),
                ('due', models.DateField()),
                ('done_on', models.DateField(blank=True, null=True)),
                ('is_public', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_example', models.BooleanField(default=False)),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='council.agendaitem')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('done_on', None)), fields=['due', 'number'], name='council_task_open'),
                    models.Index(fields=['item'], name='council_task_item'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('text', models.TextField(max_length=1500)),
                ('is_done', models.BooleanField(default=False)),
                ('is_public', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('task', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='council.task')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['task', 'day'], name='council_report_task'),
                ],
            },
        ),
    ]
