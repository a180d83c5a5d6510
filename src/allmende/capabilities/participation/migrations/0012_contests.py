"""Contests with criteria, entries, jury, scores, the vote of the plenary and places."""

import allmende.capabilities.participation.models.contest
import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0011_handover_and_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('groups', models.JSONField(default=allmende.capabilities.participation.models.contest._everybody)),
                ('rules', models.JSONField(default=dict)),
                ('prizes', models.JSONField(default=dict)),
                ('grace_minutes', models.PositiveSmallIntegerField(default=0)),
                ('tie_rule', models.CharField(default='shared', max_length=12)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('store', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='contest', to='participation.topicstore')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('grace_minutes__lte', 1440)), name='participation_contest_grace'), models.CheckConstraint(condition=models.Q(('tie_rule__in', ['shared', 'weightiest', 'earlier'])), name='participation_contest_tie')],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('names', models.JSONField(default=dict)),
                ('weight', models.PositiveSmallIntegerField(default=1)),
                ('scale', models.PositiveSmallIntegerField(default=5)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='participation.contest')),
            ],
            options={
                'ordering': ['order', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weight__range', (1, 100))), name='participation_criterion_weight'), models.CheckConstraint(condition=models.Q(('scale__range', (2, 10))), name='participation_criterion_scale')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('entrant', models.CharField(blank=True, max_length=12)),
                ('admission', models.CharField(default='open', max_length=10)),
                ('admission_reason', models.TextField(blank=True)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='participation.contest')),
                ('idea', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='entry', to='participation.idea')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('entrant__in', ['', 'business', 'craft', 'gastronomy', 'service', 'pupils', 'students', 'club', 'everybody'])), name='participation_entry_entrant'), models.CheckConstraint(condition=models.Q(('admission__in', ['open', 'admitted', 'outside'])), name='participation_entry_admission'), models.CheckConstraint(condition=models.Q(models.Q(('admission', 'outside'), _negated=True), models.Q(('admission_reason', ''), _negated=True), _connector='OR'), name='participation_entry_reason')],
            },
        ),
        migrations.CreateModel(
            name='Juror',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jurors', to='participation.contest')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jury_seats', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['since', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('contest', 'person'), name='participation_juror_once')],
            },
        ),
        migrations.CreateModel(
            name='JurorConflict',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('cause', models.CharField(choices=[('own', 'Own'), ('group', 'Group'), ('declared', 'Declared')], max_length=8)),
                ('at', models.DateTimeField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='participation.entry')),
                ('juror', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='participation.juror')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('juror', 'entry'), name='participation_conflict_once')],
            },
        ),
        migrations.CreateModel(
            name='Placing',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('edition', models.PositiveSmallIntegerField(default=1)),
                ('decision', models.TextField()),
                ('decision_url', models.URLField(blank=True)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placings', to='participation.contest')),
            ],
            options={
                'ordering': ['-edition'],
                'constraints': [models.UniqueConstraint(fields=('contest', 'edition'), name='participation_placing_once'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('decision', ''), _negated=True)), name='participation_placing_words')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('why', models.TextField(blank=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='participation.entry')),
                ('placing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='participation.placing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('placing', 'entry'), name='participation_placed_once'), models.CheckConstraint(condition=models.Q(('place', None), ('place__gte', 1), _connector='OR'), name='participation_place_number')],
            },
        ),
        migrations.CreateModel(
            name='PlenaryResult',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('edition', models.PositiveSmallIntegerField(default=1)),
                ('held_on', models.DateField()),
                ('voters', models.PositiveIntegerField(blank=True, null=True)),
                ('votes', models.JSONField(default=dict)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plenaries', to='participation.contest')),
            ],
            options={
                'ordering': ['-edition'],
                'constraints': [models.UniqueConstraint(fields=('contest', 'edition'), name='participation_plenary_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='participation_plenary_reason')],
            },
        ),
        migrations.CreateModel(
            name='ScoreSheet',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='participation.entry')),
                ('juror', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='participation.juror')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('juror', 'entry'), name='participation_sheet_once')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('points', models.PositiveSmallIntegerField()),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='participation.criterion')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='participation.scoresheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'criterion'), name='participation_score_once'), models.CheckConstraint(condition=models.Q(('points__lte', 10)), name='participation_score_points')],
            },
        ),
    ]
