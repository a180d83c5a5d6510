"""Minutes of meetings, who was there, what was decided, and tasks."""

import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0008_needs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('item', models.PositiveSmallIntegerField()),
                ('order', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=400)),
                ('line', models.CharField(max_length=1000)),
                ('about_kind', models.CharField(blank=True, max_length=5)),
                ('about_id', models.UUIDField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='participation.meeting')),
            ],
            options={
                'indexes': [models.Index(fields=['about_id'], name='participation_decision_about')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('about_id', None), ('about_kind', '')), models.Q(('about_id__isnull', False), ('about_kind__in', ['idea', 'theme'])), _connector='OR'), name='participation_decision_about_ok')],
                'ordering': ['item', 'order'],
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(default='de', max_length=2)),
                ('items', models.JSONField(default=list)),
                ('interests', models.JSONField(default=dict)),
                ('heard_later', models.CharField(blank=True, max_length=600)),
                ('guests', models.PositiveSmallIntegerField(default=0)),
                ('offline', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('writing', 'wird geschrieben'), ('checking', 'wartet auf den Vorsitz'), ('released', 'veröffentlicht')], default='writing', max_length=8)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField()),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='minutes', to='participation.meeting')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='MinutesEdition',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('edition', models.PositiveSmallIntegerField()),
                ('items', models.JSONField(default=list)),
                ('counts', models.JSONField(default=dict)),
                ('interests', models.JSONField(default=dict)),
                ('heard_later', models.CharField(blank=True, max_length=600)),
                ('correction', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editions', to='participation.minutes')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('minutes', 'edition'), name='participation_minutes_edition'), models.CheckConstraint(condition=models.Q(('edition', 1), models.Q(('correction', ''), _negated=True), _connector='OR'), name='participation_minutes_corrected')],
                'ordering': ['-edition'],
            },
        ),
        create_sequence("participation_task_number"),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('participation_task_number'), editable=False, unique=True)),
                ('text', models.CharField(max_length=400)),
                ('language', models.CharField(default='de', max_length=2)),
                ('department', models.CharField(blank=True, max_length=60)),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.CharField(blank=True, max_length=600)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('drop_reason', models.CharField(blank=True, max_length=300)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('chair_reminded_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='participation.decision')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='participation.workinggroup')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='group_tasks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['group', 'due_at'], name='participation_task_group'), models.Index(condition=models.Q(('done_at', None), ('dropped_at', None)), fields=['due_at'], name='participation_task_open'), models.Index(fields=['person', 'due_at'], name='participation_task_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', True), ('department', ''), _connector='OR'), name='participation_task_one_who'), models.CheckConstraint(condition=models.Q(('done_at', None), ('dropped_at', None), _connector='OR'), name='participation_task_ended_once')],
                'ordering': ['due_at', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('guest_name', models.CharField(blank=True, max_length=80)),
                ('way', models.CharField(choices=[('place', 'vor Ort'), ('online', 'online'), ('phone', 'am Telefon')], default='place', max_length=6)),
                ('is_named', models.BooleanField(default=False)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to='participation.meeting')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attended_meetings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('meeting', 'person'), name='participation_attended_once'), models.CheckConstraint(condition=models.Q(models.Q(('guest_name', ''), ('person__isnull', False)), models.Q(('person__isnull', True), models.Q(('guest_name', ''), _negated=True)), _connector='OR'), name='participation_attended_by')],
            },
        ),
    ]
