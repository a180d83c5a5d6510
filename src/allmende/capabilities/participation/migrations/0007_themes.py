"""Themes, the places of ideas in them, each step of the ordering, and published documents."""

import allmende.core.ids
import allmende.core.numbers
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0006_stores_in_projects'),
    ]

    operations = [
        create_sequence("participation_theme_number"),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('participation_theme_number'), editable=False, unique=True)),
                ('title', models.JSONField(default=dict)),
                ('summary', models.JSONField(default=dict)),
                ('order', models.PositiveIntegerField(default=0)),
                ('dissolved_at', models.DateTimeField(blank=True, null=True)),
                ('is_example', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='participation.theme')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='themes', to='participation.topicstore')),
            ],
            options={
                'ordering': ['order', 'number'],
                'indexes': [models.Index(condition=models.Q(('dissolved_at', None)), fields=['store', 'order'], name='participation_theme_live')],
                'constraints': [models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='participation_theme_not_itself'), models.CheckConstraint(condition=models.Q(('merged_into', None), ('dissolved_at__isnull', False), _connector='OR'), name='participation_theme_merged')],
            },
        ),
        migrations.CreateModel(
            name='ThemePlace',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='participation.idea')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='participation.theme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('theme', 'idea'), name='participation_place_once')],
            },
        ),
        migrations.CreateModel(
            name='ThemeStep',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('group', 'Group'), ('move', 'Move'), ('also', 'Also'), ('out', 'Out'), ('merge', 'Merge'), ('split', 'Split'), ('undo', 'Undo')], max_length=8)),
                ('ideas', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list)),
                ('left', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list)),
                ('actor_key', models.UUIDField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participation.theme')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='participation.topicstore')),
                ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participation.theme')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['store', '-at'], name='participation_step_store')],
            },
        ),
        migrations.CreateModel(
            name='StoreDocument',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('edition', models.PositiveSmallIntegerField()),
                ('content', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='participation.topicstore')),
            ],
            options={
                'ordering': ['-edition'],
                'constraints': [models.UniqueConstraint(fields=('store', 'edition'), name='participation_document_once')],
            },
        ),
    ]
