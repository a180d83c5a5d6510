"""Projects with modules and dated phases; a topic store may be a contest."""

import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0004_guests'),
    ]

    operations = [
        create_sequence("participation_project_number"),
        migrations.AlterField(
            model_name='topicstore',
            name='kind',
            field=models.CharField(choices=[('store', 'Store'), ('future_question', 'Future Question'), ('contest', 'Contest')], default='store', max_length=16),
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('participation_project_number'), editable=False, unique=True)),
                ('blueprint', models.CharField(default='store', max_length=16)),
                ('title', models.JSONField(default=dict)),
                ('summary', models.JSONField(default=dict)),
                ('contract', models.JSONField(default=dict)),
                ('is_formal', models.BooleanField(default=False)),
                ('is_example', models.BooleanField(default=False)),
                ('announced_at', models.DateTimeField(blank=True, null=True)),
                ('heard', models.JSONField(default=dict)),
                ('turn_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='participation.workinggroup')),
            ],
            options={
                'indexes': [models.Index(fields=['group', '-announced_at'], name='participation_project_group')],
                'constraints': [models.CheckConstraint(condition=models.Q(('blueprint__in', ['store', 'contest', 'budget', 'consultation'])), name='participation_project_blueprint'), models.CheckConstraint(condition=models.Q(('announced_at__isnull', True), models.Q(django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length(django.db.models.functions.text.Trim(django.db.models.functions.comparison.Coalesce(django.db.models.fields.json.KeyTextTransform('de', django.db.models.fields.json.KeyTextTransform('what_is_open', 'contract')), models.Value('')))), 0), django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length(django.db.models.functions.text.Trim(django.db.models.functions.comparison.Coalesce(django.db.models.fields.json.KeyTextTransform('de', django.db.models.fields.json.KeyTextTransform('decided_already', 'contract')), models.Value('')))), 0), django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length(django.db.models.functions.text.Trim(django.db.models.functions.comparison.Coalesce(django.db.models.fields.json.KeyTextTransform('de', django.db.models.fields.json.KeyTextTransform('who_decides', 'contract')), models.Value('')))), 0), django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length(django.db.models.functions.text.Trim(django.db.models.functions.comparison.Coalesce(django.db.models.fields.json.KeyTextTransform('de', django.db.models.fields.json.KeyTextTransform('when_decided', 'contract')), models.Value('')))), 0), django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length(django.db.models.functions.text.Trim(django.db.models.functions.comparison.Coalesce(django.db.models.fields.json.KeyTextTransform('de', django.db.models.fields.json.KeyTextTransform('what_it_changes', 'contract')), models.Value('')))), 0)), _connector='OR'), name='participation_project_contract')],
            },
        ),
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('title', models.JSONField(default=dict)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('store', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='module', to='participation.topicstore')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='modules', to='participation.project')),
            ],
            options={
                'ordering': ['order', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['contest', 'future_question', 'ideas']), ('store__isnull', False)), models.Q(models.Q(('kind__in', ['contest', 'future_question', 'ideas']), _negated=True), ('store__isnull', True)), _connector='OR'), name='participation_module_store'), models.CheckConstraint(condition=models.Q(('kind__in', ['ideas', 'future_question', 'contest', 'discussion', 'budget', 'survey', 'draft_text'])), name='participation_module_kind'), models.UniqueConstraint(fields=('project', 'order'), name='participation_module_order')],
            },
        ),
        migrations.CreateModel(
            name='Phase',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('audience', models.CharField(default='everyone', max_length=12)),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phases', to='participation.module')),
            ],
            options={
                'ordering': ['starts_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='participation_phase_period'), models.CheckConstraint(condition=models.Q(('kind__in', ['collect', 'discuss', 'condense', 'check', 'judge', 'vote', 'decide'])), name='participation_phase_kind'), models.CheckConstraint(condition=models.Q(('audience__in', ['everyone', 'account', 'verified', 'members'])), name='participation_phase_audience')],
            },
        ),
    ]
