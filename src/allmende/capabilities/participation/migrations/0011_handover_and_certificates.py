"""The chair handed over, and certificates for who worked along."""

import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0010_votes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        create_sequence("participation_certificate_number"),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('participation_certificate_number'), editable=False, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('hours', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('thanks', models.CharField(blank=True, max_length=600)),
                ('content', models.JSONField(default=dict)),
                ('requested_at', models.DateTimeField()),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='certificates', to='participation.workinggroup')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='certificates', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-requested_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('declined_at', None), ('issued_at', None)), fields=('group', 'person'), name='participation_certificate_asked_once'), models.CheckConstraint(condition=models.Q(('issued_at', None), ('declined_at', None), _connector='OR'), name='participation_certificate_ended_once')],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='open', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='participation.workinggroup')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_handovers', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('group',), name='participation_one_handover'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='participation_handover_ended')],
            },
        ),
    ]
